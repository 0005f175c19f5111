"""{{image: URL, width: N, height: N, alt: "…"}} as a markdown-it rule."""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

START = "{{image:"
_URL = re.compile(r"\s*((?:(?!,\s|\}\})[^\n])*)")
_OPTION = re.compile(r",\s+(\w+)\s*:\s*(\"(?:\\.|[^\"\\])*\"|[^\s,\"}]+)?\s*", re.DOTALL)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_RUN_ON = re.compile(r",(?:width|height|alt)\s*:")
_CLOSE = re.compile(r"\s*\}\}")
# The end of one that can't be read: its }}, but not one between quotes or of the next shortcode; else its line's end.
_END = re.compile(r"(?:(?!\{\{image:)(?:\"(?:\\.|(?!\{\{image:)[^\"\\])*\"|\}(?!\})|[^\"}]))*?\}\}", re.DOTALL)
_LINE_END = re.compile(r"[^\n]*?(?:\}\}|(?=\n)|$)")


@dataclass(frozen=True, slots=True)
class ImageShortcode:
    """What a shortcode says; `unreadable` tells what is wrong with it ("" if nothing)."""

    url: str = ""
    width: str = ""
    height: str = ""
    alt: str = ""
    unreadable: str = ""


def image_shortcode(md: MarkdownIt) -> None:
    """A markdown-it plugin: the shortcode becomes a `<figure>`, and splits a paragraph in which it stands.

    In a code span or block it is text. One that can't be read shows nothing: `shortcodes()` finds it.
    """
    md.inline.ruler.before("escape", "image_shortcode", _inline)
    md.core.ruler.push("figures", _figures)
    md.add_render_rule("image_shortcode", _render)


def read_shortcode(text: str, start: int) -> tuple[ImageShortcode, int]:
    """The shortcode that starts at `start` of `text`, and where it ends."""
    url = _URL.match(text, start + len(START))
    assert url
    options: dict[str, str] = {}
    position, fault = url.end(), "" if url[1].strip() else "it names no address"
    if _RUN_ON.search(url[1]):
        fault = "a space is missing behind a comma"
    scheme = _SCHEME.match(url[1].strip())
    if scheme and scheme[1].lower() not in ("http", "https"):
        fault = f'"{scheme[1]}:" is not the start of a web address'
    while option := _OPTION.match(text, position):
        name, value = option[1], option[2] or ""
        fault = fault or _fault(name, value, options)
        options[name] = re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL) if value.startswith('"') else value
        position = option.end()
    close = _CLOSE.match(text, position)
    if close and not fault:
        return ImageShortcode(url[1].strip(), **options), close.end()
    end = _END.match(text, start + len(START)) or _LINE_END.match(text, start + len(START))
    assert end
    return ImageShortcode(unreadable=fault or "it is not closed by }}, or an option is not name: value"), end.end()


def _fault(name: str, value: str, options: dict[str, str]) -> str:
    if name not in ("width", "height", "alt"):
        return f'it has no option "{name}"'
    if name in options:
        return f"{name} stands twice"
    if name == "alt":
        return "" if value.startswith('"') else "alt stands between double quotes"
    return "" if re.fullmatch("[1-9][0-9]{0,4}", value, re.ASCII) else f"{name} is not a whole number of pixels"


def _inline(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith(START, state.pos):
        return False
    shortcode, end = read_shortcode(state.src, state.pos)
    if not silent:
        token = state.push("image_shortcode", "figure", 0)
        token.meta = {"shortcode": shortcode, "offset": state.pos}
    state.pos = end
    return True


def _figures(state: StateCore) -> None:
    """A `<figure>` may not stand in a `<p>`: what is before and after it becomes a paragraph of its own."""
    out: list[Token] = []
    tokens = iter(state.tokens)
    for token in tokens:
        if token.type == "paragraph_open":
            out += _paragraph(token, next(tokens), next(tokens))
        else:
            out.append(token)
    state.tokens = out


def _paragraph(opening: Token, inline: Token, closing: Token) -> list[Token]:
    children = inline.children or []
    if not any(child.type == "image_shortcode" for child in children):
        return [opening, inline, closing]
    runs: list[list[Token]] = [[]]
    for child in children:
        if child.type == "image_shortcode" and child.level == 0 and not child.meta["shortcode"].unreadable:
            child.meta["block"] = True
            runs += [[child], []]
        else:
            runs[-1].append(child)
    out: list[Token] = []
    for run in runs:
        part = inline.copy(children=_trimmed(run))
        if run and run[0].meta.get("block"):
            out.append(part)
        elif any(child.type != "image_shortcode" for child in part.children or []):
            out += [opening, part, closing]
        elif run:
            out.append(part)  # it shows nothing, but its Problem is read from here
    return out


def _trimmed(run: list[Token]) -> list[Token]:
    """`run` without the white space and line breaks at its ends."""
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while run and (run[end].type in ("softbreak", "hardbreak") or _is_blank(run[end])):
            run = run[1:] if end == 0 else run[:-1]
        if run and run[end].type == "text":
            run[end].content = strip(run[end].content)
    return run


def _is_blank(token: Token) -> bool:
    return token.type == "text" and not token.content.strip()


def _render(renderer: RendererProtocol, tokens: list[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    shortcode: ImageShortcode = tokens[index].meta["shortcode"]
    if shortcode.unreadable:
        return ""
    size = "".join(f' {name}="{value}"' for name in ("width", "height") if (value := getattr(shortcode, name)))
    image = f'<img src="{escapeHtml(shortcode.url)}" alt="{escapeHtml(shortcode.alt)}"{size}>'
    return f"<figure>{image}</figure>\n" if tokens[index].meta.get("block") else image
