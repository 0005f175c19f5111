"""The queue: deliveries that are due, those that a worker holds, and how each of them ended.

What is done for every message goes to the driver as it stands here: to build such a statement anew takes longer than to run it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from feedpub.store.ledger import take_turn
from feedpub.store.schema import UNSENT, deliveries, domains, issues

# A claim passes over this many that nobody may have now (their domain rests) before it lets others at the database.
_PASSED_OVER = 4_000


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
    """How an attempt ended: sent, failed for good, or queued again, not before `not_before` (aware).

    Only an attempt that `counts` brings a delivery nearer to being given up.
    """

    state: Literal["sent", "failed", "queued"]
    reason: str | None = None
    not_before: datetime | None = None
    counts: bool = True


# In the order of the index, so a claim costs the same however much is due. What is joined comes by primary key, after the limit.
_FRONT = """
WITH front AS (
  SELECT id, issue_id, subscriber_id, attempts, not_before FROM deliveries
  WHERE state = 'queued' AND not_before <= ? AND issue_id NOT IN (SELECT id FROM issues WHERE rehearsal <> ?)
  ORDER BY not_before, id LIMIT ? {lock}
)
SELECT f.id, f.issue_id, i.digest, p.address, p.token, p.domain, f.attempts,
  (SELECT s.state FROM subscriptions s WHERE s.subscriber_id = f.subscriber_id AND s.digest = i.digest),
  (SELECT r.until FROM domains r WHERE r.domain = p.domain AND r.until > ?)
FROM front f
LEFT JOIN issues i ON i.id = f.issue_id
LEFT JOIN subscribers p ON p.id = f.subscriber_id
ORDER BY f.not_before, f.id
"""
_EXPIRED = "UPDATE deliveries SET state = 'queued', worker = NULL, lease = NULL WHERE state = 'sending' AND lease < ?"
_HOLD = "UPDATE deliveries SET state = 'sending', worker = ?, lease = ? WHERE id = ?"
_ENDED = "UPDATE deliveries SET state = 'failed', reason = ? WHERE id = ?"
_LATER = "UPDATE deliveries SET not_before = ? WHERE id = ?"
_PUT_OFF = """
UPDATE deliveries SET state = 'queued', worker = NULL, lease = NULL, not_before = ?
WHERE id = ? AND state = 'sending' AND worker = ?
"""
_SENT = """
UPDATE deliveries SET state = 'sent', attempts = attempts + 1, reason = NULL, settled = ?, not_before = 0, lease = NULL,
  worker = NULL WHERE id = ? AND state <> 'sent'
