"""What the tags of each kind are as Markdown."""

import re
from html import escape

from feedpub.content.tags.arguments import Arguments, read_arguments
from feedpub.content.tags.builtin import (
    ADDRESSES,
    GONE,
    IMAGES,
    LANGUAGE,
    LINKS,
    QUOTED,
    QUOTES,
    RAW,
    WHOLE_LINKS,
    Link,
)
from feedpub.content.tags.values import Page

_ENDING = re.compile(r"\.(?:avif|gif|jpe?g|png|svg|webp|bmp)(?:[?#].*)?$", re.IGNORECASE)
_PIXELS = re.compile(r"([1-9][0-9]{0,4})(?:px)?")
_FENCED = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)


def meant(name: str, rest: str, page: Page) -> str | tuple[str, str] | None:
    """What the tag `name` (in small letters) shows: Markdown; HTML before and behind what it encloses; None if not known."""
    given = read_arguments(rest)
    if name in ADDRESSES:
        return _address(given, page)
    if name in WHOLE_LINKS:
        return f"[{_plain(' '.join(given.places[1:]) or given.first(('0',)))}]({_address(given, page)})"
    if name in QUOTES or name in QUOTED:
        return _quote(name, given)
    if name in IMAGES or (name in LINKS and _ENDING.search(given.first(("src", "0")))):
        return _image(name, given)
    if link := LINKS.get(name):
        return _link(link, given)
    return "" if name in GONE else None


def included(rest: str) -> tuple[str, str]:
    """The name of the tag that an include stands for, `figure` of `figure.html src="…"`, and what stands behind it."""
    file, _, arguments = rest.strip().partition(" ")
    return file.strip("\"'").rpartition("/")[2].partition(".")[0], arguments


def code(name: str, rest: str, inside: str, *, alone: bool) -> str:
    """What a tag encloses, as code; of one that only keeps tags from being read, as Markdown or HTML if it is some."""
    if name in RAW:
        if _FENCED.search(inside) or inside.lstrip().startswith("<") or "`" in inside:
            return inside
        language = ""
    else:
        language = read_arguments(rest).first(LANGUAGE).removeprefix("lang:") if name in _LANGUAGES_GIVEN else name
    if not alone and "\n" not in inside.strip("\n"):
        return f"`` {inside.strip()} ``" if inside.strip() else ""
    longest = max((len(run) for run in re.findall("`+", inside)), default=0)
    fence = "`" * max(3, longest + 1)
    word = language if re.fullmatch(r"[\w+#.-]+", language) else ""
    before = "" if alone else "\n\n"
    return f"{before}{fence}{word}\n{inside.strip(chr(10))}\n{fence}{before}"


def context(rest: str, page: Page, *, inner: str) -> dict[str, object]:
    """What the template of a site's own tag can use: its arguments by name, `args` by place, `inner`, `page` and `site`."""
    given = read_arguments(rest)
    return {
        **given.names,
        "args": given.places,
        "inner": inner,
        "page": {"title": page.title, "url": page.url},
        "site": {"title": page.site_title, "url": page.site_url},
    }


def _address(given: Arguments, page: Page) -> str:
    written = given.first(("path", "0"))
    return (page.find(written) or written).replace(" ", "%20").replace(")", "%29")


def _image(name: str, given: Arguments) -> str:
    kind = IMAGES.get(name, IMAGES["image"])
    files = [place for place in given.places if _ENDING.search(place)]
    src = given.first(tuple(one for one in kind.src if not one.isdigit())) or (files[0] if files else given.first(("0",)))
    if not src:
        return ""
    words = given.places[given.places.index(src) + 1 :] if src in given.places else ()
    titles = [word for word in words if not _PIXELS.fullmatch(word)]
    caption = given.first(kind.caption)
    alt = given.first(tuple(one for one in kind.alt if not one.isdigit())) or " ".join(titles)
    sizes = dict(zip(("width", "height"), (word for word in words if _PIXELS.fullmatch(word)), strict=False))
    for side in ("width", "height"):
        if given.names.get(side):
            sizes[side] = given.names[side]
    options = [f"{side}: {found[1]}" for side, size in sizes.items() if (found := _PIXELS.fullmatch(size))]
    quoted = alt.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    shown = ", ".join((src.strip().replace(", ", ",%20").replace("}}", "%7D%7D"), *options, f'alt: "{quoted}"'))
    return f"{{{{image: {shown}}}}}{f' {caption}' if caption else ''}"


def _link(link: Link, given: Arguments) -> str:
    values = [*given.places]
    for place, name in enumerate(link.names):
        if given.names.get(name):
            values[place:] = [given.names[name], *values[place:]] if place < link.url.count("{") else values[place:]
    values = [one for one in values if one]
    if not values:
        return ""
    url, pattern = values[0], link.url
    if "://" not in url:
        if pattern.count("{") > len(values):  # `gist user/id`, or a name alone
            values = url.split("/")
        while pattern.count("{") > len(values):
            pattern = pattern[: pattern.rindex("/")]
        url = pattern.format(*(one.strip() for one in values)) if "{" in pattern else ""
    if not url:
        return ""
    url = url.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
    return f"[{_plain(given.names.get('title') or link.title or url)}]({url})"


def _quote(name: str, given: Arguments) -> tuple[str, str]:
    """A quote with its author below; a note with what it is in bold above."""
    if name in QUOTED:
        who = " ".join((*given.places, *(given.names[one] for one in ("author", "cite", "source") if one in given.names)))
        return "<blockquote>", f"{f'<p>— {escape(who)}</p>' if who else ''}</blockquote>"
    word = given.first(("title", "heading", "1")) or given.first(("type", "0")) or name
    return f"<blockquote><p><strong>{escape(word if ' ' in word else word.capitalize())}</strong></p>", "</blockquote>"


def _plain(text: str) -> str:
    return re.sub(r"([\\\[\]*_`<>])", r"\\\1", text)


_LANGUAGES_GIVEN = {"highlight", "codeblock", "code", "code_block", "prism"}
