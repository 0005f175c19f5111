"""What a build does many times over, as functions that a process of its own can do."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import msgspec

from feedpub.cache import Known
from feedpub.content import read, read_article, render_body
from feedpub.disk import SourceFile, Stamp, decoded, refusal
from feedpub.errors import FeedpubError, Problem
from feedpub.site import Site

# Seconds that each takes about, for an article of 8 KB and a document of 50 entries: docs/performance.md.
READING, RENDERING, WRITING = 0.0003, 0.004, 0.02

# Nanoseconds between two ticks of a file system's clock: Linux has 4 or 10 ms, FAT two seconds.
TICK = 2_000_000_000

Outcome = Known | bytes | tuple[Problem, ...] | None


def read_files(site: Site, files: list[tuple[SourceFile, bytes]]) -> list[Outcome]:
    """For each file, beside the hash of its text as known: a Known, encoded; its Problems; None where the hash is the same."""
    return [_read(site, file, known) for file, known in files]


def _read(site: Site, file: SourceFile, known: bytes) -> Outcome:
    try:
        data = Path(file.path).read_bytes()
    except OSError as error:
        return (refusal(error, file.source),)
    if (text := hashed(data)) == known:
        return None
    article = read(decoded(data, source=file.source), file.source, site)
    if isinstance(article, tuple):
        return article
    found = Known(replace(article, markdown=""), text)
    try:
        return msgspec.msgpack.encode(found)
    except UnicodeEncodeError:  # the file's name is not UTF-8
        return found


def render_files(site: Site, files: list[tuple[SourceFile, bytes]]) -> list[tuple[bytes, bytes]]:
    """The Body of each file, and its Problems (b"" if there are none), encoded; the file is to have the hash beside it.

    Raises FeedpubError for a file that changed since it was read.
    """
    return [_rendered(site, file, text) for file, text in files]


def _rendered(site: Site, file: SourceFile, text: bytes) -> tuple[bytes, bytes]:
    try:
        data = Path(file.path).read_bytes()
    except OSError as error:
        raise FeedpubError([refusal(error, file.source)]) from error
    if hashed(data) != text:
        raise FeedpubError([Problem(file.source, 0, "", "changed while the site was built", "build again")])
    source = file.source.encode("utf-8", "replace").decode()
    body = render_body(read_article(str(decoded(data, source=file.source)), source, site), site)
    return msgspec.msgpack.encode(body), msgspec.msgpack.encode(body.problems) if body.problems else b""


def draw(jobs: list[Callable[[], dict[str, bytes]]]) -> list[dict[str, bytes]]:
    """The files of each part of a publication."""
    return [job() for job in jobs]


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
