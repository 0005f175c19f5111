"""The shell that waits: APScheduler wakes it at each digest's slots and while deliveries wait; the ledger decides."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from feedpub.digest import next_slots
from feedpub.site import Digest

_PATIENCE = timedelta(minutes=1)


def run(digests: tuple[Digest, ...], work: Callable[[], None], stop: threading.Event) -> None:
    """Call `work` now, at every slot of `digests`, and each minute (for what waits), until `stop` is set.

    The clock only wakes: `work` asks the ledger what is due, so a slot that passed while nothing ran, or woke two
    schedulers, is one issue all the same. One call at a time.
    """
    scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1})
    turn = threading.Lock()

    def once() -> None:
        if not stop.is_set() and turn.acquire(blocking=False):
            try:
                work()
            finally:
                turn.release()

    def at_slot(digest: Digest) -> None:
        for slot in next_slots(digest, datetime.now(UTC)):
            scheduler.add_job(at_slot, "date", run_date=slot, args=[digest], id=digest.name, replace_existing=True)
        once()

    scheduler.start()
    for digest in digests:
        scheduler.add_job(at_slot, args=[digest], id=digest.name)
    scheduler.add_job(once, "interval", seconds=_PATIENCE.total_seconds(), id="what waits")
    while not stop.wait(0.5):
        pass
    # Waiting inside shutdown would hold a lock that a job which plans its next slot needs.
    scheduler.shutdown(wait=False)
    with turn:
        pass
