"""What an answer means for its delivery: sent, failed, or tried again later. Pure."""

import random
from datetime import datetime, timedelta

from feedpub.store import Outcome, status
from feedpub.transport import Accepted, Answer, Deferred, Refused

_FIRST_WAIT, _LONGEST_WAIT, _MOST_ATTEMPTS = timedelta(minutes=1), timedelta(hours=6), 20
_SPREAD = 0.3
# Nothing waits longer; what seems to was written by a clock that was ahead.
LONGEST_WAIT = _LONGEST_WAIT * (1 + _SPREAD) + timedelta(hours=1)


def outcome(answer: Answer, attempts: int, *, now: datetime, chance: random.Random) -> Outcome:
    """How an attempt ended that followed on `attempts` others. Waits grow from a minute to six hours, and are spread."""
    match answer:
        case Accepted():
            return Outcome("sent")
        case Refused(reason):
            return Outcome("failed", reason)
        case Deferred(reason, "relay") if status(reason):  # a reply, no lost connection: it is the run that waits
            return Outcome("queued", reason, now, counts=False)
        case Deferred(reason) if attempts + 1 >= _MOST_ATTEMPTS:
            return Outcome("failed", f"given up after {attempts + 1} attempts: {reason}")
        case Deferred(reason):
            wait = min(_FIRST_WAIT * 2**attempts, _LONGEST_WAIT) * chance.uniform(1 - _SPREAD, 1 + _SPREAD)
            return Outcome("queued", reason, now + wait)
