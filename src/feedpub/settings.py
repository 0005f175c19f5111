"""TOML tables → typed values, with the line of every setting that is wrong."""

import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import msgspec

from feedpub.errors import FeedpubError, Problem, quoted

T = TypeVar("T", bound=msgspec.Struct)
Reader = Callable[[str], object]
# Of a text that is TOML: multi-line strings, and what else may hold three quotes.
_TOKENS = re.compile(r'''"""(?:\\.|[^\\])*?""""{0,2}|\'{3}.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|\#[^\n]*''', re.DOTALL)


class Settings:
    """The tables of one TOML text; Problems gather in `problems` while its tables are read."""

    def __init__(self, text: str, source: str) -> None:
        """Raises FeedpubError when `text` is no TOML."""
        self.source = source
        self.problems: list[Problem] = []
        try:
            self.tables: dict[str, Any] = tomllib.loads(text.removeprefix("\ufeff"))
        except (ValueError, RecursionError, MemoryError) as error:
            place = re.search(r" \(at line (\d+), column (\d+)\)", str(error))
            line = int(place[1]) if place else max(len(text.splitlines()), 1)
            what = f"this is not TOML: {re.sub(r' [(]at .*', '', str(error))}"
            mend = "text values stand between double quotes, and every [table] once"
            raise FeedpubError([Problem(source, line, "", what, mend)]) from error
        # Lines as TOML counts them; what stands in a multi-line string is no setting.
        self._lines = _TOKENS.sub(_without_strings, text.removeprefix("\ufeff")).split("\n")

    def unknown_tables(self, known: Mapping[str, object]) -> None:
        """A Problem for each table at the top level that is not in `known`."""
        for name in self.tables.keys() - known.keys():
            self.problem(name, None, f"[{name}] is not a table of feedpub", _suggestion(name, known))

    def read(
        self,
        kind: type[T],
        table: object,
        *,
        path: str,
        readers: Mapping[str, Reader],
        index: int = 0,
        skip: Collection[str] = (),
    ) -> T | None:
        """`table` as a `kind`, or None with Problems: every unknown key, wrong type and impossible value is one.

        `readers` turn a string setting into its value, and raise ValueError("what is wrong; how to mend it").
        `index` counts the tables of an array such as [[digest]]; fields in `skip` are no settings of this table.
        """
        before = len(self.problems)
        if not isinstance(table, dict):
            self.problem(path, None, f"must be a table, not {quoted(table)}", f"write [{path}] on a line of its own", index)
            return None
        fields = {f.encode_name: f for f in msgspec.structs.fields(kind) if f.name not in skip}
        for key in table.keys() - fields.keys():
            self.problem(path, key, "is not a setting of feedpub", _suggestion(key, fields), index)
        values: dict[str, object] = {}
        for key, spec in fields.items():
            if key not in table:
                if spec.required:
                    self.problem(path, key, "is missing", f'write {key} = "…" under {self._header(path)}', index)
                continue
            try:
                _refuse_controls(table[key])
                reader = readers.get(key)
                values[spec.name] = reader(msgspec.convert(table[key], str)) if reader else msgspec.convert(table[key], spec.type)
            except (msgspec.ValidationError, ValueError) as error:
                what, _, mend = str(error).partition("; ")
                self.problem(path, key, _in_words(what), mend or _default(spec), index)
        return kind(**values) if len(self.problems) == before else None

    def _header(self, path: str) -> str:
        return f"[[{path}]]" if isinstance(self.tables.get(path), list) else f"[{path}]"

    def problem(self, path: str, key: str | None, what: str, mend: str, index: int = 0) -> None:
        """Note a Problem with the setting `key` of the table `path` (or with the table itself)."""
        field = f"{path}.{key}" if key else path
        self.problems.append(Problem(self.source, self.line(path, key, index), field, what, mend))

    def line(self, path: str, key: str | None, index: int) -> int:
        """Line (from 1) of `key` in the `index`-th table `path`; else the table's; else 1. tomllib keeps no places."""
        header = re.compile(rf"\s*\[\[?\s*[\"']?{re.escape(path)}[\"']?\s*\]\]?\s*(#.*)?")
        starts = [i for i, line in enumerate(self._lines) if header.fullmatch(line)]
        if len(starts) <= index:
            return self._dotted_line(path, key)
        if key is not None:
            setting = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
            for number in range(starts[index] + 1, len(self._lines)):
                if re.match(r"\s*\[[^\],]+\]\]?\s*(#.*)?$", self._lines[number]):
                    break
                if setting.match(self._lines[number]):
                    return number + 1
            return self._dotted_line(path, key, starts[index] + 1)
        return starts[index] + 1

    def _dotted_line(self, path: str, key: str | None, default: int = 1) -> int:
        """Where `path.key = …`, [path.key] or `path = …` stands."""
        names = [rf"[\"']?{re.escape(name)}[\"']?" for name in (path, key) if name is not None]
        dotted = r"\s*\.\s*".join(names)
        for pattern in (rf"\s*{dotted}\s*[=.]", rf"\s*\[\[?\s*{dotted}\s*\]", rf"\s*{names[0]}\s*="):
            for number, line in enumerate(self._lines, 1):
                if re.match(pattern, line):
                    return number
        return default


def _without_strings(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n") if found[0].startswith(('"""', "'''")) else found[0]


def _suggestion(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}"


def _in_words(what: str) -> str:
    """msgspec says "Expected `int`, got `str`"."""
    names = {"str": "text in quotes", "int": "a whole number", "bool": "true or false", "array": "a list", "object": "a table"}
    what = re.sub(r"`(\w+)(?: \| null)?`", lambda found: names.get(found[1], found[1]), what)
    return what.replace("Expected", "expected")


def _default(spec: msgspec.structs.FieldInfo) -> str:
    example = spec.default if spec.default is not msgspec.NODEFAULT else None
    if not isinstance(example, str | int | list | tuple):
        return "the feedpub.toml that feedpub init writes shows its form"
    if isinstance(example, tuple):
        example = list(example)
    return f"write for example {spec.encode_name} = {msgspec.json.encode(example).decode()}"


def _refuse_controls(value: object) -> None:
    """Raises ValueError for a text that XML 1.0 (section 2.2) could not hold, or that would break a line of a header."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and re.search("[^\t\n\r\u0020-\u007e\u0080-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text):
            raise ValueError(f"{quoted(text)} holds a control character; take it out")
