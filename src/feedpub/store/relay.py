"""What is known of the server that takes our mail: what it allows, when it rests, and how much it was given.

It is kept in the database, so that it holds for all processes and machines that send by the same ledger. A server is named by
its host and port.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Integer, cast, delete, func, insert, literal, literal_column, select

from feedpub.store.schema import deliveries, issues, relays, tallies

_MINUTE = 60


def recall(conn: Connection, server: str, name: str) -> tuple[float, float] | None:
    """The value noted under `name`, and its time, as a timestamp; None if there is none."""
    row = conn.execute(select(relays.c.value, relays.c.at).where(relays.c.server == server, relays.c.name == name)).first()
    return (row.value, row.at) if row else None


def remember(conn: Connection, server: str, name: str, value: float, at: float) -> None:
    """Note `value` and `at` under `name` in the place of what was there."""
    forget(conn, server, name)
    conn.execute(relays.insert().values(server=server, name=name, value=value, at=at))


def forget(conn: Connection, server: str, name: str) -> None:
    """Drop what was noted under `name`."""
    conn.execute(delete(relays).where(relays.c.server == server, relays.c.name == name))


def take_tokens(conn: Connection, server: str, rate: float, want: int) -> tuple[int, float]:
    """How many of `want` messages may go now, at `rate` a second over all processes, and in how many seconds the next may.

    The caller has taken its turn in this transaction. Messages go evenly, in steps of at most a fiftieth of a second's worth.
    One clock counts for all machines, that of the database; one that was set back makes nobody wait for long.
    """
    step = max(1.0, rate / 50)
    each = 1 / (rate - step + 1) if rate >= 1 else 1 / rate  # so that no second, wherever it begins, sees more than `rate`
    now = _database_time(conn)
    known = recall(conn, server, "next")
    due = min(known[0], now + each * step) if known else now
    due = max(due, now - each * (step - 1))
    ready = min(want, int((now - due) / each + 1)) if due <= now else 0
    if ready:
        remember(conn, server, "next", due + ready * each, now)
    return ready, max(0.0, due + ready * each - now)


def tally(conn: Connection, server: str, changes: Mapping[int, int]) -> None:
    """Add to the messages that count against quotas, by minute (since 1970); or take off what was not taken after all."""
    for minute, change in changes.items():
        of = (tallies.c.server == server) & (tallies.c.minute == minute)
        if not conn.execute(tallies.update().where(of).values(sent=tallies.c.sent + change)).rowcount:
            conn.execute(tallies.insert().values(server=server, minute=minute, sent=change))


def begin_tallies(conn: Connection, server: str, *, now: datetime, longest: timedelta) -> None:
    """Where a server has no tally yet, because no quota was set until now, count what was sent in the `longest` time; and drop
    what no quota asks for any more, and what a clock that was wrong noted in a time to come.
    """
    minute = cast(func.floor(deliveries.c.settled / _MINUTE), Integer).label("minute")
    if not conn.scalar(select(func.count()).select_from(tallies).where(tallies.c.server == server)):
        sent = (deliveries.c.state == "sent") & (deliveries.c.settled > (now - longest).timestamp())
        sent &= deliveries.c.issue_id.in_(select(issues.c.id))  # as the index has them
        known = select(literal(server), minute, func.count()).where(sent).group_by(minute)
        conn.execute(insert(tallies).from_select(["server", "minute", "sent"], known))
    span = tallies.c.minute.between(minute_of(now - longest), minute_of(now) + 1)
    conn.execute(delete(tallies).where(tallies.c.server == server, ~span))


def given_since(conn: Connection, server: str, since: datetime, *, now: datetime) -> int:
    """How many messages the server was given since then, to the minute and rather too many; what it has in hand included."""
    span = tallies.c.minute.between(minute_of(since), minute_of(now))
    return conn.scalar(select(func.sum(tallies.c.sent)).where(tallies.c.server == server, span)) or 0


def minute_of(moment: datetime) -> int:
    """The minute of `moment`, since 1970."""
    return int(moment.timestamp() // _MINUTE)


def _database_time(conn: Connection) -> float:
    """Seconds since 1970."""
    sqlite = "(julianday('now') - 2440587.5) * 86400.0"
    clock = sqlite if conn.dialect.name == "sqlite" else "extract(epoch from clock_timestamp())::float8"
    return float(conn.scalar(select(literal_column(clock))))  # type: ignore[arg-type]
