"""People who come from a file, many at once: each joins, or stays as they wished to be before."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, get_args

from sqlalchemy import Connection, select, update

from feedpub.store.bulk import insert_many, make_room, next_numbers
from feedpub.store.ledger import take_turn
from feedpub.store.notes import ask_note
from feedpub.store.schema import changes, subscribers, subscriptions, suppressions
from feedpub.store.subscribers import (
    Kind,
    State,
    salted,
    salts_of,
    set_state,
    suppress_subscriber,
)
from feedpub.store.suppressions import lift_suppression

_Standing = Literal["pending", "active", "ended"] | Kind
_KINDS = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person in a file, and how they stand there with `digest`; a Kind: they must not be written to.

    `how` is the proof; `at` is since when they stand so, `added` since when they are known, as timestamps (None: the file
    tells neither). `history` has every change, the oldest first, where the file is an export of ours.
    """

    line: int
    address: str
    digest: str
    standing: _Standing
    how: str
    name: str = ""
    at: float | None = None
    history: tuple[tuple[float, State, str], ...] = ()
    token: str = ""
    added: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a person; `why` is for people, "" where there is nothing to say."""

    done: Literal["added", "pending", "there already", "double", "left before", "suppressed"]
    why: str = ""


@dataclass(slots=True)
class _Known:
    """Somebody in the database, or on their way into it: their name, and their states and since when, by digest."""

    id: int
    name: str
    states: dict[str, tuple[State, float]] = field(default_factory=dict)


def take_in(
    conn: Connection, arrivals: Sequence[Arrival], *, now: datetime, again: str = "", confirm: bool = False
) -> list[Verdict]:
    """Subscribe each, in their order, unless they left, are suppressed, or the file says that they are not subscribed.

    `again` is the proof of those who left, or are suppressed, and want to come back: it brings back all but who complained.
    With `confirm` everybody who would be active is asked first. In the caller's transaction; all of it takes a few
    statements, however many they are.
    """
    make_room(conn)
    take_turn(conn)
    batch = _Batch(conn, now, again, confirm)
    batch.number(len(arrivals))
    batch.load(arrivals)
    verdicts = [batch.decide(one) for one in arrivals]
    batch.write()
    return verdicts


class _Batch:
    def __init__(self, conn: Connection, now: datetime, again: str, confirm: bool) -> None:
        self._conn, self._now, self._again, self._confirm = conn, now, again, confirm
        self._salts, self._beginning = salts_of(conn), secrets.token_urlsafe(3)
        self._known: dict[str, _Known] = {}
        self._kinds: dict[str, Kind] = {}
        self._clear()

    def _clear(self) -> None:
        self._waiting: set[str] = set()  # whose rows are not written yet
        self._people: list[tuple[object, ...]] = []
        self._subscriptions: list[tuple[object, ...]] = []
        self._changes: list[tuple[object, ...]] = []
        self._suppressions: list[tuple[object, ...]] = []
        self._notes: dict[str, list[str]] = {}

    def number(self, count: int) -> None:
        """Set numbers aside, for at most so many new ones."""
        self._numbers = iter(next_numbers(self._conn, subscribers, count))

    def load(self, arrivals: Sequence[Arrival]) -> None:
        """What is known of all of them, in three queries."""
        keys = sorted({one.address.casefold() for one in arrivals})
        columns = (subscribers.c.id, subscribers.c.key, subscribers.c.name)
        states = (subscriptions.c.digest, subscriptions.c.state, subscriptions.c.since)
        query = select(*columns, *states).select_from(subscribers.outerjoin(subscriptions)).where(subscribers.c.key.in_(keys))
        for row in self._conn.execute(query):
            known = self._known.setdefault(row.key, _Known(row.id, row.name))
            if row.digest is not None:
                known.states[row.digest] = (row.state, row.since)
        if self._conn.scalar(select(suppressions.c.hash).limit(1)) is not None:
            hashes = {salted(salt, key): key for key in keys for salt in self._salts}
            found = select(suppressions.c.hash, suppressions.c.kind).where(suppressions.c.hash.in_(hashes))
            self._kinds |= {hashes[row.hash]: row.kind for row in self._conn.execute(found)}

    def decide(self, one: Arrival) -> Verdict:
        """What becomes of a person; it is written now, or by `write()`."""
        key = one.address.casefold()
        if key in self._waiting and (one.digest in self._known[key].states or one.standing in _KINDS):
            self.write()  # the second row on somebody sees what the first has done
            self.load([one])
        known = self._known.get(key)
        state, since = known.states.get(one.digest, (None, 0.0)) if known else (None, 0.0)
        kind = self._kinds.get(key)
        if one.standing in _KINDS:
            return self._suppress(one, key, state, kind)
        if kind == "bounce" and one.standing == "pending" and one.history and state is None:
            self._move(one, key, "pending", None)  # they have signed up anew, and the export was made before they confirmed
            return Verdict("pending")
        if kind and not (self._again and one.standing == "active" and kind != "complaint"):
            return Verdict("suppressed", f"is suppressed ({_WORDS[kind]}); left out")
        if kind:
            lift_suppression(self._conn, one.address, now=self._now, how=self._again)
            state = "ended" if state else None
        match one.standing, state:
            case "active", "ended" if not self._again and not self._confirm:
                return Verdict("left before", f"left on {_day(since)}; left out")
            case "pending", "ended":
                return Verdict("left before", f"left on {_day(since)}; left out")
            case "ended", "ended":
                return Verdict("left before")
            case ("active", "active") | ("pending", "pending" | "active"):
                return Verdict("double", "stands twice") if since == self._now.timestamp() else Verdict("there already")
            case "ended", "active" | "pending" if known and self._came_later(one, known.id, since):
                return Verdict("there already", f"left there on {_day(one.at)}, and joined here on {_day(since)}; stays")
            case "active", _ if self._confirm and not one.history:
                self._notes.setdefault(one.address, []).append(one.digest)
                self._move(one, key, "pending", state)
                return Verdict("pending")
            case "ended", _:
                self._move(one, key, "ended", state)
                return Verdict("left before", f"is marked as one who left; {'ended here too' if state else 'kept as ended'}")
            case "pending", _:
                self._move(one, key, "pending", state)
                return Verdict("pending")
            case _:
                self._move(one, key, "active", state)
                return Verdict("added")

    def write(self) -> None:
        """Everything that was decided and is not written yet."""
        insert_many(self._conn, subscribers, ("id", "address", "key", "domain", "token", "added", "name"), self._people)
        insert_many(self._conn, subscriptions, ("subscriber_id", "digest", "state", "since"), self._subscriptions)
        insert_many(self._conn, changes, ("subscriber_id", "digest", "state", "at", "how"), self._changes)
        insert_many(self._conn, suppressions, ("hash", "reason", "at", "kind"), self._suppressions)
        for address, digests in self._notes.items():
            ask_note(self._conn, "confirm", address, digests, now=self._now)
        self._clear()

    def _move(self, one: Arrival, key: str, state: State, before: State | None) -> None:
        known = self._known.get(key) or self._introduce(one, key)
        if one.name and not known.name:
            known.name = one.name
            self._conn.execute(update(subscribers).where(subscribers.c.id == known.id).values(name=one.name))
        if before is not None:
            how = f"{one.how}; again: {self._again}" if before == "ended" and self._again else one.how
            set_state(self._conn, known.id, one.digest, state, now=self._now, how=how)
            known.states[one.digest] = (state, self._now.timestamp())
            return
        since = one.at if one.history and one.at is not None else self._now.timestamp()
        known.states[one.digest] = (state, since)
        self._waiting.add(key)
        self._subscriptions.append((known.id, one.digest, state, since))
        for at, then, how in one.history or ((since, state, one.how),):
            self._changes.append((known.id, one.digest, then, at, how))

    def _introduce(self, one: Arrival, key: str) -> _Known:
        known = self._known[key] = _Known(next(self._numbers), one.name)
        # Tokens of a batch begin alike, so that they lie together in the index: that of a million is written many times faster.
        token = one.token if _TOKEN.fullmatch(one.token) else self._beginning + secrets.token_urlsafe(15)
        added = self._now.timestamp() if one.added is None else one.added
        self._people.append((known.id, one.address, key, key.rpartition("@")[2], token, added, one.name))
        return known

    def _suppress(self, one: Arrival, key: str, state: State | None, old: Kind | None) -> Verdict:
        kind: Kind = one.standing  # type: ignore[assignment]
        if key in self._known and not (old and one.history):
            suppress_subscriber(self._conn, one.address, now=self._now, reason=one.how, kind=kind)
        elif old is None:
            self._suppressions.append((salted(self._salts[0], key), one.how, self._now.timestamp(), kind))
        if state is None:
            self._move(one, key, "suppressed", None)
        self._kinds[key] = old or kind
        return Verdict("suppressed", "" if old else f"is marked as not to be written to ({_WORDS[kind]}); kept so")

    def _came_later(self, one: Arrival, number: int, since: float) -> bool:
        """Whether somebody subscribed here by themselves after they had left there."""
        if one.at is None or one.at >= since:
            return False
        mine = (changes.c.subscriber_id == number) & (changes.c.digest == one.digest)
        how = self._conn.scalar(select(changes.c.how).where(mine).order_by(changes.c.id.desc()).limit(1))
        return not (how or "").startswith("imported")


_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")
_WORDS: dict[Kind, str] = {
    "bounce": "their mailbox is dead",
    "complaint": "they complained",
    "hand": "by hand",
    "removed": "they asked to be forgotten",
}


def _day(stamp: float | None) -> str:
    return f"{datetime.fromtimestamp(stamp or 0, UTC):%Y-%m-%d}"
