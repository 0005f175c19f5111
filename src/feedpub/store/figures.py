"""Figures over time: issues and their deliveries, subscribers gained and lost, failures by cause."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from feedpub.store.cause import MOST_REASONS, by_cause
from feedpub.store.counts import states_of, with_reason
from feedpub.store.schema import UNSENT, changes, deliveries, issues, reports, subscriptions


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
    columns = (issues.c.id, issues.c.digest, issues.c.slot, issues.c.subject)
    query = select(*columns).where(~issues.c.rehearsal).order_by(issues.c.slot.desc(), issues.c.id.desc()).limit(limit)
    rows = conn.execute(query).all()
    found = states_of(conn, [row.id for row in rows])
    return tuple(_figures(row.digest, datetime.fromtimestamp(row.slot, UTC), row.subject, found[row.id]) for row in rows)


def _figures(digest: str, slot: datetime, subject: str, states: dict[str, int]) -> IssueFigures:
    waiting = sum(states.get(state, 0) for state in UNSENT)
    return IssueFigures(digest, slot, subject, states.get("sent", 0), states.get("failed", 0), waiting)


def movements(conn: Connection, zone: ZoneInfo, *, since: datetime) -> tuple[Movement, ...]:
    """Days of `zone` on or after `since` (aware) on which subscriptions began or ended, the oldest first.

    What never became active is not lost. Who asked to be forgotten is in no figure: nothing of them is kept.
    """
    days = Counter[tuple[date, str]]()
    recent = changes.c.at >= since.timestamp()
    # Day by day, as the index counts: to work out the day of each of a million takes four times as long.
    first, last = (
        conn.scalar(select(order(changes.c.at)).where(changes.c.state == "active", recent)) for order in (func.min, func.max)
    )
    day = datetime.fromtimestamp(first or 0, zone).date()
    while last is not None and (start := _midnight(day, zone)) <= last:
        end = _midnight(day + timedelta(days=1), zone)
        within = (changes.c.state == "active") & recent & (changes.c.at >= start) & (changes.c.at < end)
        days[day, "gained"] = conn.scalar(select(func.count()).select_from(changes).where(within)) or 0
        day += timedelta(days=1)
    earlier = changes.alias()
    same = (earlier.c.subscriber_id == changes.c.subscriber_id) & (earlier.c.digest == changes.c.digest)
    before = select(earlier.c.state).where(same, earlier.c.id < changes.c.id).order_by(earlier.c.id.desc()).limit(1)
    ends = select(changes.c.at).where(changes.c.state.in_(("pending", "ended", "suppressed")), recent)
    for at in conn.scalars(ends.where(before.scalar_subquery() == "active")):
        days[datetime.fromtimestamp(at, zone).date(), "lost"] += 1
    moved = sorted({day for (day, _), count in days.items() if count})
    return tuple(Movement(day, days[day, "gained"], days[day, "lost"]) for day in moved)


def _midnight(day: date, zone: ZoneInfo) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


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
    of = select(issues.c.id).where(~issues.c.rehearsal, issues.c.made >= since.timestamp())
    failed = (
        with_reason(select(deliveries.c.reason, count))
        .where(deliveries.c.issue_id.in_(of), deliveries.c.state == "failed", deliveries.c.reason.is_not(None))
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
