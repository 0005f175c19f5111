"""Rows → people: who somebody is, and where the file says that they stand; or what is wrong with their row."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from itertools import chain

from feedpub.errors import FeedpubError, Problem, printable, quoted
from feedpub.mailing.imports.cells import unguarded
from feedpub.mailing.imports.columns import Meaning, bare, meanings
from feedpub.mailing.imports.own import is_own, reader_of_own
from feedpub.mailing.imports.rows import Row, is_header
from feedpub.mailing.imports.states import Standing, gravest, of_file, says_no, says_yes, standing_of
from feedpub.mailing.imports.tools import UNKNOWN, Tool, tool_of
from feedpub.store import Arrival, Suppression, read_address

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that nobody can be made of, and why."""

    row: Row
    what: str


@dataclass(frozen=True, slots=True)
class People:
    """A list as it was understood: its columns, the tool that wrote it ("" if it is unknown), and who is in it."""

    header: list[str]
    tool: str
    own: bool
    everybody: Iterator[Arrival | Suppression | Bad]


def people(rows: Iterator[Row], source: str, digest: str, mapped: Mapping[str, str]) -> People:
    """Who is in a list, for `digest`; in feedpub's own export each row names its own digest.

    `source` is the file's name, which stands in the proof. A list without names of columns has its address in the first
    column that holds one. Raises FeedpubError where no column can be an address.
    """
    first = next(rows, None)
    if first is None:
        return People([], "", False, iter(()))
    if is_own(first.cells):
        return People(first.cells, "feedpub", True, _each(rows, reader_of_own(first.cells)))
    if is_header(first.cells, mapped.values()):
        tool = tool_of(first.cells)
        columns = _columns(first, source, tool, mapped)
        return People(first.cells, tool.name, False, _each(rows, _Reader(columns, tool, source, digest)))
    if mapped:
        raise _unclear(source, first, "its first row names no columns, so --map can name none")
    number = next((number for number, cell in enumerate(first.cells) if "@" in cell), None)
    if number is None:
        raise _unclear(source, first, f"no column of {', '.join(map(quoted, first.cells[:8]))} is known to be the address")
    header = [f"column {n + 1}" if n != number else "email" for n in range(len(first.cells))]
    return People(header, "", False, _each(chain([first], rows), _Reader({"mail": [number]}, UNKNOWN, source, digest)))


def _columns(first: Row, source: str, tool: Tool, mapped: Mapping[str, str]) -> dict[Meaning, list[int]]:
    try:
        columns = meanings(first.cells, mapped)
    except ValueError as error:
        raise FeedpubError([Problem(source, first.line, "", str(error))]) from error
    taken = {number for meaning in mapped for number in columns.get(meaning, [])}  # type: ignore[call-overload]
    for number, cell in enumerate(first.cells):
        if (name := bare(cell)) in tool.columns and number not in taken:
            for some in columns.values():
                if number in some:
                    some.remove(number)
            if meaning := tool.columns[name]:
                columns.setdefault(meaning, []).append(number)
    if not columns.get("mail"):
        raise _unclear(source, first, f"no column of {', '.join(map(quoted, first.cells[:8]))} is known to be the address")
    return columns


def _unclear(source: str, first: Row, what: str) -> FeedpubError:
    return FeedpubError([Problem(source, first.line, "", what, 'name it: --map mail="Name of the column"')])


def _each(rows: Iterator[Row], read: Callable[[Row], Arrival | Suppression]) -> Iterator[Arrival | Suppression | Bad]:
    for row in rows:
        try:
            yield read(row)
        except ValueError as error:
            yield Bad(row, str(error))


