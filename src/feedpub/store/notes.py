"""Notes: mails to one person that a page was asked for. They wait here until they are sent, and are counted."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, and_, delete, func, select, update

from feedpub.store.queue import Outcome
from feedpub.store.schema import notes, subscribers
from feedpub.store.subscribers import hashed, suppression_kind

Kind = Literal["confirm", "preferences", "farewell"]
# Nobody's mailbox can be flooded by filling in a form.
_MOST = ((timedelta(hours=1), 1), (timedelta(days=1), 3))
_FAREWELL_PAUSE = timedelta(days=1)
# One farewell a day, for each that waits.
_LONGEST_WAIT = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Note:
    """A note that is to be sent; `asked` (aware, UTC) is when a page was asked for it."""

    id: int
    kind: Kind
    address: str
    token: str
    digests: tuple[str, ...]
    asked: datetime
    attempts: int


def ask_note(conn: Connection, kind: Kind, address: str, digests: Iterable[str], *, now: datetime) -> bool:
    """Queue a note to `address`, unless its mailbox was asked for one of this kind within an hour, or three within a day.

    Unknown and suppressed addresses are counted in the same steps, but no mail goes to them. Returns whether one goes out.
    """
    mailbox = hashed(conn, _mailbox(address))
    for span, most in _MOST:
        within = notes.c.asked.between((now - span).timestamp(), (now + span).timestamp())  # not of a clock that was wrong
        recent = and_(notes.c.mailbox == mailbox, notes.c.kind == kind, within)
        if (conn.scalar(select(func.count()).select_from(notes).where(recent)) or 0) >= most:
            return False
    subscriber = conn.scalar(select(subscribers.c.id).where(subscribers.c.key == address.casefold()))
    withheld = subscriber is None or _withheld(conn, kind, address)
    _add(conn, kind, mailbox, subscriber, digests, "withheld" if withheld else "queued", now=now)
    return not withheld


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
        if (before := known.get(digest, 0.0)) <= now.timestamp():
            moment = max(now, datetime.fromtimestamp(before, UTC) + _FAREWELL_PAUSE)
            waits.setdefault(moment, []).append(digest)
    for moment, some in waits.items():
        _add(conn, "farewell", hashed(conn, _mailbox(address)), subscriber, some, "queued", now=moment)


def claim_notes(conn: Connection, *, now: datetime, lease: timedelta, limit: int = 10) -> list[Note]:
    """At most `limit` notes that are due, the oldest first; one that is not settled within `lease` is due again.

    Two that ask at the same time never get the same one. What waits for an address that was suppressed since is withheld.
    """
    due = and_(notes.c.state.in_(("queued", "sending")), notes.c.not_before <= now.timestamp())
    query = (
        select(notes, subscribers.c.address, subscribers.c.token)
        .join(subscribers)
        .where(due)
        .order_by(notes.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=notes)
    )
    claimed = []
    for row in conn.execute(query).all():
        withheld = _withheld(conn, row.kind, row.address)
        values = {"state": "withheld"} if withheld else {"state": "sending", "not_before": (now + lease).timestamp()}
        conn.execute(update(notes).where(notes.c.id == row.id).values(**values))
        if not withheld:
            asked, digests = datetime.fromtimestamp(row.asked, UTC), tuple(filter(None, row.digests.split(",")))
            claimed.append(Note(row.id, row.kind, row.address, row.token, digests, asked, row.attempts))
    return claimed


def settle_note(conn: Connection, number: int, outcome: Outcome) -> None:
    """Note how an attempt ended."""
    values = {
        "state": outcome.state,
        "reason": outcome.reason,
        "attempts": notes.c.attempts + 1,
        "not_before": outcome.not_before.timestamp() if outcome.not_before else 0.0,
    }
    conn.execute(update(notes).where(notes.c.id == number, notes.c.state != "sent").values(**values))


def mend_note_waits(conn: Connection, *, now: datetime) -> None:
    """Make due what waits longer than any note does: the clock was ahead when that was written, and was set back."""
    far = and_(notes.c.state.in_(("queued", "sending")), notes.c.not_before > (now + _LONGEST_WAIT).timestamp())
    conn.execute(update(notes).where(far).values(state="queued", not_before=now.timestamp()))


def drop_notes(conn: Connection, before: datetime) -> None:
    """Erase notes that were asked for before, unless they still wait."""
    conn.execute(delete(notes).where(notes.c.asked < before.timestamp(), notes.c.state.not_in(("queued", "sending"))))


def _add(
    conn: Connection, kind: Kind, mailbox: str, subscriber: int | None, digests: Iterable[str], state: str, *, now: datetime
) -> None:
    row = {"kind": kind, "mailbox": mailbox, "subscriber_id": subscriber, "digests": ",".join(digests), "state": state}
    conn.execute(notes.insert().values(**row, asked=now.timestamp(), not_before=now.timestamp()))


def _withheld(conn: Connection, kind: Kind, address: str) -> bool:
    """Whether nothing is written to `address`; its owner may confirm that a mailbox that was dead is so no more."""
    suppression = suppression_kind(conn, address)
    return suppression is not None and not (kind == "confirm" and suppression == "bounce")


def _mailbox(address: str) -> str:
    """What different spellings of one mailbox share: dots, and what follows a plus, are nothing to many servers."""
    local, _, domain = unicodedata.normalize("NFKC", address).casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"
