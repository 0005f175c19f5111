"""feedpub: a folder of Markdown articles becomes feeds and a newsletter."""
