"""Articles → {path: bytes}: every file that a build publishes."""

import gzip
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

import brotli

from feedpub.content import absolute
from feedpub.feed.entry import entry, feed_id
from feedpub.feed.jsonfeed import json_feed
from feedpub.feed.opml import subscription_lists
from feedpub.feed.page import index_page
from feedpub.feed.plan import Document, Planned
from feedpub.feed.xml import atom, rss
from feedpub.model import Article, Author, Body, Feed
from feedpub.site import Format, Site

FILES: dict[Format, str] = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
_WRITERS: dict[Format, Callable[[Feed, str], bytes]] = {"rss": rss, "atom": atom, "json": json_feed}


def publication(
    feeds: Iterable[Planned], site: Site, body_of: Callable[[Article], Body], image_lengths: Mapping[str, int]
) -> dict[str, bytes]:
    """Every file of the site, keyed by its path in the output folder, in the order in which they are to be written.

    That is: the documents that others point to first, so archives before feeds, feeds before lists, the page last.
    `body_of` renders a body (it is asked only for articles that stand in a document); `image_lengths` has octets by slug.
    """
    feeds = tuple(feeds)
    formats = [f for f in FILES if f in site.feeds.formats]
    tree: dict[str, bytes] = {}
    for planned in reversed(feeds):
        for document in planned.documents(site):
            feed = _feed(planned, document, site, body_of, image_lengths)
            tree |= {document.folder + FILES[f]: _WRITERS[f](feed, FILES[f]) for f in formats}
    if formats:
        best = FILES["atom" if "atom" in formats else formats[0]]
        tree |= subscription_lists(feeds, site, best)
    tree["index.html"] = index_page(feeds, site, {f: FILES[f] for f in formats})
    compressed = {f"{path}.{suffix}": _COMPRESSORS[suffix](data) for path, data in tree.items() for suffix in site.feeds.compress}
    return tree | compressed


def _feed(
    planned: Planned, document: Document, site: Site, body_of: Callable[[Article], Body], image_lengths: Mapping[str, int]
) -> Feed:
    entries = tuple(
        entry(article, body_of(article), site, image_length=image_lengths.get(article.slug)) for article in document.articles
    )
    base = f"{site.feeds_url}/"
    everything = planned.group == "all"
    return Feed(
        base=base + document.folder,
        id=feed_id(document.folder, site),
        title=site.title if everything else f"{site.title}: {planned.name}",
        description=(site.description or site.title) if everything else f"{planned.name}, from {site.title}",
        link=f"{site.url}/" if everything else f"{base}#{planned.anchor}",
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
    )


def _birth(site: Site) -> datetime:
    """When an empty feed was updated: at the date in the site's tag authority. No build reads a clock."""
    date = site.authority.partition(",")[2].partition(":")[0]
    year, month, day = (*map(int, date.split("-")), 1, 1)[:3]
    return datetime(year, month, day, tzinfo=UTC)


_COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "br": lambda data: bytes(brotli.compress(data, mode=brotli.MODE_TEXT)),
}
