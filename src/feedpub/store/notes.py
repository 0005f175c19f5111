"""Notes: mails to one person that a page was asked for. They wait here until they are sent, and are counted."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, or_, select, update

from feedpub.store.queue import Outcome
from feedpub.store.schema import notes, subscribers
from feedpub.store.subscribers import hashed, suppression_kind

Kind = Literal["confirm", "preferences", "farewell"]
# Nobody's mailbox can be flooded by filling in a form.
_MOST = ((timedelta(hours=1), 1), (timedelta(days=1), 3))
_FAREWELL_PAUSE = timedelta(days=1)
# For a next attempt, or for who claimed one; and what clocks of several machines may differ by, with the wait of a new one.
_LONGEST_WAIT, _SLACK = timedelta(hours=2), timedelta(minutes=1)
_WAITING = ("queued", "sending")


@dataclass(frozen=True, slots=True)
class Note:
    """A note that is to be sent; `asked` (aware, UTC) is when a page was asked for it.

    Address and token are "" where nobody is to be written to: it is made all the same, as a mail that is made takes time, and
    shows who is known.
    """

    id: int
    kind: Kind
    address: str
    token: str
    digests: tuple[str, ...]
    asked: datetime
    attempts: int


def ask_note(
    conn: Connection, kind: Kind, address: str, digests: Iterable[str], *, now: datetime, wait: timedelta = timedelta(0)
) -> bool:
    """Queue a note to `address`, unless its mailbox was asked for one of this kind within an hour, or three within a day.

    It is due after `wait`. One to an unknown or suppressed address is queued as well, and withheld when it was made. Returns
    whether one goes out.
    """
    mailbox = hashed(conn, _mailbox(address))
    for span, most in _MOST:
        within = notes.c.asked.between((now - span).timestamp(), (now + span).timestamp())  # not of a clock that was wrong
        recent = and_(notes.c.mailbox == mailbox, notes.c.kind == kind, within)
        if (conn.scalar(select(func.count()).select_from(notes).where(recent)) or 0) >= most:
            return False
    subscriber = conn.scalar(select(subscribers.c.id).where(subscribers.c.key == address.casefold()))
    _add(conn, kind, mailbox, subscriber, digests, now=now, wait=wait)
    return not _withheld(conn, kind, address) and subscriber is not None


def asked_lately(conn: Connection, kind: Kind, most: int, *, now: datetime) -> bool:
    """Whether `most` notes of a kind were asked for within an hour, whoever asked, and whoever is known."""
    # The newest come first by their key, so there is no need of an index, or to count.
    last = select(notes.c.asked).where(notes.c.kind == kind).order_by(notes.c.id.desc()).offset(most - 1).limit(1)
    asked = conn.scalar(last)
    return asked is not None and abs(now.timestamp() - asked) < 3600


def ask_farewell(conn: Connection, subscriber: int, address: str, digests: Iterable[str], *, now: datetime) -> None:
    """Queue a farewell for subscriptions that ended; of each one a day goes out, and a second waits until then.

    It is never left out: if a stranger ended what the first one's link had brought back, nothing else would tell the owner.
    """
    last = func.max(notes.c.asked).label("last")
    told = select(notes.c.digests, last).where(notes.c.subscriber_id == subscriber, notes.c.kind == "farewell")
    known: dict[str, float] = {}
    for row in conn.execute(told.group_by(notes.c.digests)).all():
        known |= {digest: max(row.last, known.get(digest, 0.0)) for digest in row.digests.split(",")}
    waits: dict[datetime, list[str]] = {}
    for digest in digests:
        # One that still waits was asked for in the name of a time to come.
        before = known.get(digest, 0.0)
        if before > (now + _FAREWELL_PAUSE + _SLACK).timestamp():  # and that, in the name of a clock that was wrong
            before = 0.0
        if before <= now.timestamp():
            moment = max(now, datetime.fromtimestamp(before, UTC) + _FAREWELL_PAUSE)
            waits.setdefault(moment, []).append(digest)
    for moment, some in waits.items():
        _add(conn, "farewell", hashed(conn, _mailbox(address)), subscriber, some, now=moment)


def claim_notes(conn: Connection, *, now: datetime, lease: timedelta, limit: int = 10) -> list[Note]:
    """At most `limit` notes that are due, the oldest first; one that is not settled within `lease` is due again.

    Two that ask at the same time never get the same one. One for somebody who was suppressed since is for nobody.
    """
    due = and_(notes.c.state.in_(_WAITING), or_(notes.c.not_before <= now.timestamp(), _of_a_wrong_clock(now)))
    query = (
        select(notes, subscribers.c.address, subscribers.c.token)
        .outerjoin(subscribers)
        .where(due)
        .order_by(notes.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=notes)
    )
    claimed = []
    for row in conn.execute(query).all():
        conn.execute(update(notes).where(notes.c.id == row.id).values(state="sending", not_before=(now + lease).timestamp()))
        withheld = _withheld(conn, row.kind, row.address or "") or row.address is None
        address, token = ("", "") if withheld else (row.address, row.token)
        asked, digests = datetime.fromtimestamp(row.asked, UTC), tuple(filter(None, row.digests.split(",")))
        claimed.append(Note(row.id, row.kind, address, token, digests, asked, row.attempts))
    return claimed


def next_note(conn: Connection, *, now: datetime) -> timedelta | None:
    """In how long the next note is due; None if none waits."""
    first = conn.scalar(select(func.min(notes.c.not_before)).where(notes.c.state.in_(_WAITING)))
    return None if first is None else timedelta(seconds=max(0.0, first - now.timestamp()))


def settle_note(conn: Connection, number: int, outcome: Outcome | None) -> None:
    """Note how an attempt ended; None for a note to nobody, which was made and is withheld."""
    values = {
        "state": outcome.state if outcome else "withheld",
        "reason": outcome.reason if outcome else None,
        "attempts": notes.c.attempts + 1,
        "not_before": outcome.not_before.timestamp() if outcome and outcome.not_before else 0.0,
    }
    conn.execute(update(notes).where(notes.c.id == number, notes.c.state != "sent").values(**values))


def drop_notes(conn: Connection, before: datetime) -> None:
    """Erase notes that were asked for before, unless they still wait."""
    conn.execute(delete(notes).where(notes.c.asked < before.timestamp(), notes.c.state.not_in(_WAITING)))


def _add(
    conn: Connection,
    kind: Kind,
    mailbox: str,
    subscriber: int | None,
    digests: Iterable[str],
    *,
    now: datetime,
    wait: timedelta = timedelta(0),
) -> None:
    row = {"kind": kind, "mailbox": mailbox, "subscriber_id": subscriber, "digests": ",".join(digests), "state": "queued"}
    conn.execute(notes.insert().values(**row, asked=now.timestamp(), not_before=(now + wait).timestamp()))


def _of_a_wrong_clock(now: datetime) -> ColumnElement[bool]:
    """What waits for longer than it was ever made to, as the clock was set back since."""
    is_new = and_(notes.c.state == "queued", notes.c.attempts == 0)
    most = case((notes.c.kind == "farewell", _FAREWELL_PAUSE.total_seconds()), (is_new, 0.0), else_=_LONGEST_WAIT.total_seconds())
    return notes.c.not_before > now.timestamp() + most + _SLACK.total_seconds()


def _withheld(conn: Connection, kind: Kind, address: str) -> bool:
    """Whether nothing is written to `address`; its owner may confirm that a mailbox that was dead is so no more."""
    suppression = suppression_kind(conn, address)
    return suppression is not None and not (kind == "confirm" and suppression == "bounce")


def _mailbox(address: str) -> str:
    """What different spellings of one mailbox share: dots, and what follows a plus, are nothing to many servers."""
    local, _, domain = unicodedata.normalize("NFKC", address).casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"
