"""How many messages may be in flight: from one, more with each that is taken, down to one when the relay wants less. Pure.

So a server that refuses everybody refuses one message at a time, and one that allows few connections is asked for one more
only when all before it work.
"""

# Between two attempts at a relay that wants less, in seconds. After the last the run ends, and the ledger remembers the rest.
_PAUSES = (1.0, 2.0)


class Throttle:
    """Counts what is in flight. `limit` is the most there may be; `generation` counts the rests."""

    def __init__(self, limit: int) -> None:
        self.limit, self.allowed, self.generation = limit, 1, 0
        self._pauses = iter(_PAUSES)

    def accepted(self) -> None:
        """A message was taken."""
        self.allowed = min(self.allowed + 1, self.limit)
        self._pauses = iter(_PAUSES)

    def lower(self, limit: int) -> None:
        """There may be no more than `limit` from now on."""
        self.limit = max(1, limit)
        self.allowed = min(self.allowed, self.limit)

    def pause(self, generation: int) -> float | None:
        """For how many seconds to rest, because a message of `generation` was answered so; 0 if that rest was taken already,
        None if it is time to give up.
        """
        if generation < self.generation:
            return 0.0
        self.generation += 1
        self.allowed = 1
        return next(self._pauses, None)
