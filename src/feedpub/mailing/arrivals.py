"""The use case: people in a file become subscribers, in short transactions, and each row that can't be is told and kept."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine

from feedpub.errors import FeedpubError, Problem, printable, quoted
from feedpub.mailing.imports import Bad, People, Sheet, digests_in, people, rows, sheets
from feedpub.mailing.imports.own import is_own
from feedpub.mailing.leftovers import Leftovers
from feedpub.mailing.newsletter import choose
from feedpub.site import Site
from feedpub.store import Arrival, Suppression, Verdict, end_suppressed, keep_suppressions, take_in

# A batch holds up those who write elsewhere for a fifth of a second, and between two of them is as long a rest.
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a user wants a file to be imported: which digest, which column is what, and what else `take_in()` knows.

    With `whole` all of it is taken or nothing; `dry` changes nothing.
    """

    digest: str | None = None
    mapped: Mapping[str, str] = field(default_factory=dict)
    again: str = ""
    confirm: bool = False
    whole: bool = False
    dry: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of the rows, the files that hold what could not be taken, and what a list ended with, if it did not end well.

    `tally` counts added, pending, there already, double, left before, suppressed and bad.
    """

    tally: Counter[str] = field(default_factory=Counter)
    kept: list[Path] = field(default_factory=list)
    broken: tuple[Problem, ...] = ()


def import_people(
    engine: Engine,
    site: Site,
    place: Path,
    wishes: Wishes,
    *,
    now: datetime,
    tell: Callable[[str, Problem], None] = lambda *_: None,
    advance: Callable[[int], object] = lambda _: None,
) -> Outcome:
    """Take the people in the file at `place`; what is told is told by row, with its kind, such as "bad" or "left before".

    `advance` hears of the bytes that were read. Importing a file again changes nothing. Raises FeedpubError where nothing was
    taken, as the file can't be read, names a digest that is none, or, with `wishes.whole`, ends badly.
    """
    outcome = Outcome()
    lists = sheets(place)
    for sheet in lists:
        _check_digests(site, sheet, wishes)
    clerk = _Clerk(site, place, lists, wishes, outcome, tell)
    if wishes.whole and clerk.finds_bad_rows():
        return outcome
    clerk = _Clerk(site, place, lists, wishes, outcome, tell)
    with ExitStack() as stack:
        whole = stack.enter_context(engine.begin()) if wishes.whole and not wishes.dry else None
        try:
            for sheet in lists:
                _take_suppressions(engine, whole, site, place, sheet, wishes, now)
                read = 0
                for batch, position in clerk.batches(sheet):
                    people_in = [one for one in batch if isinstance(one, Arrival)]
                    with _transaction(engine, whole, wishes.dry) as conn:
                        verdicts = take_in(conn, people_in, now=now, again=wishes.again, confirm=wishes.confirm)
                    clerk.note(sheet, batch, verdicts)
                    advance(position - read)
                    read = position
        except FeedpubError as error:
            if wishes.whole or not outcome.tally:
                raise
            outcome.broken = error.problems
    return outcome


class _Clerk:
    """Reads lists in batches, and notes what became of each row."""

    def __init__(
        self, site: Site, place: Path, lists: list[Sheet], wishes: Wishes, outcome: Outcome, tell: Callable[[str, Problem], None]
    ) -> None:
        self._site, self._place, self._lists, self._wishes = site, place, lists, wishes
        self._outcome, self._tell = outcome, tell
        self._leftovers: Leftovers | None = None
        self._seen = set[int]()

    def batches(self, sheet: Sheet) -> Iterator[tuple[list[Arrival | Bad], int]]:
        """Its rows, and up to which byte it was read. What stands before something unreadable is a batch too."""
        with _read(self._site, self._place, sheet, self._wishes) as (them, position), ExitStack() as stack:
            if not self._wishes.dry:
                stem = Path(sheet.name).stem if len(self._lists) > 1 else self._place.stem
                self._leftovers = Leftovers(self._place.with_name(f"{stem}.bad.csv"), them.header)
                stack.enter_context(self._leftovers)
            batch: list[Arrival | Bad] = []
            try:
                for one in them.everybody:
                    if not isinstance(one, Suppression):
                        batch.append(one)
                    if len(batch) == _BATCH:
                        yield batch, position()
                        batch = []
            except FeedpubError:
                yield batch, position()
                raise
            yield batch, position()

    def note(self, sheet: Sheet, batch: list[Arrival | Bad], verdicts: Iterable[Verdict]) -> None:
        """Count and tell what became of each row, in their order."""
        found = iter(verdicts)
        for one in batch:
            if isinstance(one, Bad):
                self._outcome.tally["bad"] += 1
                self._tell("bad", Problem(sheet.name, one.row.line, "", one.what))
                if self._leftovers:
                    self._leftovers.add(one)
                    if self._leftovers.place not in self._outcome.kept:
                        self._outcome.kept.append(self._leftovers.place)
                continue
            verdict = next(found)
            if self._wishes.dry:  # what a batch did is undone, so the database can't tell who stands twice
                mark = hash((one.address.casefold(), one.digest))
                verdict = Verdict("double", "stands twice") if mark in self._seen and verdict.done in _CAME else verdict
                self._seen.add(mark)
            self._outcome.tally[verdict.done] += 1
            if verdict.why:
                what = f"{quoted(one.address)} {verdict.why}"
                self._tell(verdict.done, Problem(sheet.name, one.line, "", what, severity="warning"))

    def finds_bad_rows(self) -> bool:
        """Read everything once and take nothing; tells only of bad rows, and whether there are any."""
        for sheet in self._lists:
            for batch, _ in self.batches(sheet):
                self.note(sheet, [one for one in batch if isinstance(one, Bad)], ())
        return bool(self._outcome.tally["bad"])


_CAME = ("added", "pending")


@contextmanager
def _read(site: Site, place: Path, sheet: Sheet, wishes: Wishes) -> Iterator[tuple[People, Callable[[], int]]]:
    source = printable(place.name if sheet.name == str(place) else f"{place.name}/{Path(sheet.name).name}")
    with sheet.lines() as (text, position):
        them = people(rows(text, sheet.name), source, wishes.digest or _only(site), wishes.mapped)
        if not them.own:
            choose(site, wishes.digest)
        elif wishes.digest:
            mine = (one for one in them.everybody if not isinstance(one, Arrival) or one.digest == wishes.digest)
            them = People(them.header, them.tool, True, mine)
        yield them, position


def _only(site: Site) -> str:
    return site.digests[0].name if site.digests else ""


def _check_digests(site: Site, sheet: Sheet, wishes: Wishes) -> None:
    """Raises FeedpubError where an export of ours names digests that the site has not: before anything is taken."""
    with sheet.lines() as (text, _):
        every = rows(text, sheet.name)
        first = next(every, None)
        if first is None or not is_own(first.cells):
            return
        named = {wishes.digest} if wishes.digest else digests_in(first.cells, every)
    if strange := sorted(named - {digest.name for digest in site.digests}):
        mend = f'write a [[digest]] with name = "{strange[0]}" into feedpub.toml, or take the rows of one with --digest'
        raise FeedpubError([Problem(sheet.name, 0, "digest", f"this site has no digest {', '.join(map(quoted, strange))}", mend)])


def _take_suppressions(
    engine: Engine, whole: Connection | None, site: Site, place: Path, sheet: Sheet, wishes: Wishes, now: datetime
) -> None:
    """Of an export of ours they are taken first: whoever they name comes in as one of them."""
    with _read(site, place, sheet, wishes) as (them, _):
        found = (one for one in them.everybody if isinstance(one, Suppression)) if them.own else iter(())
        taken = False
        while some := list(islice(found, _BATCH)):
            taken = True
            with _transaction(engine, whole, wishes.dry) as conn:
                keep_suppressions(conn, some)
    if taken:
        with _transaction(engine, whole, wishes.dry) as conn:
            end_suppressed(conn, now=now)


@contextmanager
def _transaction(engine: Engine, whole: Connection | None, dry: bool) -> Iterator[Connection]:
    if whole is not None:
        yield whole
        return
    with engine.connect() as conn, conn.begin() as transaction:
        yield conn
        if dry:
            transaction.rollback()
