"""The tags in a text, outside of code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from feedpub.content.code import Code
from feedpub.content.shortcode import START, read_shortcode

Style = Literal["hugo", "liquid", "value"]
# What may hide the end of a tag, and the end. A quote that opens nothing is passed over in a second look.
_QUOTED = r""""(?:\\.|[^"\\\n])*+"|`[^`]*+`|"""
_ENDS = {mark: re.compile(_QUOTED + re.escape(mark)) for mark in ("%}", ">}}", "%}}")}
_VALUE = re.compile(r"\{\{-?(?![<%{])(?P<inside>(?:[^{}\n]|\}(?!\}))*+)\}\}")
# Zola's calls may have an argument a line.
_CALL = re.compile(r"""\{\{-?(?P<inside>\s*[A-Za-z_][\w.:]*\((?:"(?:\\.|[^"\\])*+"|'[^'\n]*+'|[^{}"'()])*+\)\s*)-?\}\}""")
_NAME = re.compile(r"\s*(?P<close>/?)\s*(?P<name>[A-Za-z_][\w./:-]*)\s*")
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: its place, its name, what stands behind the name, and whether it closes what it names, or itself."""

    start: int
    end: int
    style: Style
    name: str
    rest: str
    closes: bool = False
    closed: bool = False
    literal: bool = False


def may_hold_tags(text: str) -> bool:
    """A quick look: most texts hold none."""
    return "{%" in text or "{{" in text


def tags(text: str) -> Iterator[Tag]:
    """Every tag outside of code, in order. A `literal` one is written so that it is shown: `{{</* x */>}}`."""
    code: Code | None = None  # most texts hold only images of ours, and need not be searched for code
    position = 0
    while (position := text.find("{", position)) >= 0:
        if text.startswith(START, position):  # ours: what its alt holds is text
            position = read_shortcode(text, position)[1]
            continue
        found = _at(text, position)
        if found is not None and code is None:
            code = Code(text)
        if found is None or (code and code.holds(position)):
            position += 1
            continue
        yield found
        position = found.end


def _at(text: str, position: int) -> Tag | None:
    if text.startswith("{%", position):
        return _tag(text, position, "liquid", "{%", "%}")
    if text.startswith("{{<", position):
        return _tag(text, position, "hugo", "{{<", ">}}")
    if text.startswith("{{%", position):
        return _tag(text, position, "hugo", "{{%", "%}}")
    if text.startswith("{{", position):
        found = _VALUE.match(text, position, position + _LONGEST) or _CALL.match(text, position, position + _LONGEST)
        return Tag(position, found.end(), "value", "", found["inside"].strip()) if found else None
    return None


def _tag(text: str, start: int, style: Style, opening: str, ending: str) -> Tag | None:
    end = _end(text, start + len(opening), ending)
    if end is None:
        return None
    inside = text[start + len(opening) : end - len(ending)].strip("-" if style == "liquid" else "").strip()
    if style == "hugo" and inside.startswith("/*"):
        return Tag(start, end, style, "", f"{opening} {inside[2:].removesuffix('*/').strip()} {ending}", literal=True)
    closed = style == "hugo" and inside.endswith("/")
    inside = inside.removesuffix("/").rstrip() if closed else inside
    name = _NAME.match(inside)
    if name is None:
        return Tag(start, end, style, "", inside)
    return Tag(start, end, style, name["name"], inside[name.end() :], bool(name["close"]), closed)


def _end(text: str, start: int, ending: str) -> int | None:
    """Where the tag ends: behind the first `ending` outside of quotes, else the first at all."""
    last = text.find(ending, start, start + _LONGEST)
    if last < 0:
        return None
    for found in _ENDS[ending].finditer(text, start, start + _LONGEST):
        if found[0] == ending:
            return found.end()
    return last + len(ending)
