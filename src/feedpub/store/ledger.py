"""The ledger: which issues were made, and where each of their deliveries stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, func, insert, literal, or_, select, update

from feedpub.digest import Letter
from feedpub.model import Issue
from feedpub.store.schema import about, deliveries, digests, domains, issued, issues, subscribers, subscriptions


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that a worker holds under a lease."""

    id: int
    issue: int
    digest: str
    address: str
    token: str
    domain: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: sent, failed for good, or queued again, not before `not_before` (aware)."""

    state: Literal["sent", "failed", "queued"]
    reason: str | None = None
    not_before: datetime | None = None


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


def claim(conn: Connection, worker: str, *, now: datetime, lease: timedelta, limit: int) -> list[Claim]:
    """At most `limit` deliveries that are due, leased to `worker` until `now` + `lease`; the oldest first.

    Due is what is queued and has waited long enough, and what a worker held whose lease is over. Subscriptions that ended
    since are left out, and so are domains that asked us to wait. Two workers never get the same one.
    """
    stamp = now.timestamp()
    due = or_(
        and_(deliveries.c.state == "queued", deliveries.c.not_before <= stamp),
        and_(deliveries.c.state == "sending", deliveries.c.lease < stamp),
    )
    resting = select(domains.c.domain).where(domains.c.until > stamp)
    query = (
        select(
            deliveries.c.id, deliveries.c.issue_id, issues.c.digest, subscribers.c.address, subscribers.c.token,
            subscribers.c.domain, deliveries.c.attempts,
        )
        .join(issues, issues.c.id == deliveries.c.issue_id)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .join(
            subscriptions,
            and_(subscriptions.c.subscriber_id == deliveries.c.subscriber_id, subscriptions.c.digest == issues.c.digest),
        )
        .where(due, subscriptions.c.state == "active", subscribers.c.domain.not_in(resting))
        .order_by(deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=deliveries)
    )  # fmt: skip
    claims = [Claim(*row) for row in conn.execute(query)]
    held = [one.id for one in claims]
    values = {"state": "sending", "worker": worker, "lease": (now + lease).timestamp()}
    if held:
        conn.execute(update(deliveries).where(deliveries.c.id.in_(held)).values(**values))
    return claims


def settle(conn: Connection, worker: str, outcomes: Iterable[tuple[int, Outcome]], *, now: datetime) -> None:
    """Note how the attempts of deliveries (by id) ended. One whose lease went to another worker is left to that one,
    unless it was sent.
    """
    for number, outcome in outcomes:
        values = {
            "number": number,
            "new_state": outcome.state,
            "why": outcome.reason,
            "at": now.timestamp() if outcome.state != "queued" else None,
            "later": outcome.not_before.timestamp() if outcome.not_before else 0.0,
        }
        if outcome.state == "sent":
            conn.execute(_SENT, values)
        else:
            conn.execute(_NOT_SENT, values | {"holder": worker})


# Made once: this is the statement of every message.
_SENT = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("number"), deliveries.c.state != "sent")
    .values(
        state=bindparam("new_state"),
        attempts=deliveries.c.attempts + 1,
        reason=bindparam("why"),
        settled=bindparam("at"),
        not_before=bindparam("later"),
        lease=None,
        worker=None,
    )
)
_NOT_SENT = _SENT.where(deliveries.c.worker == bindparam("holder"))


def release(conn: Connection, worker: str) -> int:
    """Give back what `worker` holds: it is due at once."""
    held = and_(deliveries.c.state == "sending", deliveries.c.worker == worker)
    return conn.execute(update(deliveries).where(held).values(state="queued", worker=None, lease=None)).rowcount


def release_dead(conn: Connection, dead: Iterable[str]) -> int:
    """Give back what workers hold whose process is gone."""
    return sum(release(conn, worker) for worker in dead)


def workers(conn: Connection) -> list[str]:
    """Workers that hold a lease."""
    query = select(deliveries.c.worker).where(deliveries.c.state == "sending", deliveries.c.worker.is_not(None)).distinct()
    return [str(worker) for worker in conn.scalars(query)]


def rest_domain(conn: Connection, domain: str, *, now: datetime, longest: timedelta) -> None:
    """Send nothing to `domain` for a while: ten seconds at first, twice as long each time it asks again after that."""
    take_turn(conn)
    row = conn.execute(select(domains).where(domains.c.domain == domain)).first()
    if row and row.until > now.timestamp():
        return
    wait = min(row.pause * 2 if row else 10.0, longest.total_seconds())
    wake_domain(conn, domain)
    conn.execute(domains.insert().values(domain=domain, until=now.timestamp() + wait, pause=wait))


def wake_domain(conn: Connection, domain: str) -> None:
    """`domain` takes mail again: its next rest, if it asks for one, is a short one."""
    conn.execute(delete(domains).where(domains.c.domain == domain))


def rested_domains(conn: Connection) -> set[str]:
    """Domains that asked us to slow down, and have taken nothing since."""
    return set(conn.scalars(select(domains.c.domain)))


def sent_since(conn: Connection, since: datetime) -> int:
    """How many messages were sent since, and how many are being sent: what counts against a provider's quota."""
    sent = and_(deliveries.c.state == "sent", deliveries.c.settled > since.timestamp())
    # In one statement: between two, a message could pass from one count to the other, and be in neither.
    counted = or_(sent, deliveries.c.state == "sending")
    return conn.scalar(select(func.count()).select_from(deliveries).where(counted)) or 0


def waiting(conn: Connection) -> int:
    """How many deliveries are queued or being sent."""
    return conn.scalar(select(func.count()).select_from(deliveries).where(deliveries.c.state.in_(("queued", "sending")))) or 0


def wake_at(conn: Connection) -> float | None:
    """When the next delivery is due, as a timestamp; None if none waits."""
    soonest: float | None = conn.scalar(select(func.min(deliveries.c.not_before)).where(deliveries.c.state == "queued"))
    return soonest


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an issue stands: deliveries by state, how many of the queued were deferred, and the commonest reasons."""

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
            .limit(5)
        ).all()
        slot = datetime.fromtimestamp(row.slot, UTC)
        later = select(func.count()).select_from(deliveries).where(of, deliveries.c.state == "queued", deliveries.c.attempts > 0)
        counts, why = dict(map(tuple, states)), tuple((reason, times) for reason, times in reasons)
        found.append(Standing(row.id, row.digest, slot, row.subject, counts, conn.scalar(later) or 0, why))
    return found


def sending_rate(conn: Connection, *, now: datetime) -> float:
    """Messages a second that were sent in the last minute."""
    sent = and_(deliveries.c.state == "sent", deliveries.c.settled > now.timestamp() - 60)
    return (conn.scalar(select(func.count()).select_from(deliveries).where(sent)) or 0) / 60
