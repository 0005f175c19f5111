"""Old deliveries are thinned out, a few at a time; what an issue came to is kept."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, select

from feedpub.store.database import checkpoint
from feedpub.store.ledger import take_turn
from feedpub.store.schema import UNSENT, deliveries, issues, reports, thinned


@dataclass(frozen=True, slots=True)
class Old:
    """An issue of which deliveries can be thinned out, and how many; its slot in UTC."""

    issue: int
    digest: str
    slot: datetime
    deliveries: int


def old_issues(conn: Connection, before: datetime) -> list[Old]:
    """Issues made before, all of whose deliveries are settled, the oldest first; never the latest of a digest.

    The latest is what `send --again` works on, and its numbers are the highest: SQLite gives a number that went to somebody
    else if the highest is free again.
    """
    latest = select(func.max(issues.c.id)).group_by(issues.c.digest, issues.c.rehearsal)
    unsent = select(deliveries.c.id).where(deliveries.c.issue_id == issues.c.id, deliveries.c.state.in_(UNSENT))
    query = select(issues.c.id, issues.c.digest, issues.c.slot).where(
        issues.c.made < before.timestamp(), issues.c.id.not_in(latest), ~unsent.exists()
    )
    found = []
    for row in conn.execute(query.order_by(issues.c.id)).all():
        if count := conn.scalar(select(func.count()).select_from(deliveries).where(_thin(row.id))):
            found.append(Old(row.id, row.digest, datetime.fromtimestamp(row.slot, UTC), count))
    return found


def thin(conn: Connection, issue: int, *, limit: int) -> int:
    """Delete at most `limit` deliveries of an issue, with the reports about them; how many there were. Their number is added to
    what is kept of the issue, in the same transaction.

    A delivery whose bounce still counts against somebody, or waits for a person's word, stays.
    """
    take_turn(conn)
    rows = conn.execute(select(deliveries.c.id, deliveries.c.state).where(_thin(issue)).limit(limit)).all()
    numbers = [row.id for row in rows]
    conn.execute(delete(reports).where(reports.c.delivery_id.in_(numbers)))
    conn.execute(delete(deliveries).where(deliveries.c.id.in_(numbers)))
    for state, count in Counter(row.state for row in rows).items():
        of = (thinned.c.issue_id == issue) & (thinned.c.state == state)
        if not conn.execute(thinned.update().where(of).values(count=thinned.c.count + count)).rowcount:
            conn.execute(thinned.insert().values(issue_id=issue, state=state, count=count))
    return len(rows)


def _thin(issue: int) -> ColumnElement[bool]:
    still = select(reports.c.hash).where(reports.c.delivery_id == deliveries.c.id, reports.c.acted.is_(None))
    return and_(deliveries.c.issue_id == issue, deliveries.c.state.not_in(UNSENT), ~still.exists())


def gives_space_back(conn: Connection) -> bool:
    """Whether what is free in the database can be given back in steps. One that an earlier feedpub made is to be compacted
    first; PostgreSQL sees to it by itself.
    """
    return conn.dialect.name == "postgresql" or conn.exec_driver_sql("PRAGMA auto_vacuum").scalar() == 2


def give_space_back(engine: Engine, *, pages: int) -> bool:
    """Make a SQLite file smaller by at most so many free pages; whether any was free. It is smaller once the log is written
    into it.
    """
    if engine.dialect.name != "sqlite":
        return False
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        before = cursor.execute("PRAGMA freelist_count").fetchone()[0]
        if before:
            cursor.executescript(f"PRAGMA incremental_vacuum({pages})")  # by execute() it would be one page
        return bool(before and cursor.execute("PRAGMA freelist_count").fetchone()[0] < before)
    finally:
        connection.close()


def compact(engine: Engine) -> None:
    """Write a SQLite database anew, so that no room is free in it, and from then on space is given back in steps.

    Meanwhile nobody else can write, and the folder needs room for the whole of it again. Nothing on PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
        cursor.execute("VACUUM")
    finally:
        connection.close()
    checkpoint(engine, "PASSIVE")


def shrink_file(engine: Engine) -> None:
    """Cut off what was given back, as far as that makes nobody wait."""
    checkpoint(engine, "PASSIVE")
