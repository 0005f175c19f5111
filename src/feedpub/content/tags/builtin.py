"""Tags that tools and their themes bring along, as data. A tag that stands in none of these tables leaves what it encloses."""

from typing import NamedTuple


class Image(NamedTuple):
    """Where a tag that shows an image has its address and its words: names of arguments, or their places."""

    src: tuple[str, ...] = ("src", "image", "url", "path", "file", "filename", "name", "img", "link", "0")
    alt: tuple[str, ...] = ("alt", "caption", "title", "attr", "desc", "description", "1")
    caption: tuple[str, ...] = ("caption", "title")


class Link(NamedTuple):
    """A tag that shows something of another host: its address, of named arguments or places, and what to call it."""

    url: str
    title: str
    names: tuple[str, ...] = ()


# Hexo writes `asset_img [class] file [width] [height] [title]`: the file is the first with an ending.
IMAGES = {
    "figure": Image(), "img": Image(), "image": Image(), "picture": Image(), "asset_img": Image(), "photo": Image(),
    "resize_image": Image(), "imgproc": Image(), "responsive_image": Image(), "responsive_img": Image(), "lightbox": Image(),
    "imgcap": Image(), "figimg": Image(), "zoom": Image(), "screenshot": Image(), "image_gallery": Image(), "svg": Image(),
    "image-with-caption": Image(), "post_image": Image(), "fig": Image(), "imagecaption": Image(),
}  # fmt: skip
LINKS = {
    "youtube": Link("https://www.youtube.com/watch?v={0}", "Watch on YouTube", ("id", "video", "videoid")),
    "youtube-lite": Link("https://www.youtube.com/watch?v={0}", "Watch on YouTube", ("id",)),
    "youtubelite": Link("https://www.youtube.com/watch?v={0}", "Watch on YouTube", ("id",)),
    "yt": Link("https://www.youtube.com/watch?v={0}", "Watch on YouTube", ("id",)),
    "vimeo": Link("https://vimeo.com/{0}", "Watch on Vimeo", ("id",)),
    "bilibili": Link("https://www.bilibili.com/video/{0}", "Watch on Bilibili", ("id", "bvid")),
    "gist": Link("https://gist.github.com/{0}/{1}", "The code, a gist on GitHub", ("user", "id")),
    "tweet": Link("https://twitter.com/{0}/status/{1}", "The post on X", ("user", "id")),
    "twitter": Link("https://twitter.com/{0}/status/{1}", "The post on X", ("user", "id")),
    "x": Link("https://x.com/{0}/status/{1}", "The post on X", ("user", "id")),
    "instagram": Link("https://www.instagram.com/p/{0}/", "The picture on Instagram", ("id",)),
    "codepen": Link("https://codepen.io/{0}/pen/{1}", "The pen on CodePen", ("user", "id")),
    "jsfiddle": Link("https://jsfiddle.net/{0}/", "The fiddle on JSFiddle", ("id",)),
    "asciinema": Link("https://asciinema.org/a/{0}", "The recording on asciinema", ("id", "key")),
    "spotify": Link("https://open.spotify.com/{0}/{1}", "Listen on Spotify", ("type", "id")),
    "soundcloud": Link("https://soundcloud.com/{0}", "Listen on SoundCloud", ("id",)),
    "speakerdeck": Link("https://speakerdeck.com/player/{0}", "The slides on Speaker Deck", ("id",)),
    "slideshare": Link("https://www.slideshare.net/slideshow/embed_code/{0}", "The slides on SlideShare", ("id",)),
    "video": Link("{0}", "Watch the video", ("src", "url", "mp4", "file", "id")),
    "audio": Link("{0}", "Listen", ("src", "url", "file")),
    "iframe": Link("{0}", "Open", ("src", "url")),
    "embed": Link("{0}", "Open", ("src", "url")),
    "pdf": Link("{0}", "Open the document", ("src", "url", "file")),
    "github": Link("https://github.com/{0}", "On GitHub", ("repo",)),
    "link_preview": Link("{0}", "", ("url",)),
    "linkpreview": Link("{0}", "", ("url",)),
    "bookmark": Link("{0}", "", ("url",)),
}
# Tags whose inside is code and never Markdown; the language is the first argument, or one of these names.
CODE = {"highlight", "codeblock", "code", "code_block", "prism", "mermaid", "math", "katex", "latex", "plantuml", "chart"}
LANGUAGE = ("lang", "language", "type", "0")
# What is shown as it was typed.
RAW = {"raw", "verbatim", "noparse", "rawhtml", "raw_html", "html"}
# Tags of which nothing is shown, neither they nor what they enclose.
SILENT = {"comment", "style", "script", "schema", "stylesheet", "javascript"}
# Tags that are the address of an article or a file, and those that are a whole link to one.
ADDRESSES = {"ref", "relref", "post_url", "link", "post_path", "asset_path", "permalink", "absurl", "relurl", "url"}
WHOLE_LINKS = {"post_link", "asset_link", "internal_link", "article_link"}
# Tags that are shown as a quote, and those that are a note in a box.
QUOTED = {"blockquote", "quote", "pullquote", "centerquote", "cq"}
QUOTES = {
    "notice", "note", "tip", "warning", "caution", "important", "info", "danger", "alert", "callout", "admonition", "hint",
    "aside",
}  # fmt: skip
# Tags that steer a template, or mark a place, and show nothing: what they enclose is shown.
GONE = {
    "if", "unless", "case", "when", "assign", "set", "increment", "decrement", "import", "extends", "block", "break", "continue",
    "toc", "tableofcontents", "table_of_contents", "clear", "br", "more", "newline", "layout", "with", "endraw", "nomarkdown",
    "cta", "center", "details", "columns", "column", "tabs", "tab", "row", "col", "div", "span", "small", "excerpt", "markdown",
    "markdownify", "card", "cards", "steps", "step", "section", "container", "grid", "lead", "typeit",
}  # fmt: skip
