"""Subscribers, their subscriptions, and the proof of each."""

import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Connection, delete, func, select, update

from feedpub.store.schema import UNSENT, about, changes, deliveries, issues, subscribers, subscriptions, suppressions

# Addresses that the library would return as they are, told in a thirtieth of its time; all others are asked of it.
_PLAIN = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?!(?:arpa|invalid|local|localhost|onion|test)$)[a-z]{2,}"
)
State = Literal["pending", "active", "ended", "suppressed"]
Kind = Literal["bounce", "hand", "removed", "complaint"]
_KINDS = get_args(Kind)  # the later, the harder to end


@dataclass(frozen=True, slots=True)
class Subscription:
    """A person in one digest; `since` (aware, UTC) is when it came to its state. `name` is "" where nobody told it."""

    address: str
    digest: str
    state: State
    since: datetime
    name: str = ""


def read_address(text: str) -> str:
    """`text` as a mail address, its domain in small letters; no DNS is asked. Raises ValueError with what is wrong."""
    text = text.strip()
    if len(text) <= 64 and _PLAIN.fullmatch(text):
        return text
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error


def add_subscriber(
    conn: Connection, address: str, digest: str, *, now: datetime, how: str, state: State = "active", after_bounce: bool = False
) -> Literal["added", "there already", "suppressed"]:
    """Subscribe `address` to `digest`; `how` is the proof (a form, an import and its line).

    A suppressed address stays out, with `after_bounce` only where it was for another reason than a bounce. An active
    subscription stays as it is. One that had ended begins anew.
    """
    kind = suppression_kind(conn, address)
    if kind and not (after_bounce and kind == "bounce"):
        return "suppressed"
    key = address.casefold()
    subscriber = conn.scalar(select(subscribers.c.id).where(subscribers.c.key == key))
    if subscriber is None:
        row = {"address": address, "key": key, "domain": key.rpartition("@")[2], "token": secrets.token_urlsafe(18)}
        subscriber = conn.execute(subscribers.insert().values(**row, added=now.timestamp())).inserted_primary_key[0]  # type: ignore[index]
    old = conn.scalar(select(subscriptions.c.state).where(_of(subscriber, digest)))
    if old in ("active", state):
        return "there already"
    set_state(conn, subscriber, digest, state, now=now, how=how)
    return "added"


def end_subscription(conn: Connection, address: str, digest: str | None, *, now: datetime, how: str) -> int:
    """End the subscription of `address` to `digest` (None: all); how many that were. What waits for them is not sent."""
    found = conn.execute(
        select(subscriptions.c.subscriber_id, subscriptions.c.digest)
        .join(subscribers)
        .where(subscribers.c.key == address.casefold(), subscriptions.c.state.in_(("pending", "active")))
    ).all()
    ended = [row for row in found if digest in (None, row.digest)]
    for row in ended:
        set_state(conn, row.subscriber_id, row.digest, "ended", now=now, how=how)
    return len(ended)


def suppress_subscriber(conn: Connection, address: str, *, now: datetime, reason: str, kind: Kind = "hand") -> None:
    """Never write to `address` again: no import brings it back, and what waits for it is not sent.

    One after a bounce ends when its owner signs up anew and confirms it; no other does.
    """
    _suppress(conn, address, now=now, reason=reason, kind=kind)
    subscriber = conn.scalar(select(subscribers.c.id).where(subscribers.c.key == address.casefold()))
    if subscriber is not None:
        others = (subscriptions.c.subscriber_id == subscriber) & (subscriptions.c.state != "suppressed")
        for digest in conn.scalars(select(subscriptions.c.digest).where(others)).all():
            set_state(conn, subscriber, digest, "suppressed", now=now, how=reason)


def forget_subscriber(conn: Connection, address: str, *, now: datetime) -> bool:
    """Erase all that is known of `address` but a salted hash, so that no import brings it back; whether it was known."""
    subscriber = conn.scalar(select(subscribers.c.id).where(subscribers.c.key == address.casefold()))
    _suppress(conn, address, now=now, reason="removed", kind="removed")
    if subscriber is None:
        return False
    conn.execute(delete(deliveries).where(deliveries.c.subscriber_id == subscriber, deliveries.c.state.in_(UNSENT)))
    conn.execute(delete(subscribers).where(subscribers.c.id == subscriber))
    return True


