"""The newest Reading of a site, kept so while its files change; and those who wait for the next."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event

from watchfiles import Change, DefaultFilter, awatch
from watchfiles.main import FileChange

from feedpub.preview.reading import Outdated, Reading, checked, read
from feedpub.site import Site

_HEARTBEAT, _PAUSE = 15.0, 1.0
# So long a page rather waits for the whole than to be shown twice.
_PATIENCE = 0.4


class Live:
    """Follows the site in `folder`. `clock` tells the time, aware."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.folder, self.clock = folder, clock
        # Counted on from the time, so that a page that was opened before a restart knows it is old.
        self.reading = read(folder, Reading(int(clock().timestamp() * 1000)))
        self._news = asyncio.Event()
        self._stop = asyncio.Event()
        self._outdated = Event()

    async def follow(self) -> None:
        """Read anew whenever a file changes, until `stop()`; what can't be read, once a second until it can."""
        work = asyncio.create_task(self._check(self.reading))
        missed = False
        while not self._stop.is_set():
            state = self._state()
            try:
                async with aclosing(self._changes(state[1])) as changes:
                    async for changed in changes:
                        if not changed and self._state() != state:
                            break  # watch anew: other folders, or those that came back
                        if changed or missed or self.reading.stale:
                            missed = False
                            self._outdated.set()
                            await work
                            work = asyncio.create_task(self._renew())
            except Exception:  # the folder went away, the system watches no more, a name is no UTF-8: then look once a second
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), _PAUSE)
                await work
                work = asyncio.create_task(self._renew())
            missed = True
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
        self._news.set()
        self._outdated.set()

    def _state(self) -> tuple[bool, list[Path]]:
        return self.reading.stale, _watched(self.folder, self.reading.site)

    def _changes(self, watched: list[Path]) -> AsyncGenerator[set[FileChange], None]:
        """What changed in `watched`, as soon as it did; an empty set when nothing did for a while."""
        ours = _Filter(self.folder, self.reading.site)
        wait = int(_PAUSE * 1000)
        return awatch(*watched, watch_filter=ours, stop_event=self._stop, step=30, rust_timeout=wait, yield_on_timeout=True)

    async def _renew(self) -> None:
        self._outdated.clear()
        await self._check(await asyncio.to_thread(read, self.folder, self.reading))

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


def _watched(folder: Path, site: Site | None) -> list[Path]:
    """The site's folder, and that of its articles where it lies outside."""
    articles = (folder / site.articles).resolve() if site else folder.resolve()
    return sorted({folder.resolve(), *([articles] if articles.is_dir() else [])})


class _Filter(DefaultFilter):
    """Passes over what commands of ours write: the output, issues, the outbox, and the database, which reading touches too."""

    def __init__(self, folder: Path, site: Site | None) -> None:
        own = [folder / "issue", *([folder / site.output] if site else [])]
        if site and site.mail.url.startswith("maildir:"):
            own.append(folder / site.mail.url.removeprefix("maildir:"))
        super().__init__(ignore_paths=[path.resolve() for path in own if path.resolve() != folder.resolve()])
        database = site.store.url.partition(":///")[2] if site and site.store.url.startswith("sqlite") else "feedpub.db"
        self._database = os.path.abspath(folder.resolve() / database)

    def __call__(self, change: Change, path: str) -> bool:
        """Whether a change of the file at `path` is news."""
        return super().__call__(change, path) and not path.startswith(self._database)
