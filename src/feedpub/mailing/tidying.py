"""The use case: what nobody asks for any more is thinned out of the ledger, in steps that hold nobody up."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from feedpub import store
from feedpub.site import Site
from feedpub.store import Old

# A step keeps others from writing for some hundredths of a second.
_DELIVERIES, _PAGES = 1_000, 500
REST = 0.02  # seconds between two of them: those who send or sign up come in
# Of a turn of the scheduler, and how long it leaves a tidy ledger alone.
_STEPS, _EVERY = 300, timedelta(hours=1)


@dataclass(slots=True)
class Tidied:
    """How many deliveries were thinned out, of how many issues. `whole`: nothing is left to do. `stuck`: the file keeps its size,
    until it is compacted.
    """

    deliveries: int = 0
    issues: int = 0
    whole: bool = False
    stuck: bool = False


def untidy(engine: Engine, *, before: datetime) -> list[Old]:
    """Issues made before, whose deliveries are to be thinned out."""
    with engine.begin() as conn:
        return store.old_issues(conn, before)


def tidy(engine: Engine, *, before: datetime, pause: Callable[[], bool]) -> Tidied:
    """Thin out the settled deliveries of issues that were made before, and give the space back.

    Issues, their figures, their letters and their articles stay, and so does all about people. `pause` is called between two
    steps, and lets others have their turn; True ends the work, which the next call takes up where it was left.
    """
    done = Tidied()
    for old in untidy(engine, before=before):
        done.issues += 1
        while True:
            with engine.begin() as conn:
                count = store.thin(conn, old.issue, limit=_DELIVERIES)
            done.deliveries += count
            if pause():
                return done
            if count < _DELIVERIES:
                break
    with engine.begin() as conn:
        done.stuck = not store.gives_space_back(conn)
    while store.give_space_back(engine, pages=_PAGES):
        if pause():
            return done
    store.shrink_file(engine)
    done.whole = True
    return done


class Housekeeping:
    """Tidies as `[store] keep` says, a part at each turn, so that no issue waits for long; then after an hour again."""

    def __init__(self, engine: Engine, site: Site, stop: threading.Event) -> None:
        self._engine, self._keep, self._stop = engine, site.store.keep, stop
        self._next: datetime | None = None

    def turn(self, *, now: datetime) -> int:
        """How many deliveries were thinned out."""
        if self._keep is None or (self._next and now < self._next):
            return 0
        steps = itertools.count(1)
        done = tidy(self._engine, before=now - self._keep, pause=lambda: self._stop.wait(REST) or next(steps) >= _STEPS)
        self._next = now + _EVERY if done.whole else None
        return done.deliveries
