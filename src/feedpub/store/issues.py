"""Issues in the ledger: which slots were looked at, what was made of them, and which articles went out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Connection, and_, case, delete, func, insert, literal, select

from feedpub.digest import Letter
from feedpub.model import Issue
from feedpub.store.counts import states_of
from feedpub.store.ledger import take_turn
from feedpub.store.schema import deliveries, issued, issues, looks, subscriptions

# Clocks that are corrected by less are no news.
_SLACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An issue that was made: its deliveries by state, and whether it was a rehearsal."""

    subject: str
    states: Mapping[str, int]
    rehearsal: bool


def considered(conn: Connection, digest: str, *, now: datetime, rehearsal: bool = False) -> float | None:
    """The latest slot of `digest` up to `now` that was looked at, as a timestamp; None if it is new here.

    A look at a slot that has not come, by a clock that was wrong, counts for nothing. In a rehearsal what was rehearsed
    counts too; otherwise a digest of which no more is known is new since just before the first slot that was rehearsed.
    """
    of = and_(looks.c.digest == digest, looks.c.slot <= now.timestamp())
    row = conn.execute(
        select(
            func.max(looks.c.slot),
            func.min(looks.c.slot),
            func.max(case((~looks.c.rehearsal, looks.c.slot))),
        ).where(of)
    ).one()
    latest: float | None = row[0] if rehearsal else row[2]
    return row[1] - 1 if latest is None and row[1] is not None else latest


def note_look(conn: Connection, digest: str, slot: datetime, *, rehearsal: bool = False) -> None:
    """Note that `slot` was looked at. In the caller's transaction, in which nobody else may have a turn."""
    row = {"digest": digest, "slot": slot.timestamp(), "rehearsal": rehearsal}
    if conn.scalar(select(looks.c.slot).filter_by(**row)) is None:
        conn.execute(looks.insert().values(**row))


def take_back_looks(conn: Connection, digest: str, *, now: datetime) -> list[datetime]:
    """Forget the looks at slots of `digest` that have not come (more than an hour ahead), and tell which they were, in UTC.

    They would keep the digest silent until then.
    """
    ahead = and_(looks.c.digest == digest, looks.c.slot > (now + _SLACK).timestamp())
    found = [datetime.fromtimestamp(slot, UTC) for slot in conn.scalars(select(looks.c.slot).where(ahead).distinct())]
    if found:
        conn.execute(delete(looks).where(ahead))
    return sorted(found)


def issued_slugs(conn: Connection, digest: str, *, before: datetime | None = None) -> set[str]:
    """Slugs of the articles that went out in issues of `digest`; with `before`, in those of earlier slots."""
    query = select(issued.c.slug).where(issued.c.digest == digest)
    if before:
        query = query.join(issues, issues.c.id == issued.c.issue_id).where(issues.c.slot < before.timestamp())
    return set(conn.scalars(query))


def active_count(conn: Connection, digest: str) -> int:
    """How many active subscriptions `digest` has: so many its next issue goes to."""
    active = and_(subscriptions.c.digest == digest, subscriptions.c.state == "active")
    return conn.scalar(select(func.count()).select_from(subscriptions).where(active)) or 0


def add_issue(
    conn: Connection,
    digest: str,
    slot: datetime,
    made: tuple[Issue, str, Letter] | None,
    *,
    now: datetime,
    rehearsal: bool = False,
) -> int:
    """Note the slot as looked at and, if `made` (issue, subject, letter) is not None, the issue with its deliveries.

    In the caller's transaction: all of it, or nothing. Returns how many deliveries were queued; 0 if there is an issue of
    that slot already. One delivery for each active subscription, without a round trip for each: a million take seconds.
    A real issue takes the place of a rehearsal of its slot; a rehearsal spends no article. A slot that has not come, as of
    an issue that goes out early, is not noted: it would hide those before it.
    """
    take_turn(conn)
    if slot <= now:
        note_look(conn, digest, slot, rehearsal=rehearsal)
    if made is None or has_issue(conn, digest, slot, rehearsal=rehearsal):
        return 0
    issue, subject, letter = made
    conn.execute(delete(issues).where(issues.c.digest == digest, issues.c.slot == slot.timestamp()))
    row = {"digest": digest, "slot": slot.timestamp(), "subject": subject, "letter": msgspec.msgpack.encode(letter)}
    added = conn.execute(issues.insert().values(**row, made=now.timestamp(), rehearsal=rehearsal))
    issue_id: int = added.inserted_primary_key[0]  # type: ignore[index]
    known = issued_slugs(conn, digest)
    new = [{"digest": digest, "slug": one.slug, "issue_id": issue_id} for one in issue.articles if one.slug not in known]
    if new and not rehearsal:
        conn.execute(issued.insert(), new)
    active = select(literal(issue_id), subscriptions.c.subscriber_id, literal("queued"), literal(now.timestamp())).where(
        subscriptions.c.digest == digest, subscriptions.c.state == "active"
    )
    conn.execute(insert(deliveries).from_select(["issue_id", "subscriber_id", "state", "not_before"], active))
    return states_of(conn, [issue_id])[issue_id].get("queued", 0)


def has_issue(conn: Connection, digest: str, slot: datetime, *, rehearsal: bool = False) -> bool:
    """Whether an issue of that slot was made. A rehearsal is one for who rehearses, and for nobody else."""
    of = and_(issues.c.digest == digest, issues.c.slot == slot.timestamp())
    found = conn.scalar(select(issues.c.rehearsal).where(of))
    return found is not None and (rehearsal or not found)


def recorded(conn: Connection, digest: str, slot: datetime) -> Recorded | None:
    """What is recorded of the issue of that slot; None if none was made."""
    of = and_(issues.c.digest == digest, issues.c.slot == slot.timestamp())
    row = conn.execute(select(issues.c.id, issues.c.subject, issues.c.rehearsal).where(of)).first()
    if row is None:
        return None
    return Recorded(row.subject, states_of(conn, [row.id])[row.id], row.rehearsal)


def end_rehearsals(conn: Connection) -> int:
    """Forget every rehearsal, with what of it still waits to go into its folder; how many there were.

    Their slots count as not looked at, so that the latest is due: what was rehearsed is now to go out.
    """
    of = and_(issues.c.digest == looks.c.digest, issues.c.slot == looks.c.slot, issues.c.rehearsal)
    conn.execute(delete(looks).where(~looks.c.rehearsal, select(issues.c.id).where(of).exists()))
    return conn.execute(delete(issues).where(issues.c.rehearsal)).rowcount
