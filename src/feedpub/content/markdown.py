"""Markdown → safe HTML with absolute URLs, and its first paragraph as text."""

import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import Literal

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from feedpub.content.bounds import bound_tables, bounded_inline, count_steps, notes
from feedpub.content.extensions import DRAWN, extend, needed
from feedpub.content.frames import showable
from feedpub.content.mentions import looked_up
from feedpub.content.shallow import shallow
from feedpub.content.shortcode import ImageShortcode, image_shortcode
from feedpub.content.tags import PLACE
from feedpub.content.text import SILENT, clean, one_line, plain
from feedpub.content.urls import absolute, absolute_srcset, is_plain, without

# How deep quotes and lists may stand.
DEEPEST = 1_000
# How deep links and images may stand in each other: the time of 20,000 open brackets grows with it.
_DEEPEST_INLINE = 50
_LEAD_LENGTH = 1_000
# Where the excerpt ends: of Hugo, Jekyll, Hexo, WordPress; of Docusaurus.
_MORE = re.compile(r"\s*<!--\s*(?:more|truncate|excerpt|read[- ]?more|end[- ]?excerpt)\s*-->", re.IGNORECASE)

# One allow-list for feeds and mail: what an article says, and nothing that acts, loads code, or asks for input.
_TAGS = set(
    "a abbr audio b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 "
    "h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp small source span strong sub summary sup table "
    "tbody td tfoot th thead time tr u ul var video wbr".split()
)
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang", "id"},
    "audio": {"src", "controls"},
    "blockquote": {"cite"},
    "code": {"class"},
    "col": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"id"},
    "ol": {"start", "reversed"},
    "q": {"cite"},
    "source": {"src", "srcset", "sizes", "type", "media"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"src", "poster", "controls", "width", "height"},
}
_ALIGNED = {tag: {"align": {"left", "center", "right"}} for tag in ("td", "th")}


def parse(markdown: str, strip_params: Collection[str] = (), *, name: str = "") -> list[Token]:
    """markdown-it's tokens of `markdown`: CommonMark with tables, strikethrough, the image shortcode, and extensions of
    other tools where the text has need of them. `name` is unique among articles: the ids of footnotes begin with it.

    The text of an autolink is its address, so `strip_params` leave it too.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20 * DEEPEST))  # a nested quote takes three calls of Python a level
    env: dict[str, object] = {"docId": name} if name else {}
    try:
        tokens = _parsers(needed(markdown)).parse(markdown, env)
    finally:
        sys.setrecursionlimit(limit)
    for token in tokens:
        for opening, text in pairwise(token.children or []):
            if opening.type == "link_open" and opening.markup == "autolink":
                text.content = without(text.content, strip_params)
    return [*tokens, *notes(env)]


def safe_html(
    tokens: list[Token], base: str, strip_params: Collection[str], *, name: str = "", assets: str = "",
    addresses: Mapping[str, str] | None = None, inserted: Callable[[str], str] = lambda markup: markup,
) -> tuple[str, tuple[str, ...], bool]:  # fmt: skip
    """Sanitised HTML of `tokens`, every URL absolute against `base`; the URLs of its images; whether tags stood too deep.

    Images are resolved against `assets`, where that is given; `addresses` has those of articles by the names of their
    files. `inserted` puts in HTML that is no Markdown. `name` is that of parse().
    """
    images: dict[str, None] = {}
    pictures = assets or base

    def rewritten(tag: str, attribute: str, value: str) -> str | None:
        if attribute in ("href", "cite"):
            return absolute((addresses and looked_up(value, addresses)) or value, base, strip_params)
        if attribute == "srcset":
            return absolute_srcset(value, pictures, strip_params)
        if attribute in ("src", "poster"):
            url = absolute(value, pictures, strip_params)
            if url is None or not url.startswith("http"):
                return None
            if tag == "img":
                images[url] = None
            return url
        if attribute == "class":
            return value if value.startswith("language-") else None
        if attribute == "id":  # one of ours, which no other article has; an author's own could be that of a page
            return value if name and value.startswith((f"fn-{name}-", f"fnref-{name}")) else None
        return value

    env = {"docId": name} if name else {}
    markup, cut = shallow(showable(inserted(_aligned(_renderer(tokens).render(tokens, _BLOCKS.options, env)))))
    safe = nh3.clean(
        markup,
        tags=_TAGS,
        clean_content_tags=SILENT,
        attributes=_ATTRIBUTES,
        tag_attribute_values=_ALIGNED,
        attribute_filter=rewritten,
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )
    return clean(safe), tuple(images), cut


def lead(tokens: list[Token]) -> str:
    """The first paragraph as plain text, at most 1,000 characters; of a body without one, its first text. Where an author
    marked the end of the excerpt (`<!--more-->`), what stands before it.
    """
    for at, token in enumerate(tokens):
        if token.type == "html_block" and _MORE.match(token.content) and (text := _text(_without_headings(tokens[:at]))):
            return _shortened(text)
    for token, inline in pairwise(tokens):
        if token.type == "paragraph_open" and token.level == 0 and (text := _text([inline])):
            return _shortened(text)
    return _shortened(next((text for token in tokens if (text := _text([token]))), ""))


def shortcodes(tokens: list[Token]) -> Iterator[tuple[int, ImageShortcode]]:
    """Every image shortcode, with its line (from 0)."""
    for token, line in _inline_tokens(tokens):
        if token.type == "image_shortcode":
            yield line, token.meta["shortcode"]


def left_out(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    """What of the text is shown as it was typed, as it would have taken too long: its line (from 0), and a sentence."""
    for token in tokens:
        if token.type == "left_out":
            yield token.map[0] if token.map else 0, token.content


def raw_texts(tokens: list[Token]) -> Iterator[tuple[int, Literal["html", "text"], str]]:
    """Every piece of raw HTML, and every text that may hold more than words, with its line (from 0)."""
    for token, line in _inline_tokens(tokens):
        if token.type == "html_inline":
            yield line, "html", token.content
        elif token.type == "text" and "[[" in token.content:
            yield line, "text", token.content
    for token in tokens:
        if token.type == "html_block":
            yield token.map[0] if token.map else 0, "html", token.content


def urls(tokens: list[Token]) -> Iterator[tuple[str, str, int, str | None]]:
    """Every link and image: "link" or "image", the URL as written, its line (from 0), an image's alt (None: it has none)."""
    for token, line in _inline_tokens(tokens):
        match token.type:
            case "link_open":
                yield "link", str(token.attrGet("href")), line, None
            case "image":
                yield "image", str(token.attrGet("src")), line, token.content or None
            case "image_shortcode" if not token.meta["shortcode"].unreadable:
                yield "image", token.meta["shortcode"].url, line, token.meta["shortcode"].alt or None
            case "html_inline":
                yield from _html_urls(token.content, line)
    for token in tokens:
        if token.type == "html_block":
            yield from _html_urls(token.content, token.map[0] if token.map else 0)


