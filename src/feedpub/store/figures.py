"""Figures over time: issues and their deliveries, subscribers gained and lost, failures by cause."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, case, cast, func, select

from feedpub.store.cause import MOST_REASONS, by_cause
from feedpub.store.schema import changes, deliveries, issues, reports, subscriptions

# The zones of the world differ by quarters of an hour, so a quarter lies in one day of any of them.
_QUARTER = 900


@dataclass(frozen=True, slots=True)
class IssueFigures:
    """An issue, and how many of its deliveries were sent, failed, and wait (queued, or being sent); slot in UTC."""

    digest: str
    slot: datetime
    subject: str
    sent: int
    failed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Movement:
    """Subscriptions that became active on a day, and active ones that came to an end."""

    day: date
    gained: int
    lost: int


def issue_figures(conn: Connection, *, limit: int) -> tuple[IssueFigures, ...]:
    """The latest `limit` issues of all digests that went out, the newest first."""
    latest = select(issues).where(~issues.c.rehearsal).order_by(issues.c.slot.desc(), issues.c.id.desc()).limit(limit).subquery()
    sent, failed, waiting = (
        func.coalesce(func.sum(case((deliveries.c.state.in_(states), 1), else_=0)), 0)
        for states in (("sent",), ("failed",), ("queued", "sending"))
    )
    columns = (latest.c.id, latest.c.digest, latest.c.slot, latest.c.subject)
    query = (
        select(*columns, sent, failed, waiting)
        .select_from(latest.outerjoin(deliveries, deliveries.c.issue_id == latest.c.id))
        .group_by(*columns)
        .order_by(latest.c.slot.desc(), latest.c.id.desc())
    )
    return tuple(IssueFigures(row[1], datetime.fromtimestamp(row[2], UTC), *row[3:]) for row in conn.execute(query))


def movements(conn: Connection, zone: ZoneInfo, *, since: datetime) -> tuple[Movement, ...]:
    """Days of `zone` on or after `since` (aware) on which subscriptions began or ended, the oldest first.

    What never became active is not lost. Who asked to be forgotten is in no figure: nothing of them is kept.
    """
    before = func.lag(changes.c.state).over(partition_by=(changes.c.subscriber_id, changes.c.digest), order_by=changes.c.id)
    steps = select(changes.c.at, changes.c.state, before.label("before")).subquery()
    quarter = (cast(func.round(steps.c.at), BigInteger) // _QUARTER).label("quarter")
    gained = func.sum(case((steps.c.state == "active", 1), else_=0))
    lost = func.sum(case(((steps.c.state != "active") & (steps.c.before == "active"), 1), else_=0))
    query = select(quarter, gained, lost).where(steps.c.at >= since.timestamp()).group_by(quarter)
    days: dict[date, tuple[int, int]] = {}
    for number, came, went in conn.execute(query):
        if came or went:
            day = datetime.fromtimestamp(number * _QUARTER, UTC).astimezone(zone).date()
            before_it = days.get(day, (0, 0))
            days[day] = (before_it[0] + came, before_it[1] + went)
    return tuple(Movement(day, *days[day]) for day in sorted(days))


def active_subscribers(conn: Connection) -> dict[str, int]:
    """How many active subscriptions each digest has, by its name."""
    count = func.count()
    query = select(subscriptions.c.digest, count).where(subscriptions.c.state == "active").group_by(subscriptions.c.digest)
    return {row[0]: row[1] for row in conn.execute(query.order_by(subscriptions.c.digest))}


def failure_causes(conn: Connection, *, since: datetime, limit: int) -> tuple[tuple[str, int], ...]:
    """Why deliveries of issues made since `since` (aware) failed, and what reports of bounces and complaints said, the
    commonest causes first; what comes behind `limit` of them is added up as "other causes".

    Servers name the address in their answers; here it is left out, so that one cause is one.
    """
    count = func.count()
    failed = (
        select(deliveries.c.reason, count)
        .join(issues, issues.c.id == deliveries.c.issue_id)
        .where(deliveries.c.state == "failed", ~issues.c.rehearsal, issues.c.made >= since.timestamp())
        .group_by(deliveries.c.reason)
        .order_by(count.desc(), deliveries.c.reason)
        .limit(MOST_REASONS)
    )
    told = (
        select(reports.c.kind, reports.c.status, count)
        .where(reports.c.at >= since.timestamp(), reports.c.kind != "leave")
        .group_by(reports.c.kind, reports.c.status)
    )
    causes = Counter(dict(by_cause(map(tuple, conn.execute(failed)))))
    for kind, status, times in conn.execute(told):
        causes[f"reported: {kind}{' bounce' if kind in ('hard', 'soft') else ''} {status}".rstrip()] += times
    ranked = sorted(causes.items(), key=lambda one: (-one[1], one[0]))
    others = sum(times for _, times in ranked[limit:])
    return (*ranked[:limit], *([("other causes", others)] if others else []))
