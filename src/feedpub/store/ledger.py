"""The ledger: which issues were made, and where each of their deliveries stands."""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, and_, func, insert, literal, select, update

from feedpub.digest import Letter
from feedpub.model import Issue
from feedpub.store.cause import MOST_REASONS, by_cause
from feedpub.store.schema import about, deliveries, digests, issued, issues, subscriptions

_SHOWN = 5


def take_turn(conn: Connection) -> None:
    """Until this transaction ends, others that take a turn wait. SQLite has one writer at a time anyway."""
    conn.execute(select(about.c.value).where(about.c.name == "version").with_for_update())


def considered(conn: Connection, digest: str) -> float | None:
    """The latest slot of `digest` that was looked at, as a timestamp; None if it is new here."""
    return conn.scalar(select(digests.c.slot).where(digests.c.name == digest))


def issued_slugs(conn: Connection, digest: str) -> set[str]:
    """Slugs of the articles that went out in issues of `digest`."""
    return set(conn.scalars(select(issued.c.slug).where(issued.c.digest == digest)))


def add_issue(conn: Connection, digest: str, slot: datetime, made: tuple[Issue, str, Letter] | None, *, now: datetime) -> int:
    """Note the slot as looked at and, if `made` (issue, subject, letter) is not None, the issue with its deliveries.

    In the caller's transaction: all of it, or nothing. Returns how many deliveries were queued; 0 if there is an issue of
    that slot already. One delivery for each active subscription, without a round trip for each: a million take seconds.
    """
    stamp = slot.timestamp()
    take_turn(conn)
    if considered(conn, digest) is None:
        conn.execute(digests.insert().values(name=digest, slot=stamp))
    conn.execute(update(digests).where(digests.c.name == digest, digests.c.slot < stamp).values(slot=stamp))
    if made is None or has_issue(conn, digest, slot):
        return 0
    issue, subject, letter = made
    row = {"digest": digest, "slot": stamp, "subject": subject, "letter": msgspec.msgpack.encode(letter), "made": now.timestamp()}
    issue_id: int = conn.execute(issues.insert().values(**row)).inserted_primary_key[0]  # type: ignore[index]
    known = issued_slugs(conn, digest)
    new = [article.slug for article in issue.articles if article.slug not in known]
    conn.execute(issued.insert(), [{"digest": digest, "slug": slug, "issue_id": issue_id} for slug in new])
    active = select(literal(issue_id), subscriptions.c.subscriber_id, literal("queued"), literal(now.timestamp())).where(
        subscriptions.c.digest == digest, subscriptions.c.state == "active"
    )
    conn.execute(insert(deliveries).from_select(["issue_id", "subscriber_id", "state", "not_before"], active))
    return conn.scalar(select(func.count()).select_from(deliveries).where(deliveries.c.issue_id == issue_id)) or 0


def has_issue(conn: Connection, digest: str, slot: datetime) -> bool:
    """Whether an issue of that slot was made."""
    return conn.scalar(select(issues.c.id).where(issues.c.digest == digest, issues.c.slot == slot.timestamp())) is not None


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


def standings(conn: Connection) -> list[Standing]:
    """Every issue, the newest first; slots in UTC."""
    found = []
    for row in conn.execute(select(issues.c.id, issues.c.digest, issues.c.slot, issues.c.subject).order_by(issues.c.id.desc())):
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
        found.append(Standing(row.id, row.digest, slot, row.subject, counts, conn.scalar(later) or 0, why))
    return found


def sending_rate(conn: Connection, *, now: datetime) -> float:
    """Messages a second that were sent in the last minute."""
    sent = and_(deliveries.c.state == "sent", deliveries.c.settled > now.timestamp() - 60)
    return (conn.scalar(select(func.count()).select_from(deliveries).where(sent)) or 0) / 60
