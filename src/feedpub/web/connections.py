"""The connections of a process: nobody keeps others out by holding many, or by their silence."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from feedpub.web.networks import Networks, network_of

try:
    import resource
except ImportError:  # Windows, where sockets are not counted among files
    resource = None  # type: ignore[assignment]

OF_A_NETWORK = 100
_OF_ALL = 4096
# Files that a process needs for all else: its database, its post, its log.
_OTHER_FILES = 200
_log = logging.getLogger("feedpub.web")


class Connection(Protocol):
    """What is known of a connection here."""

    @property
    def is_awaited(self) -> bool:
        """Whether it is the client's turn."""
        ...

    def more_time(self) -> float:
        """Its time is over: the seconds that it is given more, or 0.0."""
        ...

    def end(self) -> None:
        """End it at once."""
        ...


class Connections:
    """Who comes when a network has its number, or the process, takes the place of who was silent longest; else they go."""

    def __init__(self, proxies: Iterable[str]) -> None:
        """`proxies` (networks) bring the clients of many networks: only the number of all holds for them."""
        self._proxies = Networks(proxies)
        self._networks: dict[Connection, str] = {}
        self._of: Counter[str] = Counter()
        # The end of each one's time, in the order in which they began to wait.
        self._ends: dict[Connection, float] = {}
        self._most = _room()
        self._told = False
        self._loop = asyncio.get_running_loop()
        self._watch: asyncio.TimerHandle | None = None

    def enter(self, one: Connection, client: str, seconds: float) -> bool:
        """Whether there is room for a connection of the address `client`, which has so many seconds to say something."""
        network = "" if self._proxies.holds(client) else network_of(client)
        if network and self._of[network] >= OF_A_NETWORK:
            self._tell()
            if not self._end_one(network):
                return False
        if len(self._networks) >= self._most and not self._end_one(None):
            return False
        self._networks[one] = network
        self._of[network] += 1
        self.begin(one, seconds)
        if self._watch is None:
            self._watch = self._loop.call_later(1.0, self._look)
        return True

    def leave(self, one: Connection) -> None:
        """It ended; asked twice, it is the same."""
        network = self._networks.pop(one, None)
        self._ends.pop(one, None)
        if network is not None:
            self._of[network] -= 1
            if not self._of[network]:
                del self._of[network]

    def begin(self, one: Connection, seconds: float) -> None:
        """It waits for a request from now on, for so long."""
        if one in self._networks:
            self._ends.pop(one, None)
            self._ends[one] = self._loop.time() + seconds

    def give(self, one: Connection, seconds: float) -> None:
        """So many seconds from now, where it stands in the order."""
        if one in self._ends:
            self._ends[one] = self._loop.time() + seconds

    def _end_one(self, network: str | None) -> bool:
        """End the one that was silent longest, of a network or of all; whether there was one."""
        for one in self._ends:
            if one.is_awaited and (network is None or self._networks[one] == network):
                self.leave(one)
                one.end()
                return True
        return False

    def _look(self) -> None:
        """Once a second: whose time is over."""
        now = self._loop.time()
        for one in [one for one, end in self._ends.items() if end < now]:
            if seconds := one.more_time():
                self._ends[one] = now + seconds
            else:
                self.leave(one)
                one.end()
        self._watch = self._loop.call_later(1.0, self._look) if self._networks else None

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            _log.warning("A network holds %d connections; a proxy of yours belongs into [web] trusted_proxies.", OF_A_NETWORK)


def _room() -> int:
    """How many connections this process can have: as many files as the system lets it open, less some."""
    if resource is None:
        return _OF_ALL
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OF_ALL + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return _OF_ALL if soft == resource.RLIM_INFINITY else max(32, min(_OF_ALL, soft - _OTHER_FILES))