class _Urls(HTMLParser):
    """Links and images of raw HTML, with their lines."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, int, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, str | None] = dict(attrs)
        if tag == "a" and (href := given.get("href")):
            self.found.append(("link", href, self.getpos()[0] - 1, None))
        if tag == "img" and (src := given.get("src")):
            # alt="" is an author's word that an image says nothing.
            self.found.append(("image", src, self.getpos()[0] - 1, (given["alt"] or "") if "alt" in given else None))


def _html_urls(markup: str, line: int) -> Iterator[tuple[str, str, int, str | None]]:
    parser = _Urls()
    with suppress(AssertionError):  # on `<![foo bar]>`, which Python 3.11 takes for a declaration that it does not know
        parser.feed(markup)
    for kind, url, offset, alt in parser.found:
        yield kind, url, line + offset, alt


def _inline_tokens(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    for token in tokens:
        line = token.map[0] if token.map else 0
        for child in token.children or []:
            if child.type == "image_shortcode":
                yield child, (token.map[0] if token.map else 0) + token.content.count("\n", 0, child.meta["offset"])
            else:
                yield child, line
            line += child.type in ("softbreak", "hardbreak")


def _without_headings(tokens: list[Token]) -> list[Token]:
    return [token for before, token in pairwise([*tokens[:1], *tokens]) if before.type != "heading_open" or token is before]


def _text(tokens: list[Token]) -> str:
    shown = [
        token.copy(children=[one for one in token.children if one.type != "footnote_ref"]) if token.children else token
        for token in tokens
    ]
    return one_line(clean(plain(PLACE.sub("", _renderer(shown).render(shown, _BLOCKS.options, {})))))


def _shortened(text: str) -> str:
    return text if len(text) <= _LEAD_LENGTH else f"{text[:_LEAD_LENGTH].rsplit(' ', 1)[0]}…"


def _aligned(markup: str) -> str:
    """markdown-it aligns table cells by `style`, which no feed reader keeps."""
    for side in ("left", "center", "right"):
        markup = markup.replace(f' style="text-align:{side}"', f' align="{side}"')
    return markup


def _parser(deepest: int, names: frozenset[str]) -> MarkdownIt:
    md = MarkdownIt("commonmark", {"maxNesting": deepest}).enable(["table", "strikethrough"]).use(image_shortcode)
    extend(md, names)
    normalize = md.normalizeLink
    md.normalizeLink = lambda url: url if is_plain(url) else normalize(url)  # type: ignore[method-assign]
    return md


def _not_too_deep(md: MarkdownIt, name: str) -> None:
    """Past DEEPEST a `>` or `-` is text: markdown-it would leave out, without a word, all that stands deeper."""
    ((original, alternatives),) = ((rule.fn, rule.alt) for rule in md.block.ruler.__rules__ if rule.name == name)

    def guarded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < DEEPEST - 4 and original(state, start, end, silent)

    md.block.ruler.at(name, guarded, {"alt": alternatives})


@lru_cache(maxsize=64)
def _parsers(names: frozenset[str]) -> MarkdownIt:
    """The parser of blocks, with one of its own for what stands in them, that knows the extensions `names`."""
    inlines, blocks = _parser(_DEEPEST_INLINE, names), _parser(DEEPEST, names)
    count_steps(inlines)

    def inline(state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "inline":
                bounded_inline(inlines, state.env, token)

    blocks.core.ruler.at("inline", inline)
    for rule in ("blockquote", "list"):
        _not_too_deep(blocks, rule)
    bound_tables(blocks)
    return blocks


def _renderer(tokens: list[Token]) -> RendererProtocol:
    """What draws `tokens`: one that knows all extensions, where there are tokens of any."""
    drawn = any(token.type.startswith(("footnote", "admonition", "container")) for token in tokens)
    return (_parsers(DRAWN) if drawn else _BLOCKS).renderer


_BLOCKS = _parsers(frozenset())
