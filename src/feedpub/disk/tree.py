"""A tree of files, written whole or not at all, under a manifest that names what is ours."""

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from feedpub.disk.manifest import MANIFEST, Manifest, encoded, leaves, read_manifest
from feedpub.disk.refusal import clear_errors
from feedpub.disk.stamps import Stamp, stamp
from feedpub.errors import FeedpubError, Problem

try:
    import fcntl
except ImportError:  # Windows: two builds at once are not kept apart there
    fcntl = None  # type: ignore[assignment]

_STAGING = ".feedpub-staging"
_COMPRESSED = (".gz", ".br")
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


@dataclass(frozen=True, slots=True)
class Changes:
    """What a write did, as paths in the output folder; and the stamp of each file that it left there.

    Not `locked` means that the file system gives no locks, so a second build at the same time was not kept away.
    """

    written: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    stamps: Mapping[str, Stamp]
    locked: bool = True


def write_tree(
    output: Path, paths: Sequence[str], made: Callable[[Mapping[str, Stamp | None]], Iterable[tuple[str, bytes | None]]],
    *, articles: int | None = None, until: datetime | None = None, adopt: bool = False,
) -> Changes:  # fmt: skip
    """Make the files that builds wrote in `output` those of `paths`, in that order; files of others are never touched.

    `made` is asked once no other build writes here: it gets the stamp of each file as it stands, and gives the bytes of each,
    or None for one that may stay. A manifest in the folder names the files that are ours, and tells how many `articles` they
    publish, and `until` when (aware) these are the right ones. All is first written beside its place, then renamed file by
    file, so that at any moment every file is whole, old or new. A file whose bytes are the same keeps its mtime. Raises
    FeedpubError, before anything changed, when `output` is a folder with files and no manifest (unless `adopt`), when a file
    would replace one that is not ours or pass a symlink, or when the disk refuses.
    """
    with clear_errors(output):
        if output.exists() and not output.is_dir():
            raise FeedpubError([Problem(str(output.absolute()), 0, "", "the output folder is a file", "choose a folder with -o")])
        output.mkdir(parents=True, exist_ok=True)
        with _locked(output) as locked:
            before = read_manifest(output, adopt=adopt)
            ours = set(before.files)
            _check_places(output, paths)
            staging = output / _STAGING
            _remove_staging(staging)  # of a build that was killed: we hold the lock
            try:
                changed = _staged(output, made({path: stamp(output / path) for path in paths}), ours)
                gone = sorted(ours.difference(paths))
                _check_rights(output, (*changed, *gone))
                after = Manifest(sorted(paths), articles, until)
                if changed or gone or after != before or not (output / MANIFEST).exists():
                    staging.mkdir(exist_ok=True)
                    _replace(output, before, after, changed, gone)
            finally:
                _remove_staging(staging)
            stamps = {path: seen for path in paths if (seen := stamp(output / path))}
            if lost := [path for path in paths if path not in stamps]:
                what = "was removed while the site was built"
                raise FeedpubError([Problem(str((output / path).absolute()), 0, "", what, "build again") for path in lost])
            removed = tuple(path for path in gone if not (output / path).exists())
            return Changes(tuple(sorted(changed)), tuple(sorted(set(paths).difference(changed))), removed, stamps, locked)


def is_sound(output: Path, paths: Iterable[str]) -> bool:
    """Whether no write to `output` was broken off, and none of its folders on the way to `paths` is a link."""
    folders = {parent for path in paths for parent in PurePosixPath(path).parents}
    return not (output / _STAGING).exists() and not any((output / name).is_symlink() for name in folders if name.parts)


