"""The shell that waits: it wakes at each digest's slots and while deliveries wait; the ledger decides."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from feedpub.digest import next_slots
from feedpub.site import Digest

# Seconds. Not to wait for a slot in one go is what keeps a clock that jumps from holding anything up.
_PATIENCE = 60.0


def run(digests: tuple[Digest, ...], work: Callable[[], None], stop: threading.Event) -> None:
    """Call `work` now, at every slot of `digests`, and each minute (for what waits), until `stop` is set.

    The clock only wakes: `work` asks the ledger what is due, so a slot that passed while nothing ran, or woke two
    schedulers, is one issue all the same. One call at a time.
    """
    while not stop.is_set():
        work()
        now = datetime.now(UTC)
        slots = (slot for digest in digests for slot in next_slots(digest, now))
        waits = [(slot - now).total_seconds() for slot in slots]
        stop.wait(min(_PATIENCE, *waits) if waits else _PATIENCE)
