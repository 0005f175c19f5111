"""All that is known of everybody, to be taken elsewhere, and the suppressions that came from there."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select

from feedpub.store.bulk import insert_many
from feedpub.store.schema import about, changes, subscribers, subscriptions, suppressions
from feedpub.store.subscribers import State, salted, salts_of, set_state
from feedpub.store.suppressions import Suppression

_SOME = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A person in one digest, with every change of it, the oldest first. Times are timestamps."""

    address: str
    digest: str
    state: State
    since: float
    name: str
    added: float
    token: str
    history: tuple[tuple[float, State, str], ...]


def kept(conn: Connection) -> Iterator[Kept]:
    """Everybody, by address and digest; a thousand at a time are in memory."""
    columns = (subscribers.c.id, subscribers.c.address, subscribers.c.name, subscribers.c.added, subscribers.c.token)
    query = (
        select(*columns, subscriptions.c.digest, subscriptions.c.state, subscriptions.c.since)
        .join(subscriptions)
        .order_by(subscribers.c.key, subscriptions.c.digest)
    )
    for rows in conn.execute(query, execution_options={"yield_per": _SOME}).partitions():
        yield from _with_history(conn, rows)


def _with_history(conn: Connection, rows: Iterable[Row]) -> Iterator[Kept]:  # type: ignore[type-arg]
    rows = list(rows)
    history: dict[tuple[int, str], list[tuple[float, State, str]]] = {}
    for one in conn.execute(select(changes).where(changes.c.subscriber_id.in_({row.id for row in rows})).order_by(changes.c.id)):
        history.setdefault((one.subscriber_id, one.digest), []).append((one.at, one.state, one.how))
    for row in rows:
        mine = tuple(history.get((row.id, row.digest), ()))
        yield Kept(row.address, row.digest, row.state, row.since, row.name, row.added, row.token, mine)


def kept_suppressions(conn: Connection) -> Iterator[Suppression]:
    """Every suppression, of those who were forgotten too, by time."""
    own = salts_of(conn)[0]
    query = select(suppressions).order_by(suppressions.c.at, suppressions.c.hash)
    for row in conn.execute(query, execution_options={"yield_per": _SOME}):
        yield Suppression(row.hash, row.salt or own, row.kind, row.reason, row.at)


def keep_suppressions(conn: Connection, some: Iterable[Suppression]) -> None:
    """Suppressions of another database, which hold here too. Their hashes keep their salt, as nobody knows whose they are."""
    salts = salts_of(conn)
    found = {one.hash: one for one in some}
    for salt in sorted({one.salt for one in found.values()} - set(salts)):
        conn.execute(about.insert().values(name=f"salt:{hashlib.sha256(salt.encode()).hexdigest()[:32]}", value=salt))
    for known in conn.scalars(select(suppressions.c.hash).where(suppressions.c.hash.in_(found))).all():
        del found[known]
    rows = [(one.hash, one.reason, one.at, one.kind, "" if one.salt == salts[0] else one.salt) for one in found.values()]
    insert_many(conn, suppressions, ("hash", "reason", "at", "kind", "salt"), rows)


def end_suppressed(conn: Connection, *, now: datetime) -> int:
    """Suppress here whom suppressions of other databases name; how many subscriptions that were.

    Nobody can be found by a hash, so that of everybody is made: a million take seconds.
    """
    foreign = salts_of(conn)[1:]
    if not foreign:
        return 0
    query = select(subscribers.c.id, subscribers.c.key, subscriptions.c.digest).join(subscriptions)
    found: list[tuple[int, str, str]] = []
    active = query.where(subscriptions.c.state != "suppressed")
    for rows in conn.execute(active, execution_options={"yield_per": _SOME}).partitions():
        hashes: dict[str, list[tuple[int, str]]] = {}
        for row in rows:
            for salt in foreign:
                hashes.setdefault(salted(salt, row.key), []).append((row.id, row.digest))
        reasons = select(suppressions.c.hash, suppressions.c.reason).where(suppressions.c.hash.in_(hashes))
        found += [(*place, reason) for hashed, reason in conn.execute(reasons) for place in hashes[hashed]]
    for number, digest, reason in found:
        set_state(conn, number, digest, "suppressed", now=now, how=reason)
    return len(found)
