"""Sites to measure with: articles of 8 KB in 11 categories, the same at every call."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

CATEGORIES = ["Cloud & Infrastructure", "C++", "Craft", "Feeds", "Letters", "Maps", "Music", "Science", "Space", "Trade", "Water"]
WORDS = "the feed a letter reads slowly of paper and light from every reader who keeps time with an open margin".split()
_SITE = """\
[site]
title = "Benchmark"
url = "https://bench.example"
id = "tag:bench.example,2025:"
"""
SETTINGS = f'{_SITE}\n[feeds]\nformats = ["rss", "atom"]\n'
NEWSLETTER = f"""{_SITE}
[[digest]]
name = "weekly"
from = "Benchmark <news@bench.example>"
schedule = "0 8 * * mon"
limit = 1000
max_age = "3650d"
postal_address = "1 Long Street"
"""
HUGO = """\
baseURL = "https://bench.example/"
title = "Benchmark"
disableKinds = ["section", "sitemap", "robotstxt", "404"]
[taxonomies]
category = "category"
[frontmatter]
date = ["publishedAt"]
[outputs]
home = ["rss", "atom"]
term = ["rss", "atom"]
taxonomy = ["rss"]
[outputFormats.atom]
mediaType = "application/xml"
baseName = "atom"
"""
_PAGES = "first 50 .RegularPages.ByDate.Reverse"
_CONTENT = "{{ .Content | transform.XMLEscape | safeHTML }}"
HUGO_RSS = f"""\
<rss version="2.0"><channel><title>{{{{ .Title }}}}</title><link>{{{{ .Permalink }}}}</link><description>All</description>
{{{{ range {_PAGES} }}}}<item><title>{{{{ .Title }}}}</title><link>{{{{ .Permalink }}}}</link><guid>{{{{ .Permalink }}}}</guid>
<pubDate>{{{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}}}</pubDate><description>{_CONTENT}</description></item>
{{{{ end }}}}</channel></rss>
"""
HUGO_ATOM = f"""\
<feed xmlns="http://www.w3.org/2005/Atom"><title>{{{{ .Title }}}}</title><id>{{{{ .Permalink }}}}</id>
{{{{ range {_PAGES} }}}}<entry><title>{{{{ .Title }}}}</title><id>{{{{ .Permalink }}}}</id><link href="{{{{ .Permalink }}}}"/>
<updated>{{{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}}}</updated><content type="html">{_CONTENT}</content></entry>
{{{{ end }}}}</feed>
"""


def site(folder: Path, articles: int, *, dense: bool = False) -> Path:
    """A site of so many articles in `folder`; `dense` ones hold some 40 links and as many words in italics each."""
    chance = random.Random(1)
    (folder / "articles").mkdir(parents=True)
    (folder / "feedpub.toml").write_text(SETTINGS)
    for number in range(articles):
        (folder / f"articles/article-{number}.md").write_text(article(number, chance, dense=dense))
    return folder


def hugo_site(folder: Path, articles: Path) -> Path:
    """The same site for Hugo: no page of its own, but RSS and Atom of the newest 50, in full, for all and each category."""
    (folder / "layouts/_default").mkdir(parents=True)
    (folder / "content").symlink_to(articles)
    (folder / "hugo.toml").write_text(HUGO)
    (folder / "layouts/_default/list.rss.xml").write_text(HUGO_RSS)
    (folder / "layouts/_default/list.atom.xml").write_text(HUGO_ATOM)
    return folder


def article(number: int, chance: random.Random, *, dense: bool) -> str:
    """About 8 KB of Markdown: headings, paragraphs, links, lists, an image."""
    published = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=37 * number)
    parts = [
        f"---\nslug: article-{number}\ntitle: 'Article {number}: {_words(6, chance)}'\n"
        f'excerpt: {_words(20, chance)}\npublishedAt: "{published:%Y-%m-%dT%H:%M:%SZ}"\n'
        f"author: Ada Lovelace\ncategory: {CATEGORIES[number % len(CATEGORIES)]}\ntags:\n  - one\n  - two\n---\n"
    ]
    while sum(map(len, parts)) < 8_000:
        parts += [f"## {_words(4, chance)}", f"**Bold** {_words(90, chance)}."]
        if dense:
            parts += ["\n".join(f"- *{word}* [{word}](/blog/article-{number // 2}/)" for word in chance.choices(WORDS, k=4))]
            parts += [f'{{{{image: https://i.example/{number}.png?w=800, width: 800, height: 450, alt: "{_words(1, chance)}"}}}}']
        else:
            parts += [f"{_words(60, chance)} [{_words(2, chance)}](/blog/article-{number // 2}/) {_words(40, chance)}."]
            parts += [f"{_words(50, chance)} *{_words(1, chance)}* {_words(50, chance)}."]
            if len(parts) == 6:
                parts += ["\n".join(f"- {_words(8, chance)}" for _ in range(4))]
                parts += [f'{{{{image: https://i.example/{number}.png, width: 800, height: 450, alt: "{_words(3, chance)}"}}}}']
    return "\n\n".join(parts) + "\n"


def _words(count: int, chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=count))