class _Reader:
    """Reads the rows of another tool's list. Raises ValueError with what is wrong with one."""

    def __init__(self, columns: Mapping[Meaning, list[int]], tool: Tool, source: str, digest: str) -> None:
        self._tool, self._digest = tool, digest
        self._from, self._by = f"imported from {source}:", f"; from {tool.name}" if tool.name else ""
        self._whole = of_file(source.rpartition("/")[2])
        self._mail = columns["mail"][0]
        self._status, self._subscribed = columns.get("status", []), columns.get("subscribed", [])
        self._said = [(standing, number) for meaning, standing in _SAID.items() for number in columns.get(meaning, ())]
        self._told = [(words, number) for words, meaning in _TOLD for number in columns.get(meaning, ())]
        # Where a last name stands beside a name, and no first one does, that is the first.
        whole, first, last = (columns.get(part, []) for part in ("name", "first", "last"))
        self._names = [whole, first + last] if first else [whole + last]
        self._least = 1 + max(number for numbers in columns.values() for number in numbers)

    def __call__(self, row: Row) -> Arrival:
        cells = [cell.strip() for cell in row.cells]
        if len(cells) <= self._mail:
            raise ValueError(f"there are {len(cells)} columns, and no address")
        cells += [""] * (self._least - len(cells))
        text, name = unguarded(cells[self._mail]), ""
        if bracketed := _BRACKETED.fullmatch(text):
            name, text = bracketed[1].strip().strip('"'), bracketed[2].strip()
        elif text.endswith(")"):
            name, text = parseaddr(text)
        try:
            address = read_address(text.removeprefix("mailto:"))
        except ValueError as error:
            what = f"{quoted(cells[self._mail])} is not a mail address: {error}" if cells[self._mail] else "there is no address"
            raise ValueError(what) from error
        standing, at = self._standing(cells)
        proof = f"{self._from}{row.line}{self._by}{self._proof(cells)}"
        return Arrival(row.line, address, self._digest, standing, proof, name=self._name(cells) or _tidy(name), at=at)

    def _standing(self, cells: list[str]) -> tuple[Standing, float | None]:
        """The gravest of what its cells say, and since when it is so, as far as the file tells."""
        said: list[Standing] = [self._whole] if self._whole else []
        at = None
        for cell in (cells[number] for number in self._status):
            standing = standing_of(cell, self._tool.words)
            if standing is None:
                mend = "write subscribed, unsubscribed, pending, bounced, complained or blocklisted"
                raise ValueError(f"nobody here knows what the status {quoted(cell)} means; {mend}")
            said.append(standing)
        if any(says_no(cells[number]) for number in self._subscribed):
            said.append("ended")
        for standing, number in self._said:
            if (cell := cells[number]) and says_yes(cell):
                said.append(standing)
                at = at or _moment(cell)
        return gravest(said), at

    def _name(self, cells: list[str]) -> str:
        return next(filter(None, (_tidy(unguarded(" ".join(cells[n] for n in some if cells[n]))) for some in self._names)), "")

    def _proof(self, cells: list[str]) -> str:
        """What the file tells of their consent, in its own words."""
        told = ((words, cells[number]) for words, number in self._told)
        return "".join(f"; {words} {printable(cell)[:120]}" for words, cell in told if cell and cell.lower() not in _NOTHING)


_BRACKETED = re.compile(r"([^<>]*)<([^<>]*)>")
_NOTHING = frozenset(("n/a", "na", "null", "none"))
_SAID: Mapping[Meaning, Standing] = {"left": "ended", "bounced": "bounce", "complained": "complaint", "blocked": "hand"}
_TOLD: tuple[tuple[str, Meaning], ...] = (
    ("there since", "joined"), ("confirmed", "confirmed"), ("from", "ip"), ("by way of", "source"), ("subscribed:", "subscribed"),
    ("status", "status"), ("left:", "left"), ("bounced:", "bounced"), ("complained:", "complained"), ("blocked:", "blocked"),
)  # fmt: skip


def _tidy(name: str) -> str:
    return " ".join(printable(name).split())[:_LONGEST_NAME]


def _moment(cell: str) -> float | None:
    """The time in a cell, as a timestamp, taken for UTC where it names no zone; None if there are two ways to read it."""
    try:
        moment = datetime.fromisoformat(cell.removesuffix(" UTC"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
