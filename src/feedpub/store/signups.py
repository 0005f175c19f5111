"""What people do about their own subscriptions: ask, confirm, leave, come back, choose. Their token tells who they are."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from feedpub.store.ledger import take_turn
from feedpub.store.notes import ask_farewell, ask_note
from feedpub.store.schema import changes, subscribers, subscriptions
from feedpub.store.subscribers import State, add_subscriber, forget_subscriber, is_suppressed, set_state, suppression_kind
from feedpub.store.suppressions import lift_suppression


def sign_up(
    conn: Connection, address: str, digests: Iterable[str], *, now: datetime, how: str, wait: timedelta = timedelta(0)
) -> None:
    """Note that somebody asked for `digests` in the name of `address`: pending, with a note to confirm it, due after `wait`.

    Nothing tells whether the address was known. Active subscriptions stay as they are, suppressed addresses stay out; one
    after a bounce stays so until its owner confirms.
    """
    take_turn(conn)  # or two that ask for a new address at once would both add it
    digests = tuple(digests)
    for digest in digests:
        add_subscriber(conn, address, digest, now=now, how=how, state="pending", after_bounce=True)
    if ask_note(conn, "confirm", address, digests, now=now, wait=wait):
        # Its link is good for its whole time, so what it is to confirm must not be erased before.
        subscriber = select(subscribers.c.id).where(subscribers.c.key == address.casefold()).scalar_subquery()
        waits = (subscriptions.c.subscriber_id == subscriber) & (subscriptions.c.state == "pending")
        conn.execute(update(subscriptions).where(waits, subscriptions.c.digest.in_(digests)).values(since=now.timestamp()))


def standing(conn: Connection, token: str) -> dict[str, State] | None:
    """The state of each subscription of the person of `token`, by digest; None if there is no such person."""
    person = _person(conn, token)
    return _states(conn, person.id) if person else None


def confirm(conn: Connection, token: str, digests: Collection[str], *, now: datetime, how: str) -> tuple[str, ...]:
    """Make pending subscriptions active; those of `digests` that are active now, whether they were before or not.

    A suppression after a bounce ends with it: who could confirm has a mailbox. One after a complaint stays.
    """
    person = _person(conn, token)
    states = _states(conn, person.id) if person else {}
    asked = any(states.get(digest) == "pending" for digest in digests)
    if person and asked and suppression_kind(conn, person.address) == "bounce":
        lift_suppression(conn, person.address, now=now, how=how)
    return _activate(conn, token, digests, "pending", now=now, how=how)


def resume(conn: Connection, token: str, digests: Iterable[str], *, now: datetime, how: str) -> tuple[str, ...]:
    """Bring back subscriptions that ended; those of `digests` that are active now. Suppressed ones stay out.

    One that somebody asked for anew is brought back too: whoever has the link has the mailbox.
    """
    return _activate(conn, token, digests, "ended", "pending", now=now, how=how)


def leave(conn: Connection, token: str, digests: Collection[str] | None, *, now: datetime, how: str) -> None:
    """End subscriptions (None: all) at once; whoever got their issues is told, in a farewell."""
    person = _person(conn, token)
    if person is None:
        return
    told = []
    for digest, state in _states(conn, person.id).items():
        if state in ("pending", "active") and (digests is None or digest in digests):
            set_state(conn, person.id, digest, "ended", now=now, how=how)
            told += [digest] if state == "active" else []
    ask_farewell(conn, person.id, person.address, told, now=now)


def choose_digests(
    conn: Connection, token: str, wanted: Collection[str], offered: Collection[str], *, now: datetime, how: str
) -> None:
    """Of the digests `offered`, make those `wanted` active, and end the others."""
    leave(conn, token, [digest for digest in offered if digest not in wanted], now=now, how=how)
    person = _person(conn, token)
    if person is None or is_suppressed(conn, person.address):
        return
    states = _states(conn, person.id)
    for digest in offered:
        if digest in wanted and states.get(digest) not in ("active", "suppressed"):
            set_state(conn, person.id, digest, "active", now=now, how=how)


def forget_person(conn: Connection, token: str, *, now: datetime) -> None:
    """Erase all that is known of the person of `token`, but a salted hash."""
    if person := _person(conn, token):
        forget_subscriber(conn, person.address, now=now)


def drop_unconfirmed(conn: Connection, before: datetime, *, now: datetime) -> None:
    """End what was asked for before and never confirmed; erase those who never confirmed anything."""
    pending = subscriptions.c.state == "pending"
    for row in conn.execute(select(subscriptions).where(pending, subscriptions.c.since < before.timestamp())).all():
        address = conn.scalar(select(subscribers.c.address).where(subscribers.c.id == row.subscriber_id)) or ""
        state: State = "suppressed" if is_suppressed(conn, address) else "ended"
        set_state(conn, row.subscriber_id, row.digest, state, now=now, how="not confirmed")
        known = changes.c.state.in_(("active", "suppressed"))
        ever = select(changes.c.id).where(changes.c.subscriber_id == row.subscriber_id, known)
        waits = select(subscriptions.c.digest).where(subscriptions.c.subscriber_id == row.subscriber_id, pending)
        conn.execute(delete(subscribers).where(subscribers.c.id == row.subscriber_id, ~ever.exists(), ~waits.exists()))


def _activate(
    conn: Connection, token: str, digests: Iterable[str], *states_before: State, now: datetime, how: str
) -> tuple[str, ...]:
    person = _person(conn, token)
    if person is None or is_suppressed(conn, person.address):
        return ()
    states = _states(conn, person.id)
    active = [digest for digest in digests if states.get(digest) in (*states_before, "active")]
    for digest in active:
        if states[digest] != "active":
            set_state(conn, person.id, digest, "active", now=now, how=how)
    return tuple(active)


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    address: str


def _person(conn: Connection, token: str) -> _Person | None:
    """Held until the transaction ends: of two clicks at once the second sees what the first has done."""
    query = select(subscribers.c.id, subscribers.c.address).where(subscribers.c.token == token)
    row = conn.execute(query.with_for_update(key_share=True)).first()
    return _Person(row.id, row.address) if row else None


def _states(conn: Connection, subscriber: int) -> dict[str, State]:
    query = select(subscriptions.c.digest, subscriptions.c.state).where(subscriptions.c.subscriber_id == subscriber)
    return {row.digest: row.state for row in conn.execute(query.order_by(subscriptions.c.digest))}
