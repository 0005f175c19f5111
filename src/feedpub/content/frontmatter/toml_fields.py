"""Front matter in TOML, as Hugo and Zola write it."""

import re
import tomllib

from feedpub.content.frontmatter.raw import DEEPEST, Fault, Handler, as_text
from feedpub.errors import quoted

_STRINGS = re.compile(r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'', re.DOTALL)
_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=""")


class TomlHandler(Handler):
    """Reads TOML with every scalar as text: a date is `2025-11-11T09:00:00+01:00`. Raises Fault."""

    FM_BOUNDARY = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)

    def load(self, fm: str, **kwargs: object) -> dict[str, object]:
        """The fields; their lines are in `lines`."""
        try:
            fields = as_text(tomllib.loads(fm, parse_float=str))
        except tomllib.TOMLDecodeError as error:
            place = re.search(r" \(at line (\d+), column \d+\)", str(error))
            line = int(place[1]) - 1 if place else max(fm.count("\n") - 1, 0)
            what = f"front matter is not TOML: {re.sub(r' [(]at .*', '', str(error)).lower()}"
            raise Fault(line, "", what, _mend(fm.split("\n")[line])) from error
        except (RecursionError, ValueError) as error:
            what = (str(error) and quoted(error)) or f"values stand more than {DEEPEST} deep"
            raise Fault(0, "", f"front matter is not TOML: {what}", "write the values flat") from error
        assert isinstance(fields, dict)
        self.lines = _lines(fm)
        return fields


def _mend(typed: str) -> str:
    if re.match(r"\s*[\w-]+\s*:", typed):
        return (
            'between lines of +++ stands TOML, such as title = "Feeds"; YAML, such as title: Feeds, stands between lines of ---'
        )
    return 'write text between double quotes, such as title = "Feeds", and each field once'


def _lines(text: str) -> dict[str, int]:
    """The line of each field: tomllib keeps no places. What stands in a text of several lines is no field."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(_STRINGS.sub(lambda found: "\n" * found[0].count("\n"), text).split("\n")):
        if header := _HEADER.fullmatch(line):
            table = header[1]
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            name = key[1].strip("\"'")
            lines.setdefault(f"{table}.{name}" if table else name, number)
    return lines
