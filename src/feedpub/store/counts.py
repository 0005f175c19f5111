"""How many deliveries of issues stand where: the rows that are there, and those that were thinned out."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, func, select, union_all

from feedpub.store.schema import deliveries, thinned


def states_of(conn: Connection, issues: Collection[int]) -> dict[int, dict[str, int]]:
    """The deliveries of each of `issues` by state. Counted anew each time, in an index alone: a million take a tenth of a second,
    and no counter that is kept beside the rows can go wrong.
    """
    rows = (
        select(deliveries.c.issue_id, deliveries.c.state, func.count().label("count"))
        .where(deliveries.c.issue_id.in_(issues))
        .group_by(deliveries.c.issue_id, deliveries.c.state)
    )
    gone = select(thinned.c.issue_id, thinned.c.state, thinned.c.count).where(thinned.c.issue_id.in_(issues))
    found: dict[int, dict[str, int]] = {number: {} for number in issues}
    for number, state, count in conn.execute(union_all(rows, gone)):
        found[number][state] = found[number].get(state, 0) + count
    return found


def deferred_of(conn: Connection, issues: Collection[int]) -> dict[int, int]:
    """How many of the queued deliveries of each of `issues` were tried before."""
    tried = (deliveries.c.state == "queued") & (deliveries.c.attempts > 0)
    query = select(deliveries.c.issue_id, func.count()).where(deliveries.c.issue_id.in_(issues), tried)
    return {row[0]: row[1] for row in conn.execute(query.group_by(deliveries.c.issue_id))}


def with_reason(query: Select[Any]) -> Select[Any]:
    """`query`, about deliveries of an issue that have a reason, by the index of those: without it SQLite looks at all that failed
    or wait.
    """
    return query.with_hint(deliveries, "INDEXED BY deliveries_with_reason", "sqlite")
