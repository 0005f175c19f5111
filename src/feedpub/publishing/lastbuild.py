"""Whether anything changed since the last build: then there is nothing to do, and nothing of ours to load."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import msgspec

from feedpub.cache import Cache
from feedpub.disk import MANIFEST, SourceFile, Stamp, hash_of_file, hashed, is_settled, is_sound, stamp
from feedpub.errors import Problem
from feedpub.loading import image_lengths


class FeedCount(msgspec.Struct, frozen=True, array_like=True):
    """A feed's folder, how many articles it has, and whether these are all of a language."""

    folder: str
    articles: int
    everything: bool = False


class Wait(msgspec.Struct, frozen=True, array_like=True):
    """How many articles wait for their time, and when the next comes; what is out stays so from `since` until `until`.

    All times are aware; `clock` says whether the build had one.
    """

    later: int = 0
    next: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    clock: bool = False

    def shown_in(self, zone: ZoneInfo) -> Self:
        """The same with its times as clocks in `zone` show them: what was kept comes back in UTC."""
        return msgspec.structs.replace(self, next=self.next.astimezone(zone)) if self.next else self

    def holds(self, now: datetime | None) -> bool:
        """Whether the same articles are out at `now`."""
        if now is None or not self.clock:
            return self.clock == (now is not None)
        return (self.since is None or self.since <= now) and (self.until is None or now < self.until)


class LastBuild(msgspec.Struct, frozen=True, array_like=True):
    """What a build without Problems saw and did.

    `key` is a hash of its settings and of the stamps of its articles; `files` has the stamps of the files it left in the
    output folder, `images` the lengths of lead images, by path in the site (None: not there); `unsettled` has the hash of each
    file that its stamp alone does not vouch for.
    """

    key: bytes
    files: dict[str, Stamp]
    images: dict[str, int | None]
    unsettled: dict[str, tuple[Stamp, bytes]]
    feeds: tuple[FeedCount, ...]
    drafts: int
    warnings: tuple[Problem, ...]
    wait: Wait


def key(settings: str, files: Iterable[SourceFile], output: Path, *, drafts: bool, future: bool) -> bytes:
    """A hash of all that a build reads, as far as stamps tell, and of where it writes."""
    seen = (settings, str(output.absolute()), drafts, future, [(file.source, file.stamp, file.commits) for file in files])
    try:
        return hashed(msgspec.msgpack.encode(seen))
    except UnicodeEncodeError:  # the name of a file is not UTF-8
        return hashed(repr(seen).encode("utf-8", "surrogatepass"))


def recall(cache: Cache, key: bytes, folder: Path, output: Path, now: datetime | None) -> LastBuild | None:
    """The last build, if this one would do the same again and all that it wrote is still there."""
    last = cache.get("about", b"last", LastBuild)
    if last is None or last.key != key or not last.wait.holds(now):
        return None
    stands = all(stamp(output / path) == seen for path, seen in last.files.items())
    if not stands or not is_sound(output, last.files) or image_lengths(folder, last.images) != last.images:
        return None
    if any(hash_of_file(path) != hash for path, (_, hash) in last.unsettled.items()):
        return None
    if last.unsettled:
        left = {path: seen for path, seen in last.unsettled.items() if not is_settled(seen[0], cache.clock)}
        _save(cache, msgspec.structs.replace(last, unsettled=left))
    return last


def remember(
    cache: Cache, key: bytes, output: Path, stamps: Mapping[str, Stamp], images: Mapping[str, int | None],
    unsettled: Mapping[str, tuple[Stamp, bytes]], done: tuple[Sequence[FeedCount], int, Iterable[Problem], Wait],
) -> None:  # fmt: skip
    """Keep what this build saw and did, for recall()."""
    feeds, drafts, warnings, wait = done
    files = dict(stamps)
    if manifest := stamp(output / MANIFEST):
        files[MANIFEST] = manifest
    _save(cache, LastBuild(key, files, dict(images), dict(unsettled), tuple(feeds), drafts, tuple(warnings), wait))


def _save(cache: Cache, last: LastBuild) -> None:
    try:
        cache.save(("about", {b"last": msgspec.msgpack.encode(last)}, ()))
    except UnicodeEncodeError:  # a path that is not UTF-8
        cache.save(("about", {}, [b"last"]))
