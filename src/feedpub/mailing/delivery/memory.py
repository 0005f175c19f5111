"""What a run learns of the server for the next one: how many connections work, and for how long to leave it alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from feedpub import store

# How long to rest after a run that the server stopped: at first, and at most. Each stop that follows doubles it.
_RESTS = {"less": (timedelta(seconds=10), timedelta(hours=1)), "refused": (timedelta(minutes=1), timedelta(hours=6))}
_TRY_MORE_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """How many connections to make at most and whether that is a trial of one more, whether the last run was stopped, and until
    when the server rests.
    """

    connections: int
    trial: bool = False
    stopped: bool = False
    until: datetime | None = None


def recall(conn: Connection, server: str, most: int, *, now: datetime) -> Known:
    """What is known of `server`, at the most `most` connections. A number that was learnt a day ago is tried one higher."""
    learnt, trial = store.recall(conn, server, "connections"), False
    if learnt:
        trial = abs(now.timestamp() - learnt[1]) > _TRY_MORE_AFTER.total_seconds()  # abs: the clock may have been set back
        most = min(most, int(learnt[0]) + trial)
    stop = store.recall(conn, server, "stops")
    longest = max(longest for _, longest in _RESTS.values()).total_seconds()
    resting = stop is not None and 0 < stop[1] - now.timestamp() <= longest
    return Known(most, trial, stop is not None, datetime.fromtimestamp(stop[1], UTC) if stop and resting else None)


def learn_connections(conn: Connection, server: str, number: int, *, now: datetime) -> None:
    """Note that `number` connections work and one more did not, or was not tried."""
    store.remember(conn, server, "connections", number, now.timestamp())


def note_stop(conn: Connection, server: str, kind: str, *, now: datetime) -> None:
    """Note that `server` stopped a run, because it wants "less" or "refused" everybody: it is left alone for a while.

    Any other kind (it can't be reached) is noted too, without a rest.
    """
    before = store.recall(conn, server, "stops")
    number = int(before[0]) + 1 if before else 1
    first, longest = _RESTS.get(kind, (timedelta(0), timedelta(0)))
    until = now + min(first * 2 ** min(number - 1, 20), longest)
    store.remember(conn, server, "stops", number, until.timestamp())


def note_success(conn: Connection, server: str) -> None:
    """The server takes mail: its next rest, if there is one, is a short one."""
    store.forget(conn, server, "stops")