def is_suppressed(conn: Connection, address: str) -> bool:
    """Whether `address` is never to be written to again."""
    return suppression_kind(conn, address) is not None


def suppression_kind(conn: Connection, address: str) -> Kind | None:
    """Why `address` is never to be written to again; None if it may be."""
    return conn.scalar(select(suppressions.c.kind).where(suppressions.c.hash.in_(hashes(conn, address))))


def find_subscriptions(conn: Connection, *, digest: str | None = None, address: str | None = None) -> Iterator[Subscription]:
    """Subscriptions by address and digest: all, or those of a digest or an address."""
    person = (subscribers.c.address, subscribers.c.name)
    query = select(*person, subscriptions.c.digest, subscriptions.c.state, subscriptions.c.since).join(subscribers)
    if digest:
        query = query.where(subscriptions.c.digest == digest)
    if address:
        query = query.where(subscribers.c.key == address.casefold())
    query = query.order_by(subscribers.c.key, subscriptions.c.digest)
    for row in conn.execute(query, execution_options={"yield_per": 1_000}):
        yield Subscription(row.address, row.digest, row.state, datetime.fromtimestamp(row.since, UTC), row.name)


def widest_address(conn: Connection) -> int:
    """How many characters the longest address has."""
    return conn.scalar(select(func.max(func.length(subscribers.c.address)))) or 0


def proof(conn: Connection, address: str) -> list[tuple[datetime, str, str, str]]:
    """Every change of the subscriptions of `address`, the oldest first: when (UTC), digest, state, how."""
    query = select(changes).join(subscribers).where(subscribers.c.key == address.casefold()).order_by(changes.c.id)
    return [(datetime.fromtimestamp(row.at, UTC), row.digest, row.state, row.how) for row in conn.execute(query)]


def set_state(conn: Connection, subscriber: int, digest: str, state: State, *, now: datetime, how: str) -> None:
    """Bring a subscription to `state`, and note how; what waits for it is not sent, unless it is active."""
    values = {"state": state, "since": now.timestamp()}
    if not conn.execute(update(subscriptions).where(_of(subscriber, digest)).values(**values)).rowcount:
        conn.execute(subscriptions.insert().values(subscriber_id=subscriber, digest=digest, **values))
    if state != "active":  # what waits for this person is not sent, nor what a run holds but has not handed over
        waits = (deliveries.c.subscriber_id == subscriber) & deliveries.c.state.in_(UNSENT)
        of_digest = deliveries.c.issue_id.in_(select(issues.c.id).where(issues.c.digest == digest))
        ended = {"state": "failed", "reason": f"subscription {state}", "worker": None, "lease": None}
        conn.execute(update(deliveries).where(waits, of_digest).values(ended))
    conn.execute(changes.insert().values(subscriber_id=subscriber, digest=digest, state=state, at=now.timestamp(), how=how))


def _suppress(conn: Connection, address: str, *, now: datetime, reason: str, kind: Kind) -> None:
    """Note it; of two kinds for one address the one that is harder to end stays."""
    known = suppressions.c.hash.in_(hashes(conn, address))
    if (old := conn.scalar(select(suppressions.c.kind).where(known))) is None:
        row = {"hash": hashed(conn, address), "reason": reason, "at": now.timestamp(), "kind": kind}
        conn.execute(suppressions.insert().values(**row))
    elif _KINDS.index(kind) > _KINDS.index(old):
        conn.execute(update(suppressions).where(known).values(kind=kind, reason=reason))


def hashed(conn: Connection, address: str) -> str:
    """The salted hash by which `address` is known where it is not kept itself."""
    return salted(conn.scalar(select(func.max(about.c.value)).where(about.c.name == "salt")) or "", address)


def hashes(conn: Connection, address: str) -> list[str]:
    """All hashes by which `address` may be known."""
    return [salted(salt, address) for salt in salts_of(conn)]


def salts_of(conn: Connection) -> list[str]:
    """Our salt, then those that came with suppressions of other databases."""
    return list(conn.scalars(select(about.c.value).where(about.c.name.like("salt%")).order_by(about.c.name)))


def salted(salt: str, address: str) -> str:
    """The hash of `address` with that salt."""
    return hashlib.sha256(f"{salt}{address.casefold()}".encode()).hexdigest()


def _of(subscriber: int, digest: str):  # type: ignore[no-untyped-def]
    return (subscriptions.c.subscriber_id == subscriber) & (subscriptions.c.digest == digest)
