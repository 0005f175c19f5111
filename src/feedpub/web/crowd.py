"""How often one network, and all together, may ask for mails to be sent. The only file that knows the library that counts."""

import logging
import time
from collections.abc import Callable
from typing import Literal

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from feedpub.web.networks import network_of

Limit = Literal["network", "all"]
_log = logging.getLogger("feedpub.web")
_RATES = ("20 per hour", "60 per day")


class Crowd:
    """Counts by network, in memory: each process for itself, and anew after a start. What all ask for is counted in the
    database, and only told here."""

    def __init__(self, refused: Callable[[Limit], object] = lambda _: None) -> None:
        """`refused` is told of each request that is refused, and by which limit."""
        self._refused, self._told_at = refused, float("-inf")
        self._strategy = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._rates = [parse(rate) for rate in _RATES]

    def wait(self, client: str) -> int:
        """Count a request from the address `client`: 0 if it may go on, else the seconds after which it may."""
        network = network_of(client)
        for rate in self._rates:
            if not self._strategy.hit(rate, network):
                self._refused("network")
                return self._seconds(rate, network)
        return 0

    def flooded(self, most: int) -> int:
        """A request was refused as all networks together asked for `most` mails: the seconds after which it may be tried anew."""
        self._refused("all")
        if self._told_at + 3600 < (now := time.monotonic()):
            self._told_at = now
            _log.warning("Forms asked for %d mails within an hour, further ones are refused; see [web] mails_per_hour.", most)
        return 600

    def _seconds(self, rate: RateLimitItem, network: str) -> int:
        until = self._strategy.get_window_stats(rate, network).reset_time
        return max(1, round(until - time.time()))
