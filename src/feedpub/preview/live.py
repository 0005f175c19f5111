"""The newest Reading of a site, kept so while its files change; and those who wait for the next."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from feedpub.preview.reading import Outdated, Reading, checked, read
from feedpub.watching import Watcher

_HEARTBEAT = 15.0
# So long a page rather waits for the whole than to be shown twice.
_PATIENCE = 0.4
_log = logging.getLogger("feedpub.preview")


class Live:
    """Follows the site in `folder`. `clock` tells the time, aware."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.folder, self.clock = folder, clock
        self._turn: datetime | None = None
        self._ended = threading.Event()
        # Before the first reading: what changes while it is read is news.
        self._watcher = Watcher(folder, stop=self._ended, tell=_log.warning)
        # Counted on from the time, so that a page that was opened before a restart knows it is old.
        self.reading = read(folder, Reading(int(clock().timestamp() * 1000)), now=clock())
        self._news = asyncio.Event()
        self._stop = asyncio.Event()
        self._outdated = threading.Event()

    async def follow(self) -> None:
        """Read anew whenever a file changes or an article's time comes, until `stop()`."""
        work = asyncio.create_task(self._check(self.reading))
        with self._watcher as watcher:
            while not self._stop.is_set():
                changed = await asyncio.to_thread(watcher.wait, due=self._is_due)
                if changed or self._is_due():
                    self._turn = self.reading.until
                    self._outdated.set()
                    await work
                    work = asyncio.create_task(self._renew())
        self._outdated.set()
        await work

    async def news(self, known: int) -> AsyncIterator[int | None]:
        """The number of each Reading that is not `known`, as soon as it is there; None now and then while nothing happens."""
        while not self._stop.is_set():
            if self.reading.number != known:
                known = self.reading.number
                yield known
                continue
            try:
                await asyncio.wait_for(self._news.wait(), _HEARTBEAT)
            except TimeoutError:
                yield None

    def stop(self) -> None:
        """End `follow()` and all `news()`."""
        self._stop.set()
        self._ended.set()
        self._news.set()
        self._outdated.set()

    def _is_due(self) -> bool:
        """Whether the time came from which on other articles are out, and it was not acted on yet."""
        until = self.reading.until
        return until is not None and until != self._turn and until <= self.clock()

    async def _renew(self) -> None:
        self._outdated.clear()
        await self._check(await asyncio.to_thread(read, self.folder, self.reading, now=self.clock()))

    async def _check(self, reading: Reading) -> None:
        """Publish `reading` as it is if checking it takes long, and then with what was found."""
        if not reading.checked:
            work = asyncio.to_thread(checked, self.folder, reading, now=self.clock(), outdated=self._outdated)
            check = asyncio.create_task(work)
            await asyncio.wait({check}, timeout=_PATIENCE)
            if not check.done():
                self._publish(reading)
            with suppress(Outdated):
                reading = await check
        self._publish(reading)

    def _publish(self, reading: Reading) -> None:
        if replace(reading, number=self.reading.number) == self.reading:
            return
        self.reading = reading
        self._news.set()
        self._news = asyncio.Event() if not self._stop.is_set() else self._news
