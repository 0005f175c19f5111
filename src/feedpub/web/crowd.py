"""How often one network may ask for mails to be sent. The only file that knows the library that counts."""

import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from feedpub.web.networks import network_of

_RATES = ("20 per hour", "60 per day")


class Crowd:
    """Counts by network, in memory: each process for itself, and anew after a start."""

    def __init__(self) -> None:
        self._strategy = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._rates = [parse(rate) for rate in _RATES]

    def wait(self, client: str) -> int:
        """Count a request from the address `client`: 0 if it may go on, else the seconds after which it may."""
        network = network_of(client)
        for rate in self._rates:
            if not self._strategy.hit(rate, network):
                return self._seconds(rate, network)
        return 0

    def _seconds(self, rate: RateLimitItem, network: str) -> int:
        until = self._strategy.get_window_stats(rate, network).reset_time
        return max(1, round(until - time.time()))
