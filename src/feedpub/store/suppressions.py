"""How it ends that somebody is never to be written to: by hand, or after a bounce by their own confirmation."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from feedpub.store.schema import changes, subscribers, subscriptions, suppressions
from feedpub.store.subscribers import Kind, State, hashes, set_state


@dataclass(frozen=True, slots=True)
class Suppression:
    """That somebody is never to be written to again: the hash of their address with `salt`, why, and since when, a timestamp."""

    hash: str
    salt: str
    kind: Kind
    reason: str
    at: float


def find_suppression(conn: Connection, address: str) -> Suppression | None:
    """The suppression of `address`, if there is one; our own salt is ""."""
    row = conn.execute(select(suppressions).where(suppressions.c.hash.in_(hashes(conn, address)))).first()
    return Suppression(row.hash, row.salt, row.kind, row.reason, row.at) if row else None


def lift_suppression(conn: Connection, address: str, *, now: datetime, how: str) -> None:
    """Let `address` be written to again, should it ask for it: its suppressed subscriptions are ended."""
    _lift(conn, address, frozenset(), now=now, how=how)


def restore_subscriber(conn: Connection, address: str, *, now: datetime, how: str) -> bool:
    """Undo the suppression of `address`; whether there was one.

    After a bounce each subscription is again what it was before, as its owner never wanted less; else it is ended.
    """
    if (found := find_suppression(conn, address)) is None:
        return False
    _lift(conn, address, frozenset(("active", "pending")) if found.kind == "bounce" else frozenset(), now=now, how=how)
    return True


def _lift(conn: Connection, address: str, back: frozenset[State], *, now: datetime, how: str) -> None:
    conn.execute(delete(suppressions).where(suppressions.c.hash.in_(hashes(conn, address))))
    mine = subscriptions.c.subscriber_id.in_(select(subscribers.c.id).where(subscribers.c.key == address.casefold()))
    for row in conn.execute(select(subscriptions).where(mine, subscriptions.c.state == "suppressed")).all():
        before = select(changes.c.state).where(
            changes.c.subscriber_id == row.subscriber_id, changes.c.digest == row.digest, changes.c.state != "suppressed"
        )
        last = conn.scalar(before.order_by(changes.c.id.desc()).limit(1))
        set_state(conn, row.subscriber_id, row.digest, last if last in back else "ended", now=now, how=how)
