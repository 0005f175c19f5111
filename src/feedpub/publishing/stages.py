"""What a build does many times over, as functions that a process of its own can do."""

import time
from collections.abc import Callable

import msgspec

from feedpub.cache import Known, Mark
from feedpub.content import examine_body, read, read_article, render_body
from feedpub.disk import SourceFile, decoded, hashed, read_bytes
from feedpub.errors import FeedpubError, Problem
from feedpub.model import Article
from feedpub.site import Site

# Seconds that each takes about, for an article of 8 KB and a document of 50 entries: docs/performance.md.
READING, RENDERING, WRITING = 0.0003, 0.004, 0.02
# Seconds of one processor after which an author should know that a body takes long.
_SLOW = 1.0

Outcome = Known | bytes | tuple[Problem, ...]


def read_files(site: Site, clock: int, bodies: bool, files: list[tuple[SourceFile, Known | None]]) -> list[Outcome]:
    """For each file, beside what is known of it: a Known with a mark of `clock`, encoded if it can be; or its Problems, with
    those of its body if `bodies`.
    """
    return [_read(site, file, known, clock, bodies) for file, known in files]


def _read(site: Site, file: SourceFile, known: Known | None, clock: int, bodies: bool) -> Outcome:
    data = read_bytes(file.path, source=file.source)
    if isinstance(data, Problem):
        return (data,)
    text, mark = hashed(data), Mark(file.stamp, clock)
    if known and known.text == text:
        found = Known(known.article, text, mark)
    else:
        article = read(decoded(data, source=file.source), file.source, site, file.commits, bodies=bodies)
        if isinstance(article, tuple):
            return article
        found = Known(msgspec.structs.replace(article, markdown=""), text, mark)
    try:
        return msgspec.msgpack.encode(found)
    except UnicodeEncodeError:  # the file's name is not UTF-8
        return found


def render_files(site: Site, files: list[tuple[SourceFile, bytes, dict[str, str]]]) -> list[tuple[bytes, bytes]]:
    """The Body of each file, and its Problems, encoded; the file is to have the hash beside it. Behind that stand the
    addresses of the articles that it mentions.

    Raises FeedpubError for a file that changed since it was read.
    """
    return [_rendered(site, *item) for item in files]


def examine_files(site: Site, files: list[tuple[SourceFile, bytes, dict[str, str]]]) -> list[bytes]:
    """What there is to tell of the body of each file, encoded; of the same items as render_files(), and with its error."""
    return [_examined(site, *item) for item in files]


def _examined(site: Site, file: SourceFile, text: bytes, addresses: dict[str, str]) -> bytes:
    article = _whole(site, file, text)
    begun = time.thread_time()
    found = examine_body(article, site, addresses)
    took = time.thread_time() - begun
    if took > _SLOW:
        what = f"it takes {took:.1f} seconds to make HTML of this text, and so does every build that it is new to"
        slow = Problem(article.source, article.body_line, "", what, "make several articles of it", "warning")
        found = msgspec.structs.replace(found, problems=(*found.problems, slow))
    return msgspec.msgpack.encode(found)


def _rendered(site: Site, file: SourceFile, text: bytes, addresses: dict[str, str]) -> tuple[bytes, bytes]:
    body = render_body(_whole(site, file, text), site, addresses)
    return msgspec.msgpack.encode(body), msgspec.msgpack.encode(body.problems)


def _whole(site: Site, file: SourceFile, text: bytes) -> Article:
    """The Article with its Markdown, out of the file that is to have the hash `text` still."""
    data = read_bytes(file.path, source=file.source)
    if isinstance(data, Problem):
        raise FeedpubError([data])
    if hashed(data) != text:
        raise FeedpubError([Problem(file.source, 0, "", "changed while the site was read", "try again")])
    source = file.source.encode("utf-8", "replace").decode()
    return read_article(str(decoded(data, source=file.source)), source, site, file.commits)


def draw(jobs: list[Callable[[], dict[str, bytes]]]) -> list[dict[str, bytes]]:
    """The files of each part of a publication."""
    return [job() for job in jobs]
