"""Articles → the parts of a publication: files that are made together, and what their bytes depend on."""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from typing import Any

import msgspec

from feedpub.content import absolute
from feedpub.feed.entry import entry, feed_id
from feedpub.feed.page import page_model
from feedpub.feed.plan import LISTS, Document, Planned
from feedpub.model import Article, Author, Body, Feed
from feedpub.site import Format, Site

FILES: dict[Format, str] = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
_UNSEEN = Body("", "")
Files = dict[str, bytes]
BodyOf = Callable[[Article], Body]


@dataclass(frozen=True, slots=True)
class Part:
    """Files of the output that are made together: a document in its formats, the lists, or the page.

    `articles` are those whose bodies it shows, and `fingerprint` is a hash of all that its bytes depend on. `draw` takes
    the bodies and returns the work that is left: a function without arguments, which another process can do.
    """

    paths: tuple[str, ...]
    fingerprint: bytes
    articles: tuple[Article, ...]
    draw: Callable[[BodyOf], Callable[[], Files]]


def publication(
    feeds: Sequence[Planned], site: Site, key_of: Callable[[Article], bytes], image_lengths: Mapping[str, int]
) -> tuple[Part, ...]:
    """Every part of the site, in the order in which they are to be written.

    That is: the documents that others point to first, so archives before feeds, feeds before lists, the pages last.
    `key_of` is a hash of an article's body, `image_lengths` has the octets of lead images by slug.
    """
    parts = [
        _document(planned, document, site, key_of, image_lengths)
        for planned in reversed(feeds)
        for document in planned.documents(site)
    ]
    languages = dict.fromkeys(feed.language for feed in reversed(feeds))
    tops = [_top([feed for feed in feeds if feed.language == language], site) for language in languages]
    return (*parts, *(part for top in tops for part in top))


def _top(feeds: Sequence[Planned], site: Site) -> Iterator[Part]:
    """The lists and the page of the feeds of one language."""
    formats, compress, root = [f for f in FILES if f in site.feeds.formats], site.feeds.compress, feeds[0].root
    if formats:
        named = [Planned(feed.place, feed.group, feed.name, ()) for feed in feeds]
        best = FILES["atom" if "atom" in formats else formats[0]]
        below = f"{site.feeds_url}/{root}".rstrip("/")
        facts = {
            "title": site.in_language(feeds[0].language).title,
            "url": f"{site.url}/{root}".rstrip("/"),
            "feeds_url": below,
            "file": best,
        }
        groups = {feed.group for feed in feeds}
        paths = [root + path for group, path in LISTS.items() if group in groups]
        yield _part(paths, compress, (named, facts), (), lambda _: partial(_lists, root, named, facts, compress))
    model = page_model(feeds, site, {f: FILES[f] for f in formats})
    yield _part([f"{root}index.html"], compress, model, (), lambda _: partial(_page, root, model, compress))


def _document(
    planned: Planned, document: Document, site: Site, key_of: Callable[[Article], bytes], image_lengths: Mapping[str, int]
) -> Part:
    formats, compress = [f for f in FILES if f in site.feeds.formats], site.feeds.compress

    def feed(body_of: BodyOf) -> Feed:
        return _feed(planned, document, site, body_of, image_lengths)

    def draw(body_of: BodyOf) -> Callable[[], Files]:
        return partial(_written, feed(body_of), document.folder, formats, compress)

    # A feed without its bodies, and a hash of each of these, is all that the documents say.
    seen = (feed(lambda _: _UNSEEN), [key_of(article) for article in document.articles], formats, site.feeds.content)
    return _part([document.folder + FILES[f] for f in formats], compress, seen, document.articles, draw)


def _part(
    paths: Sequence[str], compress: Sequence[str], seen: object, articles: tuple[Article, ...],
    draw: Callable[[BodyOf], Callable[[], Files]],
) -> Part:  # fmt: skip
    with_copies = (*paths, *(f"{path}.{suffix}" for path in paths for suffix in compress))
    return Part(with_copies, blake2b(msgspec.msgpack.encode((with_copies, seen)), digest_size=16).digest(), articles, draw)


# What follows is done in any process. The libraries are loaded there, as an unchanged feed needs none of them.


def _written(feed: Feed, folder: str, formats: Sequence[Format], compress: Sequence[str]) -> Files:
    from feedpub.feed.jsonfeed import json_feed
    from feedpub.feed.xml import atom, rss

    writers: dict[Format, Callable[[Feed, str], bytes]] = {"rss": rss, "atom": atom, "json": json_feed}
    return _with_copies({folder + FILES[f]: writers[f](feed, FILES[f]) for f in formats}, compress)


def _lists(root: str, named: Sequence[Planned], facts: Mapping[str, str], compress: Sequence[str]) -> Files:
    from feedpub.feed.opml import subscription_lists

    return _with_copies({root + name: data for name, data in subscription_lists(named, **facts).items()}, compress)


def _page(root: str, model: Mapping[str, Any], compress: Sequence[str]) -> Files:
    from feedpub.feed.page import index_page

    return _with_copies({f"{root}index.html": index_page(model)}, compress)


def _with_copies(files: Files, compress: Sequence[str]) -> Files:
    return files | {f"{path}.{suffix}": _COMPRESSORS[suffix](data) for path, data in files.items() for suffix in compress}


def _brotli(data: bytes) -> bytes:
    import brotli

    return bytes(brotli.compress(data, mode=brotli.MODE_TEXT))


_COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {"gz": lambda data: gzip.compress(data, mtime=0), "br": _brotli}


def _feed(planned: Planned, document: Document, site: Site, body_of: BodyOf, image_lengths: Mapping[str, int]) -> Feed:
    entries = tuple(
        entry(article, body_of(article), site, image_length=image_lengths.get(article.slug)) for article in document.articles
    )
    base = f"{site.feeds_url}/"
    everything = planned.group == "all"
    site = site.in_language(planned.language)
    return Feed(
        base=base + document.folder,
        id=feed_id(document.folder, site),
        title=site.title if everything else f"{site.title}: {planned.name}",
        description=(site.description or site.title) if everything else f"{planned.name}, from {site.title}",
        link=f"{site.url}/{planned.root}" if everything else f"{base}{planned.root}#{planned.anchor}",
        language=site.language,
        author=site.author or Author(site.title),
        updated=max((e.updated for e in entries), default=_birth(site)),
        entries=entries,
        hub=None if document.archive else site.feeds.hub,
        image=absolute(site.feeds.image, f"{site.url}/", site.strip_params) if site.feeds.image else None,
        archive=document.archive,
        complete=document.complete,
        previous=base + document.previous if document.previous else None,
        current=base + planned.folder if document.archive else None,
        translations=() if document.archive else tuple((tag, base + folder) for tag, folder in planned.translations),
    )


def _birth(site: Site) -> datetime:
    """When an empty feed was updated: at the date in the site's tag authority. No build reads a clock."""
    date = site.authority.partition(",")[2].partition(":")[0]
    year, month, day = (*map(int, date.split("-")), 1, 1)[:3]
    return datetime(year, month, day, tzinfo=UTC)
