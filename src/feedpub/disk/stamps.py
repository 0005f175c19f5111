"""What tells, without reading it, that a file is the same; and the hash that tells it for sure."""

import os
from hashlib import blake2b
from pathlib import Path

# Size, times of the last change of bytes and of anything (ns), device and number of a file. The second time can't be set
# back by a program, so no change goes unseen that came later than the clock's tick.
Stamp = tuple[int, int, int, int, int]
# Nanoseconds between two ticks of a file system's clock: Linux has 4 or 10 ms, FAT two seconds.
TICK = 2_000_000_000


def stamp(path: str | Path) -> Stamp | None:
    """The stamp of the file at `path`, or of the one it links to; None where there is none."""
    try:
        return stamp_of(os.stat(path))
    except (OSError, ValueError):
        return None


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp in what the system says of a file."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_dev, status.st_ino


def is_settled(stamp: Stamp, seen: int) -> bool:
    """Whether a file that bore `stamp` when the file system's clock was at `seen` can't have changed since and still bear it."""
    return max(stamp[1], stamp[2]) < seen - TICK


def hash_of_file(path: str | Path) -> bytes | None:
    """The hash of a file's bytes; None if it can't be read."""
    try:
        return hashed(Path(path).read_bytes())
    except OSError:
        return None


def hashed(data: bytes) -> bytes:
    """16 bytes by which `data` is known."""
    return blake2b(data, digest_size=16).digest()