def _staged(output: Path, files: Iterable[tuple[str, bytes | None]], ours: set[str]) -> list[str]:
    """The paths whose bytes are new; each file lies in the staging folder, under its number in this list."""
    changed: list[str] = []
    problems = []
    for path, data in files:
        place = output / path
        if data is None or _holds(place, data):
            continue
        if place.exists() and path not in ours:
            problems.append(_in_the_way(place, "was written by no build, and would be overwritten"))
            continue
        if not changed:
            (output / _STAGING).mkdir()
        (output / _STAGING / str(len(changed))).write_bytes(data)
        changed.append(path)
    if problems:
        raise FeedpubError(problems)
    return changed


def _replace(output: Path, before: Manifest, after: Manifest, changed: list[str], gone: list[str]) -> None:
    staging = output / _STAGING
    ours = set(before.files)
    # Killed below this line, the next build still knows every file as ours, and what was published until when.
    _write_manifest(output, staging, Manifest(sorted(ours.union(after.files)), before.articles, before.until))
    stale = {*changed, *gone}
    for number, path in enumerate(changed):
        place = output / path
        place.parent.mkdir(parents=True, exist_ok=True)
        # A compressed copy may be missing for a moment, but never be older than its file.
        for suffix in _COMPRESSED:
            if f"{path}{suffix}" in ours and f"{path}{suffix}" in stale:
                (output / f"{path}{suffix}").unlink(missing_ok=True)
        os.replace(staging / str(number), place)
    for path in gone:
        _remove(output, path)
    _write_manifest(output, staging, after)


def _remove(output: Path, path: str) -> None:
    place = output / path
    if leaves(path) or _passes_symlink(output, path) or place.is_symlink() or not place.is_file():
        return
    place.unlink()
    for parent in PurePosixPath(path).parents:
        if str(parent) == "." or any((output / parent).iterdir()):
            break
        (output / parent).rmdir()


def _write_manifest(output: Path, staging: Path, manifest: Manifest) -> None:
    (staging / MANIFEST).write_bytes(encoded(manifest))
    os.replace(staging / MANIFEST, output / MANIFEST)


def _check_places(output: Path, paths: Iterable[str]) -> None:
    problems = []
    for path in paths:
        place = output / path
        what = ""
        if leaves(path) or _passes_symlink(output, path):
            what = "leads out of the output folder, by a link or by its name"
        elif place.is_symlink():
            what = "is a link, and links are not written through"
        elif place.exists() and not place.is_file():
            what = "is a folder where a feed is to be"
        elif any((output / parent).exists() and not (output / parent).is_dir() for parent in PurePosixPath(path).parents):
            what = "needs a folder where something else is"
        if what:
            problems.append(_in_the_way(place, what))
    if problems:
        raise FeedpubError(problems)


def _in_the_way(place: Path, what: str) -> Problem:
    return Problem(str(place.absolute()), 0, "", what, "move it away, or choose another folder with -o")


def _check_rights(output: Path, paths: Iterable[str]) -> None:
    """Raises FeedpubError, before anything changed, where a folder would not let us replace or remove a file in it."""
    parents = {parent for path in paths if (parent := (output / path).parent).is_dir()}
    locked = sorted(parent for parent in parents if not os.access(parent, os.W_OK | os.X_OK))
    if locked:
        mend = "change its permissions, or choose another folder with -o"
        raise FeedpubError(
            [Problem(str(parent.absolute()), 0, "", "this folder may not be written to", mend) for parent in locked]
        )


def _passes_symlink(output: Path, path: str) -> bool:
    return any((output / parent).is_symlink() for parent in PurePosixPath(path).parents if str(parent) != ".")


def _holds(place: Path, data: bytes) -> bool:
    return place.is_file() and not place.is_symlink() and place.stat().st_size == len(data) and place.read_bytes() == data


def _remove_staging(staging: Path) -> None:
    if staging.is_symlink():
        staging.unlink()
    elif staging.exists():
        shutil.rmtree(staging)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """One build at a time in `folder`; a second waits. The lock ends with the process, however that ends.

    False where there are no locks: on Windows, and on some file systems of a network.
    """
    if fcntl is None:
        yield False
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            yield False
        else:
            yield True
    finally:
        os.close(handle)
