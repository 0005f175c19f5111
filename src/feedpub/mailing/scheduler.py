"""The shell that waits: APScheduler wakes at each digest's slots, a minute's pause for what waits; the ledger decides."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from feedpub.digest import next_slots
from feedpub.site import Digest

# Seconds, by no clock that can be set.
_PATIENCE = 60.0


def run(digests: tuple[Digest, ...], work: Callable[[], None], stop: threading.Event) -> None:
    """Call `work` now, at every slot of `digests`, and each minute (for what waits), until `stop` is set.

    The clock only wakes: `work` asks the ledger what is due, so a slot that passed while nothing ran, or woke two
    schedulers, is one issue all the same. One call at a time. After a clock was set back, slots are planned anew: those that
    were planned by the wrong one would come late.
    """
    scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1})
    turn = threading.Lock()

    def once() -> None:
        with turn:
            if not stop.is_set():
                work()

    def at_slot(digest: Digest) -> None:
        plan(digest, datetime.now(UTC))
        once()

    def plan(digest: Digest, now: datetime) -> None:
        for slot in next_slots(digest, now):
            scheduler.add_job(at_slot, "date", run_date=slot, args=[digest], id=digest.name, replace_existing=True)

    scheduler.start()
    try:
        seen = datetime.now(UTC)
        for digest in digests:
            plan(digest, seen)
        once()
        while not stop.wait(_PATIENCE):
            before, seen = seen, datetime.now(UTC)
            if seen < before:
                for digest in digests:
                    plan(digest, seen)
            once()
    finally:
        # A job that fires while the threads end would find none; waiting inside would hold a lock that planning needs.
        scheduler.remove_all_jobs()
        scheduler.shutdown(wait=False)
        with turn:
            pass
