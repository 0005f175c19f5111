"""Published: the files of the output folder as Versions in memory, and how a new build takes the place of the old."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import msgspec

from feedpub.disk import MANIFEST
from feedpub.feed import FILES, FORMATS
from feedpub.web.context import Context
from feedpub.web.security import FILE_POLICY, page_policy
from feedpub.web.version import Version

try:
    import fcntl
except ImportError:  # Windows: a build there may be seen half
    fcntl = None  # type: ignore[assignment]

# Copies for servers that send files as they are; here each Version has its own.
_COPIES = (".gz", ".br")
# JSON has one encoding, so its media type has no parameter.
FEEDS = {file: FORMATS[form][1] + ("" if form == "json" else "; charset=utf-8") for form, file in FILES.items()}
_OTHERS = {".html": "text/html; charset=utf-8", ".opml": "text/x-opml; charset=utf-8"}
# What a look at the folder may raise: the disk refuses, or the manifest is damaged.
UNREADABLE = (OSError, ValueError, msgspec.MsgspecError)
_INTERVAL = 1.0
_Stamp = tuple[int, int, int, int]
_log = logging.getLogger("feedpub.web")


class _Manifest(msgspec.Struct):
    files: list[str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One build, whole: its Versions by address and by file, and what the disk said of all that the manifest lists."""

    versions: Mapping[str, Version] = field(default_factory=dict)
    files: Mapping[str, Version] = field(default_factory=dict)
    stamps: Mapping[str, _Stamp] = field(default_factory=dict)


class Published:
    """The newest Snapshot that could be read."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.snapshot = Snapshot()

    def look(self) -> frozenset[str]:
        """Read the folder anew if it changed; the files whose content did. Blocks: it is for a thread.

        A build that is being written holds a lock on the folder: what it leaves is read the next time. And so is a file of
        this very second: a later build in the same second would have the same Last-Modified, and readers that go by it
        would never see that build.
        """
        old, output = self.snapshot, self.context.output
        if old.stamps and _stamps(output, old.stamps) == old.stamps:
            return frozenset()
        with _reading(output) as free:
            if not free:
                return frozenset()
            listed = _listed(output)
            stamps = _stamps(output, (MANIFEST, *listed))
            names = [name for name in listed if _is_ours(output, name)]
            new = {name for name in names if name not in old.files or old.stamps.get(name) != stamps[name]}
            if any(stamps[name][0] // 10**9 == self._second() for name in new):
                return frozenset()
            contents = {name: (output / name).read_bytes() for name in new}
            if stamps != _stamps(output, stamps):  # someone who takes no lock is writing
                return frozenset()
        files = {name: self._version(name, contents.get(name), stamps[name], old) for name in names}
        versions = {address: version for name, version in files.items() for address in self._addresses(name)}
        self.snapshot = Snapshot(versions, files, stamps)
        return frozenset(name for name in new if old.files.get(name) is not files[name])

    async def watch(self, tell: Callable[[frozenset[str]], None]) -> None:
        """Look once a second, or more seldom where a look takes long, for ever; `tell` is given the files that changed."""
        failed = ""
        while True:
            began, before = time.perf_counter(), self.snapshot
            try:
                changed = await asyncio.to_thread(self.look)
                failed = ""
                if self.snapshot is not before:
                    tell(changed)
            except UNREADABLE as error:
                # What was read before is served on. It is told once, not every second.
                if failed != (failed := f"{type(error).__name__}: {error}"):
                    _log.warning("The output folder can't be read, its last build is served on: %s", failed)
            took = time.perf_counter() - began if self.snapshot is before else 0.0
            await asyncio.to_thread(self.pack, _INTERVAL)
            await asyncio.sleep(max(began + _INTERVAL - time.perf_counter(), 20 * took))

    def pack(self, seconds: float) -> None:
        """Compress what is not compressed yet, for about so long; the feeds of everything first. Blocks, too."""
        end = time.perf_counter() + seconds
        left = [(name.count("/"), name, version) for name, version in self.snapshot.files.items() if not version.is_packed]
        for _, _, version in sorted(left, key=lambda one: one[:2]):
            version.pack()
            if time.perf_counter() > end:
                return

    def _version(self, name: str, data: bytes | None, stamp: _Stamp, old: Snapshot) -> Version:
        if data is None:
            return old.files[name]
        context, file = self.context, PurePosixPath(name)
        kind = FEEDS.get(file.name) or _OTHERS.get(file.suffix, "application/octet-stream")
        policy = page_policy(data.decode("utf-8", "replace")) if file.suffix == ".html" else FILE_POLICY
        links = [f'<{context.site.feeds_url}/{name}>; rel="self"'] if file.name in FEEDS else []
        if self.is_pushed(name):
            links.append(f'<{context.site.feeds.hub}>; rel="hub"')
        before, latest = old.files.get(name), self._second() - 1
        # RFC 9110, 8.8.2.1: never later than the answer's Date, which lags by up to a second.
        modified = min(stamp[0] // 10**9, latest)
        if before and before.modified == modified:  # another content with the time of the last: what was set is not believed
            modified = latest
        version = Version(
            data,
            kind,
            modified=modified,
            read=latest + 1,
            policy=policy,
            cache=f"public, max-age={context.site.web.max_age}",
            link=", ".join(links),
            route=f"/{file.name}" if len(file.parts) == 1 else f"/{{folder}}/{file.name}",
        )
        return before if before and before.digest == version.digest else version

    def _second(self) -> int:
        return int(self.context.now().timestamp())

    def is_pushed(self, name: str) -> bool:
        """Whether a hub tells of this file: a feed that can be followed, and no archive page of one."""
        file = PurePosixPath(name)
        return bool(self.context.site.feeds.hub) and file.name in FEEDS and "archive" not in file.parts[:-1]

    def _addresses(self, name: str) -> Iterator[str]:
        """Where a file is reachable: a proxy may pass the path of our `url` on, or take it off."""
        for base in {"", self.context.base}:
            yield f"{base}/{name}"
            if name == "index.html" or name.endswith("/index.html"):
                yield f"{base}/{name.removesuffix('index.html')}"


def _listed(output: Path) -> list[str]:
    """The files of the manifest, without the compressed copies of others."""
    names = msgspec.json.decode((output / MANIFEST).read_bytes(), type=_Manifest).files
    known = set(names)
    return [name for name in names if not (name.endswith(_COPIES) and name.rpartition(".")[0] in known)]


def _is_ours(output: Path, name: str) -> bool:
    """Whether it is a file in the folder, and no way out of it."""
    path = output / name
    return ".." not in PurePosixPath(name).parts and path.resolve().is_relative_to(output.resolve()) and path.is_file()


def _stamps(output: Path, names: Iterable[str]) -> dict[str, _Stamp]:
    """What tells that a file changed; one that is not there has zeros, and may come."""
    found = {}
    for name in names:
        try:
            status = (output / name).stat()
            found[name] = (status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns)
        except (FileNotFoundError, NotADirectoryError):
            found[name] = (0, 0, 0, 0)
    return found


@contextmanager
def _reading(folder: Path) -> Iterator[bool]:
    """Whether no build writes into `folder` now; as long as this lasts, none begins to."""
    if fcntl is None:
        yield True
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield _is_free(handle)
    finally:
        os.close(handle)


def _is_free(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
