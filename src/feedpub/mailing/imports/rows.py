"""Text → rows: the sign between columns is found out, and nothing without an end is swallowed."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from feedpub.errors import FeedpubError, Problem
from feedpub.mailing.imports.columns import bare, meanings

_LONGEST = 1 << 20
_SIGNS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Row:
    """A row, and the line on which it begins."""

    line: int
    cells: list[str]


def rows(lines: TextIO, name: str) -> Iterator[Row]:
    """Every row that is not blank. Raises FeedpubError where a line, or a quoted cell, does not end."""
    begun, first = 1, lines.readline(_LONGEST)
    told = _told(first)
    while first and (told or not first.strip()):
        begun, first = begun + 1, lines.readline(_LONGEST)
        told = told or _told(first)
        if first.strip() and not _told(first):
            break
    before = begun - 1
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(_bounded(begun, first, lines, name), delimiter=told or _sign(first), skipinitialspace=True)
    try:
        for cells in reader:
            if any(cell and not cell.isspace() for cell in cells):
                yield Row(begun, cells)
            begun = before + reader.line_num + 1
    except csv.Error as error:
        mend = "look for a quotation mark that is not closed"
        raise FeedpubError([Problem(name, begun, "", f"from here it can't be read: {error}", mend)]) from error


def _told(line: str) -> str:
    """The sign that Excel's first line `sep=;` names."""
    plain = line.strip().lower()
    return plain[4] if len(plain) == 5 and plain.startswith("sep=") and plain[4] in _SIGNS else ""


def _sign(line: str) -> str:
    """What parts the columns of the first line; where it has an address, a comma may be within a name."""
    if line.count("@") == 1 and line.rstrip().endswith(">"):
        return "\x1f"  # Ada, Countess <ada@…>: there are no columns
    counts = Counter({sign: _outside_quotes(line).count(sign) for sign in _SIGNS})
    return max(_SIGNS, key=lambda sign: counts[sign])


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _bounded(number: int, line: str, lines: TextIO, name: str) -> Iterator[str]:
    while line:
        if len(line) >= _LONGEST:
            raise FeedpubError([Problem(name, number, "", "this line is longer than 1 MB", "is it a list of people?")])
        yield line
        number, line = number + 1, lines.readline(_LONGEST)


def is_header(cells: list[str], named: Iterable[str]) -> bool:
    """Whether the first row names columns: none of its cells is an address, and one is known, or `named` by the user."""
    known = {"id", "uuid", *map(bare, named)}
    return not any("@" in cell for cell in cells) and bool(meanings(cells, {}) or known & set(map(bare, cells)))
