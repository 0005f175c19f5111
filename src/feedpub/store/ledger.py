"""The ledger: which issues were made, and where each of their deliveries stands."""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, and_, func, select

from feedpub.digest import Letter
from feedpub.store.cause import MOST_REASONS, by_cause
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
    found = []
    columns = (issues.c.id, issues.c.digest, issues.c.slot, issues.c.subject, issues.c.rehearsal)
    for row in conn.execute(select(*columns).order_by(issues.c.id.desc())):
        of = deliveries.c.issue_id == row.id
        states = conn.execute(select(deliveries.c.state, func.count()).where(of).group_by(deliveries.c.state)).all()
        reasons = conn.execute(
            select(deliveries.c.reason, func.count())
            .where(of, deliveries.c.state.in_(("queued", "failed")), deliveries.c.reason.is_not(None))
            .group_by(deliveries.c.reason)
            .order_by(func.count().desc(), deliveries.c.reason)
            .limit(MOST_REASONS)
        ).all()
        slot = datetime.fromtimestamp(row.slot, UTC)
        later = select(func.count()).select_from(deliveries).where(of, deliveries.c.state == "queued", deliveries.c.attempts > 0)
        counts, why = dict(map(tuple, states)), by_cause(map(tuple, reasons))[:_SHOWN]
        found.append(Standing(row.id, row.digest, slot, row.subject, counts, conn.scalar(later) or 0, why, row.rehearsal))
    return found


def sending_rate(conn: Connection, *, now: datetime) -> float:
    """Messages a second that were sent in the last minute."""
    sent = and_(deliveries.c.state == "sent", deliveries.c.settled > now.timestamp() - 60)
    return (conn.scalar(select(func.count()).select_from(deliveries).where(sent)) or 0) / 60
