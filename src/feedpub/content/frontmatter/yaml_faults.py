"""What YAML's parser says of front matter, in words that an author can act on."""

import re
from collections.abc import Callable, Iterator

import yaml

from feedpub.content.frontmatter.raw import Fault
from feedpub.errors import quoted

_MEND = 'put a value that holds : # @ or quotes between quotes, such as title: "Feeds: a guide"'
_FIELD = re.compile(r"""(?P<name>["']?[^\s"'#:\[{&*!|>%@`-][^:"']*["']?):(?:[ \t]+(?P<value>.*?))?[ \t]*""")
_SURROGATES = re.compile(r"(\\\\)|\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)


def joined_surrogates(fm: str) -> str:
    """`fm` with each emoji that stands as two halves (`\\ud83d\\ude00`, as JSON and web editors write it) as one."""

    def whole(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        return f"\\U{0x10000 + ((int(found[2], 16) - 0xD800) << 10) + int(found[3], 16) - 0xDC00:08X}"

    return _SURROGATES.sub(whole, fm)


def faults(fm: str, error: yaml.YAMLError, compose: Callable[[str], yaml.Node | None]) -> Fault:
    """Everything that is wrong with `fm`, of which the parser told only the first: `error`. Its fields are read one by one."""
    lines = fm.split("\n")
    fault = Fault(0, "", "", "")
    fault.faults = []
    for start, some in _pieces(lines):
        try:
            compose("\n".join(some))
        except yaml.YAMLError as found:
            fault.faults.append(_in_words(found, lines, start, start + len(some)))
        except Fault:
            continue
    return fault if fault.faults else Fault(*_in_words(error, lines, 0, len(lines)))


def _pieces(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines, each of one field: from a line at the margin to the next such line, but for a list's hyphens."""
    start = 0
    for number, line in enumerate(lines):
        if number > start and line[:1] not in ("", " ", "\t", "-", "#", "]", "}"):
            yield start, lines[start:number]
            start = number
    yield start, lines[start:]


def _in_words(error: yaml.YAMLError, lines: list[str], start: int, end: int) -> tuple[int, str, str, str]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return start, "", f"front matter is not YAML: {quoted(error)}", "save the file as UTF-8 text"
    at = min(start + mark.line, end - 1)
    reason = str(getattr(error, "problem", "") or getattr(error, "context", ""))
    # The parser often stops on the line after the one at fault.
    for number in dict.fromkeys((at, *range(at - 1, start - 1, -1), *range(start, min(end, at)))):
        if mend := _mend(lines[number], reason):
            what, how = mend
            return number, "", f"front matter is not YAML: {what}", how
    return at, "", f"front matter is not YAML: {reason}", _MEND


def _mend(line: str, reason: str) -> tuple[str, str] | None:
    """What is wrong with this one line, and how it should read; None if it looks as it should."""
    if re.match(r" *\t", line) and "token" in reason:
        return "a tab stands where the line is indented", "indent with spaces"
    field = _FIELD.fullmatch(line.strip()) if not line.lstrip().startswith("- ") else None
    value = (field["value"] or "") if field else line.strip().removeprefix("- ")
    before = f"{field['name']}: " if field else "- " if line.lstrip().startswith("- ") else ""
    if value[:1] in "“”„«‘’" and value:
        if ": " in value or " #" in value or value.endswith(":"):
            plain = value.strip("“”„«»‘’").replace('"', "'")
            return "quotes are typographic, and YAML knows straight ones alone", f'write {before}"{_short(plain)}"'
        return None
    if field and value and value[0] not in "\"'[{|>" and (": " in value or value.endswith(":")):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return "a value holds a colon and a space", f'put it between quotes: {before}"{_short(escaped)}"'
    if field and value and value[0] in "@`%":
        return f"a value begins with {value[0]}, which YAML keeps for itself", f'put it between quotes: {before}"{_short(value)}"'
    if field and value[:1] == "*" and "alias" in reason:
        return "a value begins with *, which names an alias", f'put it between quotes: {before}"{_short(value)}"'
    if value[:1] in ("'", '"') and not _is_closed(value):
        return (
            "a quote is not closed, or stands inside others",
            f"write {value[0]} at the end alone, and one inside as {_QUOTE[value[0]]}",
        )
    if value[:1] == "[" and value.count("[") > value.count("]"):
        return "a list is opened and not closed", "write ] at its end"
    if value[:1] == "{" and value.count("{") > value.count("}"):
        return (
            "a value begins with {, which opens a mapping, and is not closed",
            "write } at its end, or put the value between quotes",
        )
    if re.match(r" +[^\s-]", line) and ("block" in reason or "expected key" in reason or "mapping values" in reason):
        return "a line is indented as none above it is", "begin each field at the margin, and indent what belongs to it alike"
    if re.match(r"[\w-]+:\S", line) and not re.match(r"\w+:/", line):
        name, _, rest = line.partition(":")
        return "a space is missing after a colon", f"write {name}: {_short(rest)}"
    return None


_QUOTE = {'"': '\\"', "'": "''"}


def _is_closed(value: str) -> bool:
    pattern = r'"(?:\\.|[^"\\])*"' if value[0] == '"' else r"'(?:''|[^'])*'"
    return bool(re.fullmatch(rf"{pattern}\s*(?:#.*)?,?", value))


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