"""
_NOT_SENT = """
UPDATE deliveries SET state = ?, attempts = attempts + ?, reason = ?, settled = ?, not_before = ?, lease = NULL, worker = NULL
WHERE id = ? AND state = 'sending' AND worker = ?
"""
_HELD = "SELECT id FROM deliveries WHERE state = 'sending' AND worker = ? AND id IN ({marks})"


def claim(conn: Connection, worker: str, *, now: datetime, lease: timedelta, limit: int, rehearsal: bool = False) -> list[Claim]:
    """At most `limit` deliveries that are due, leased to `worker` until `now` + `lease`; what waits longest comes first.

    Due is what is queued and has waited long enough, and what a worker held whose lease is over. What a domain that rests
    would get is put off until then; where very much is, fewer than `limit` come though more is due. Two workers never get the
    same one. Who rehearses gets none of a real issue, and the other way round.
    """
    stamp = now.timestamp()
    sqlite = conn.dialect.name == "sqlite"
    front = _FRONT.format(lock="" if sqlite else "FOR UPDATE SKIP LOCKED")
    cursor = conn.connection.cursor()
    if not sqlite:  # right after an issue was queued PostgreSQL has no idea how many there are, and would sort them all
        cursor.execute("SET LOCAL enable_sort = off")
    cursor.execute(_for(conn, _EXPIRED), (stamp,))
    taken: list[Claim] = []
    passed = 0
    while (want := limit - len(taken)) > 0 and passed < _PASSED_OVER:
        cursor.execute(_for(conn, front), (stamp, rehearsal, want, stamp))
        rows = cursor.fetchall()
        ended = [(f"subscription {row[7] or 'ended'}", row[0]) for row in rows if row[7] != "active"]
        resting = [(row[8], row[0]) for row in rows if row[7] == "active" and row[8] is not None]
        chosen = [Claim(*row[:7]) for row in rows if row[7] == "active" and row[8] is None]
        _run_many(conn, _ENDED, ended)
        _run_many(conn, _LATER, resting)
        _run_many(conn, _HOLD, [(worker, stamp + lease.total_seconds(), one.id) for one in chosen])
        taken += chosen
        passed += len(ended) + len(resting)
        if len(rows) < want:
            break
    return taken


def settle(conn: Connection, worker: str, outcomes: Iterable[tuple[int, Outcome]], *, now: datetime) -> None:
    """Note how the attempts of deliveries (by id) ended. One that `worker` no longer holds, because its lease went to another
    or the person left, is left as it is, unless it was sent.
    """
    stamp = now.timestamp()
    sent, others = [], []
    for number, one in sorted(outcomes, key=lambda pair: pair[0]):  # in one order, or two workers wait for each other
        if one.state == "sent":
            sent.append((stamp, number))
        else:
            later = one.not_before.timestamp() if one.not_before else 0.0
            at = stamp if one.state == "failed" else None
            others.append((one.state, int(one.counts), one.reason, at, later, number, worker))
    _run_many(conn, _SENT, sent)
    _run_many(conn, _NOT_SENT, others)


def still_held(conn: Connection, worker: str, numbers: Sequence[int]) -> set[int]:
    """Those of `numbers` that `worker` still holds: not those whose person left, was forgotten or suppressed in the meantime."""
    if not numbers:
        return set()
    cursor = conn.connection.cursor()
    cursor.execute(_for(conn, _HELD.format(marks=", ".join("?" * len(numbers)))), (worker, *numbers))
    return {row[0] for row in cursor.fetchall()}


def put_off(conn: Connection, worker: str, numbers: Iterable[int], until: datetime) -> None:
    """Give back deliveries that `worker` holds: they are due at `until`."""
    _run_many(conn, _PUT_OFF, [(until.timestamp(), number, worker) for number in numbers])


def take_back(conn: Connection, numbers: Sequence[int], *, now: datetime, counts: bool) -> None:
    """Queue deliveries that failed, behind all that waits now; the attempt `counts`, or is as if it had not been."""
    failed = (deliveries.c.state == "failed") & deliveries.c.id.in_(numbers)
    attempts = deliveries.c.attempts - (0 if counts else 1)
    conn.execute(
        update(deliveries).where(failed).values(state="queued", attempts=attempts, settled=None, not_before=now.timestamp())
    )


def renew(conn: Connection, worker: str, until: datetime) -> None:
    """Prolong the lease of what `worker` holds."""
    held = (deliveries.c.state == "sending") & (deliveries.c.worker == worker)
    conn.execute(update(deliveries).where(held).values(lease=until.timestamp()))


def release(conn: Connection, worker: str) -> int:
    """Give back what `worker` holds: it is due at once."""
    held = (deliveries.c.state == "sending") & (deliveries.c.worker == worker)
    return conn.execute(update(deliveries).where(held).values(state="queued", worker=None, lease=None)).rowcount


def release_dead(conn: Connection, dead: Iterable[str]) -> int:
    """Give back what workers hold whose process is gone."""
    return sum(release(conn, worker) for worker in dead)


def workers(conn: Connection) -> list[str]:
    """Workers that hold a lease."""
    query = select(deliveries.c.worker).where(deliveries.c.state == "sending", deliveries.c.worker.is_not(None)).distinct()
    return [str(worker) for worker in conn.scalars(query)]


def mend_waits(conn: Connection, *, now: datetime, longest: timedelta) -> None:
    """Make due what waits longer than anything ever does: the clock was ahead when that was written, and was set back."""
    stamp, latest = now.timestamp(), (now + longest).timestamp()
    queued = (deliveries.c.state == "queued") & (deliveries.c.not_before > latest)
    conn.execute(update(deliveries).where(queued).values(not_before=stamp))
    sending = (deliveries.c.state == "sending") & (deliveries.c.lease > latest)
    conn.execute(update(deliveries).where(sending).values(state="queued", worker=None, lease=None, not_before=stamp))
    conn.execute(delete(domains).where(domains.c.until > latest))


def rest_domain(conn: Connection, domain: str, *, now: datetime, longest: timedelta) -> float:
    """Send nothing to `domain` for a while: ten seconds at first, twice as long each time it asks again after that.

    Until when, as a timestamp.
    """
    take_turn(conn)
    row = conn.execute(select(domains).where(domains.c.domain == domain)).first()
    if row and row.until > now.timestamp():
        return float(row.until)
    wait = min(row.pause * 2 if row else 10.0, longest.total_seconds())
    wake_domain(conn, domain)
    conn.execute(domains.insert().values(domain=domain, until=now.timestamp() + wait, pause=wait))
    return now.timestamp() + wait


def wake_domain(conn: Connection, domain: str) -> None:
    """`domain` takes mail again: its next rest, if it asks for one, is a short one."""
    conn.execute(delete(domains).where(domains.c.domain == domain))


def end_rest(conn: Connection, domain: str, *, now: datetime) -> None:
    """`domain` never asked for its rest: what was put off for it is due now."""
    until = conn.scalar(select(domains.c.until).where(domains.c.domain == domain))
    put_off = (deliveries.c.state == "queued") & (deliveries.c.not_before == until)
    conn.execute(update(deliveries).where(put_off).values(not_before=now.timestamp()))
    wake_domain(conn, domain)


def rested_domains(conn: Connection) -> dict[str, float]:
    """Domains that asked us to slow down and have taken nothing since, and until when they rest, as a timestamp."""
    return {row.domain: row.until for row in conn.execute(select(domains.c.domain, domains.c.until))}


def waiting(conn: Connection, *, rehearsal: bool = False) -> int:
    """How many deliveries (of a rehearsal, or of real issues) are queued or being sent."""
    unsent = deliveries.c.state.in_(UNSENT) & ~_of_others(rehearsal)
    return conn.scalar(select(func.count()).select_from(deliveries).where(unsent)) or 0


def wake_at(conn: Connection, *, rehearsal: bool = False) -> float | None:
    """When the next delivery (of a rehearsal, or of real issues) is due, as a timestamp; None if none waits."""
    queued = (deliveries.c.state == "queued") & ~_of_others(rehearsal)
    # Not the least of all: that would look at every one.
    soonest = select(deliveries.c.not_before).where(queued).order_by(deliveries.c.not_before, deliveries.c.id).limit(1)
    return conn.scalar(soonest)


def _of_others(rehearsal: bool) -> ColumnElement[bool]:
    return deliveries.c.issue_id.in_(select(issues.c.id).where(issues.c.rehearsal != rehearsal))


def _run_many(conn: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        conn.connection.cursor().executemany(_for(conn, statement), rows)


def _for(conn: Connection, statement: str) -> str:
    """`statement` with the placeholders of the driver at hand."""
    return statement if conn.dialect.paramstyle == "qmark" else statement.replace("?", "%s")
