"""The ledger: which issues were made, and where each of their deliveries stands."""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, and_, func, select

from feedpub.digest import Letter
from feedpub.store.cause import MOST_REASONS, by_cause
from feedpub.store.counts import deferred_of, states_of, with_reason
from feedpub.store.schema import about, deliveries, issues

_SHOWN = 5


def take_turn(conn: Connection) -> None:
    """Until this transaction ends, others that take a turn wait. SQLite has one writer at a time anyway."""
    conn.execute(select(about.c.value).where(about.c.name == "version").with_for_update())


def letter_of(conn: Connection, issue: int) -> Letter:
    """The letter of an issue."""
    return msgspec.msgpack.decode(conn.scalar(select(issues.c.letter).where(issues.c.id == issue)) or b"", type=Letter)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an issue stands: deliveries by state, how many of the queued were deferred, and the commonest causes."""

    issue: int
    digest: str
    slot: datetime
    subject: str
    states: dict[str, int]
    deferred: int
    reasons: tuple[tuple[str, int], ...]
    rehearsal: bool = False


def standings(conn: Connection) -> list[Standing]:
    """Every issue, the newest first; slots in UTC."""
    columns = (issues.c.id, issues.c.digest, issues.c.slot, issues.c.subject, issues.c.rehearsal)
    rows = conn.execute(select(*columns).order_by(issues.c.id.desc())).all()
    numbers = [row.id for row in rows]
    states, deferred = states_of(conn, numbers), deferred_of(conn, numbers)
    return [
        Standing(
            row.id,
            row.digest,
            datetime.fromtimestamp(row.slot, UTC),
            row.subject,
            states[row.id],
            deferred.get(row.id, 0),
            _reasons(conn, row.id),
            row.rehearsal,
        )
        for row in rows
    ]


def _reasons(conn: Connection, issue: int) -> tuple[tuple[str, int], ...]:
    count = func.count()
    of = and_(deliveries.c.issue_id == issue, deliveries.c.state.in_(("queued", "failed")), deliveries.c.reason.is_not(None))
    query = select(deliveries.c.reason, count).where(of).group_by(deliveries.c.reason)
    found = conn.execute(with_reason(query).order_by(count.desc(), deliveries.c.reason).limit(MOST_REASONS))
    return by_cause(map(tuple, found))[:_SHOWN]


def sending_rate(conn: Connection, *, now: datetime) -> float:
    """Messages a second that were sent in the last minute."""
    sent = and_(deliveries.c.state == "sent", deliveries.c.settled > now.timestamp() - 60)
    # Issue by issue, as the index has them.
    of = deliveries.c.issue_id.in_(select(issues.c.id))
    return (conn.scalar(select(func.count()).select_from(deliveries).where(of, sent)) or 0) / 60
