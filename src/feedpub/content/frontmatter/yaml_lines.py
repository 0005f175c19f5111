"""Front matter of plain lines, the most of it, read without YAML's parser."""

import re

# What stands in no line here: controls, what ends a line, and halves of characters. Of all else the parser knows more.
_ODD = "\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ufffe\\uffff\\ud800-\\udfff"
_PLAIN = rf"[^\W_][^:#{_ODD}]*+(?:(?::(?=[^ \n])|(?<! )#)[^:#{_ODD}]*+)*+"
_WORDS = r"[^\W_][\w .+/-]*+"
_VALUE = "|".join(
    (
        rf"(?P<plain>{_PLAIN})",
        rf"\[(?P<list>{_WORDS}(?:, *+{_WORDS})*+)\] *",
        rf'"(?P<double>[^"\\{_ODD}]*+)" *',
        rf"'(?P<single>(?:[^'{_ODD}]|'')*+)' *",
    )
)
_FIELD = re.compile(rf"\n([A-Za-z][A-Za-z0-9_-]{{0,50}}):(?: +(?:{_VALUE})| *)(?=\n)")
_ITEM = re.compile(rf"\n( *)- +(?:{_VALUE})(?=\n)")


def plain_fields(fm: str) -> tuple[dict[str, object], dict[str, int]] | None:
    """The fields of `fm`, front matter from the end of its fence's line on, and the line of each.

    None where a line is anything but `key: value`, `key: [one, two]`, `key:`, and `- value` below the last, and where a key
    stands twice: that is for the parser of YAML, of which this gives the very answer where it gives any.
    """
    fields: dict[str, object] = {}
    lines: dict[str, int] = {}
    position, number, end = 0, 1, len(fm) - 1
    while position < end:
        found = _FIELD.match(fm, position)
        if found is None or found[1] in fields:
            return None
        name, position = found[1], found.end()
        lines[name], number = number, number + 1
        fields[name] = _value(found)
        if found.lastindex == 1 and (item := _ITEM.match(fm, position)):
            fields[name] = items = [_value(item)]
            indent, number, position = item[1], number + 1, item.end()
            while (item := _ITEM.match(fm, position)) and item[1] == indent:
                items.append(_value(item))
                number, position = number + 1, item.end()
    return (fields, lines) if fields and fm.endswith("\n") else None


def _value(found: re.Match[str]) -> object:
    match found.lastgroup:
        case None:
            return ""
        case "plain":
            return found["plain"].rstrip(" ")
        case "list":
            return [item.strip(" ") for item in found["list"].split(",")]
        case "single":
            return found["single"].replace("''", "'")
    return found["double"]
