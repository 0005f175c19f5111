"""What stands in a body and is not shown, told with its line."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from feedpub.content.tags import Tagged
from feedpub.errors import Problem, quoted
from feedpub.model import Article

if TYPE_CHECKING:
    from markdown_it.token import Token

_SHORTCODE_MEND = 'write {{image: https://…, width: 800, height: 450, alt: "…"}}'
_LEFT_OUT = re.compile(r"<(script|object|embed|svg|math|form|input|canvas|applet)\b", re.IGNORECASE)
# One that a script would replace has its real address beside.
_DATA = re.compile(r"<img\b(?![^>]*\bdata-)[^>]*?\bsrc\s*=\s*[\"']?data:", re.IGNORECASE)
_WIKI = re.compile(r"!?\[\[[^\[\]\n]+\]\]")


def unshown(article: Article, tokens: "list[Token]", tagged: Tagged, *, cut: bool) -> Iterator[Problem]:
    """A warning for everything of the body that a reader does not see, or sees as it was typed."""
    from feedpub.content import markdown

    def warning(line: int, what: str, mend: str) -> Problem:
        return Problem(article.source, article.body_line + tagged.line(line), "", what, mend, "warning")

    if cut:
        what = "its HTML stands in itself too deep, or is closed in a wrong order too often; some tags are left out"
        yield Problem(article.source, article.body_line, "", what, "close each element that you open", "warning")
    for line, what in markdown.left_out(tokens):
        yield warning(line, what, "make it shorter, or several of it")
    for line, shortcode in markdown.shortcodes(tokens) if "{{" in tagged.text else ():
        if shortcode.unreadable:
            yield warning(line, f"this image can't be read, and is left out: {shortcode.unreadable}", _SHORTCODE_MEND)
    for one in tagged.unread:
        place = article.body_line + one.line
        if one.name == "image":
            what = f"{quoted(one.tag)} is read as an image, and is not quite how one is written"
            yield Problem(article.source, place, "", what, _SHORTCODE_MEND, "warning")
        elif one.shown:
            what, mend = f"{one.tag} }}}} is shown as it was typed", "put it between backticks if it is meant so"
            yield Problem(article.source, place, "", what, mend, "warning")
        else:
            end = " }}" if one.tag.startswith("{{ ") else " …"
            mend = f"to show something, write shortcodes/{one.name}.html" if one.name.replace("-", "").isidentifier() else ""
            what = f"{one.tag}{end} is a tag of another tool that is not known here, and is left out"
            yield Problem(article.source, place, "", what, mend, "warning")
    for line, kind, text in markdown.raw_texts(tokens) if "<" in tagged.text or "[[" in tagged.text else ():
        if kind == "text":
            for found in _WIKI.findall(text):
                yield warning(
                    line, f"{found} is shown as it was typed", "no article has this name, or write a link: [text](address)"
                )
            continue
        for tag in dict.fromkeys(found.lower() for found in _LEFT_OUT.findall(text)):
            yield warning(line, f"<{tag}> is left out, as feeds and mail show none", "write a link, or an image")
        if _DATA.search(text):
            yield warning(line, "an image that stands in the text itself (data:) is left out", "put it into a file")
