"""Markdown with components (MDX) → Markdown: imports, exports and comments leave, components leave their text behind."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?(`{3,}|~{3,})")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:.|\n(?![ \t]*\n))*?(?<!`)\1(?!`)")
_STATEMENT = re.compile(
    r"import\s*(?:[\"'{*]|(?:type\s+)?\w+\s*(?:,|from\b))"
    r"|export\s*(?:\{|\*|(?:const|let|var|default|function|async|class|type|interface|enum)\b)"
)
_TAG = re.compile(r"</?(?:[A-Z][\w.]*|[a-z]\w*\.[\w.]+)(?=[\s/>])|</?>")
_SHOWS = re.compile(r"<(?:Image|Img|NextImage|ExportedImage|BlurImage|Picture|ThemedImage|ZoomImage|Photo)\s")
_PLAIN_TAG = re.compile(r"<[a-z][\w-]*(?=\s)")
_BRACED = re.compile(r"\s[\w:-]+=(?=\{)|\s(?=\{\.\.\.)")
# Marks of where a component was: no text holds these characters.
_OPENED, _CLOSED = "\x02", "\x03"
# A tag longer than this, and so many that never end, are none: to look for each end takes as long as the text.
_LONGEST, _MOST_OPEN = 20_000, 20


def plain_markdown(body: str) -> str:
    """`body` without what only MDX knows. Lines keep their numbers: what leaves is empty.

    Code stays as it is, and so does an expression such as `{props.title}`.
    """
    out = []
    for code, text in _pieces(body):
        out.append(text if code else _without_components(_without_comments(_without_statements(text))))
    return _dedented("".join(out))


def _pieces(body: str) -> Iterator[tuple[bool, str]]:
    """The parts of `body` in their order, and whether each is code: fenced, or between backticks."""
    text: list[str] = []
    fence = ""
    block: list[str] = []
    for line in body.splitlines(keepends=True):
        opened = _FENCE.match(line)
        if fence:
            block.append(line)
            if opened and opened[1].startswith(fence) and not line.strip().strip(fence[0]).strip():
                yield True, "".join(block)
                fence, block = "", []
        elif opened and not (opened[1][0] == "`" and "`" in line[opened.end() :]):
            yield from _spans("".join(text))
            text, fence, block = [], opened[1], [line]
        else:
            text.append(line)
    yield from _spans("".join(text))
    yield True, "".join(block)


def _spans(text: str) -> Iterator[tuple[bool, str]]:
    last = 0
    for span in _SPAN.finditer(text):
        yield False, text[last : span.start()]
        yield True, span[0]
        last = span.end()
    yield False, text[last:]


def _without_statements(text: str) -> str:
    """`text` without statements of JavaScript that begin at the margin: each ends on the line where its brackets close."""
    kept, depth, inside, above = [], 0, False, True
    for line in text.splitlines(keepends=True):
        if inside or (above and _STATEMENT.match(line)):
            depth += sum(line.count(sign) for sign in "({[") - sum(line.count(sign) for sign in ")}]")
            inside = depth > 0 or line.rstrip().endswith((",", "=", "=>", "("))
            depth = max(depth, 0)
            kept.append("\n" if line.endswith("\n") else "")
        else:
            above = not line.strip()
            kept.append(line)
    return "".join(kept)


def _without_comments(text: str) -> str:
    out, last = [], 0
    for opened in re.finditer(r"\{\s*/\*", text):
        closed = text.find("*/", opened.end())
        if closed < 0:
            break
        end = re.compile(r"\*/\s*\}").match(text, closed)
        if end and opened.start() >= last:
            out += [text[last : opened.start()], "\n" * text.count("\n", opened.start(), end.end())]
            last = end.end()
    return "".join((*out, text[last:]))


def _without_components(text: str) -> str:
    """`text` without the tags of components, and without attributes in braces on those of HTML."""
    out, last, left = [], 0, _MOST_OPEN
    for found in re.finditer(rf"{_TAG.pattern}|{_PLAIN_TAG.pattern}", text):
        if found.start() < last:
            continue
        end = _end_of_tag(text, found.end()) if not found[0].endswith(">") else found.end()
        if end is None:
            left -= 1
            if not left:
                break
            continue
        tag = text[found.start() : end]
        out.append(text[last : found.start()])
        if _PLAIN_TAG.match(tag) and not _TAG.match(tag):
            out.append(_without_braces(tag))
        elif image := _image(tag):
            out.append(image + "\n" * tag.count("\n"))
        else:
            mark = _CLOSED if tag.startswith("</") else "" if tag.endswith("/>") else _OPENED
            out.append(mark + "\n" * tag.count("\n"))
        last = end
    return "".join((*out, text[last:]))


def _end_of_tag(text: str, start: int) -> int | None:
    """Where the tag ends that is open at `start`: quotes and braces may hold a > of their own."""
    depth, quote = 0, ""
    for place in range(start, min(len(text), start + _LONGEST)):
        sign = text[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`" and (depth or text[place - 1] in "= "):
            quote = sign
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
        elif sign == ">" and depth <= 0 and text[place - 1] != "=":
            return place + 1
    return None


def _image(tag: str) -> str:
    """The plain tag of a component that shows an image whose address it names as a text; "" for any other."""
    named = {name: _attribute(tag, name) for name in ("src", "alt")} if _SHOWS.match(tag) else {}
    return "<img " + " ".join(f'{name}="{value}"' for name, value in named.items() if value) + ">" if named.get("src") else ""


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}=\{{?\s*(?:"([^"<>]*)"|'([^'<>"]*)'|`([^`<>"$]*)`)""", tag)
    return next(filter(None, found.groups()), "") if found else ""


def plain_attributes(body: str) -> str:
    """`body`, which is no MDX, without attributes in braces on tags of HTML: tools that read any Markdown as MDX take them."""
    return "".join(text if code else _in_plain_tags(text) for code, text in _pieces(body))


def _in_plain_tags(text: str) -> str:
    out, last, left = [], 0, _MOST_OPEN
    for found in _PLAIN_TAG.finditer(text):
        end = _end_of_tag(text, found.end()) if found.start() >= last else None
        if end is None:
            left -= found.start() >= last
            if not left:
                break
            continue
        out += [text[last : found.start()], _without_braces(text[found.start() : end])]
        last = end
    return "".join((*out, text[last:]))


def _without_braces(tag: str) -> str:
    out, last = [], 0
    for found in _BRACED.finditer(tag):
        if found.start() < last:
            continue
        depth, place = 0, found.end()
        while place < len(tag):
            depth += {"{": 1, "}": -1}.get(tag[place], 0)
            place += 1
            if depth == 0:
                break
        out.append(tag[last : found.start()])
        last = place
    return "".join((*out, tag[last:]))


def _dedented(text: str) -> str:
    """`text` without its marks; lines that were indented inside a component stand at the margin, or they would be code."""
    lines = text.split("\n")
    depth, shift = 0, 0
    for number, line in enumerate(lines):
        plain = line.replace(_OPENED, "").replace(_CLOSED, "")
        if depth > 0 and plain.strip():
            indent = len(plain) - len(plain.lstrip())
            shift = indent if shift < 0 else min(shift, indent)
            plain = plain[shift:]
        depth = max(0, depth + line.count(_OPENED) - line.count(_CLOSED))
        shift = shift if depth and _OPENED not in line else -1
        lines[number] = plain
    return "\n".join(lines)
