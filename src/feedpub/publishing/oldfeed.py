"""An older feed of the same articles: its entries, in whatever format, and which article each is."""

import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from time import struct_time
from urllib.parse import unquote, urlsplit

from feedpub.content import article_url
from feedpub.errors import FeedpubError, Problem
from feedpub.model import Article
from feedpub.site import Site


@dataclass(frozen=True, slots=True)
class OldEntry:
    """An entry: its id, its address ("" if it has none), its title, and the day it was published, in UTC."""

    id: str
    url: str
    title: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Match:
    """Which article each entry is: ids by slug; how many were found by what; and the entries that no article is."""

    ids: dict[str, str]
    found: Counter[str]
    unmatched: tuple[OldEntry, ...]


def read_feed(data: bytes, source: str) -> list[OldEntry]:
    """The entries of an RSS, Atom or JSON feed. Raises FeedpubError if it is none, or has no entry with an id."""
    entries = [entry for entry in _json_entries(data) or _xml_entries(data) if entry.id]
    if not entries:
        mend = "name the file of an RSS, Atom or JSON feed"
        raise FeedpubError([Problem(source, 0, "", "no feed can be read in it that has entries with ids", mend)])
    return entries


def match(entries: Iterable[OldEntry], articles: Iterable[Article], site: Site) -> Match:
    """Find the article of each entry: by its address, by its path alone (a site may have moved), by title and date.

    An article may be an entry of several feeds; the first of them gives the id.
    """
    articles = tuple(articles)
    addresses = {article.slug: _address(article_url(article, site)) for article in articles}
    ways: tuple[tuple[str, Callable[[OldEntry], Hashable], dict[Hashable, Article]], ...] = (
        ("address", lambda entry: _address(entry.url), _unique((addresses[a.slug], a) for a in articles)),
        ("path", lambda entry: _path(entry.url), _unique((addresses[a.slug].partition("/")[2], a) for a in articles)),
        (
            "title and date",
            lambda entry: (_title(entry.title), entry.day),
            _unique(((_title(a.title), day), a) for a in articles for day in _days(a)),
        ),
    )
    ids: dict[str, str] = {}
    found = Counter[str]()
    left = list(dict.fromkeys(entries))
    for name, key_of, known in ways:
        unmatched = []
        for entry in left:
            article = known.get(key_of(entry))
            if article is None:
                unmatched.append(entry)
            elif ids.setdefault(article.slug, entry.id) == entry.id:
                found[name] += 1
        left = unmatched
    return Match(ids, found, tuple(left))


def _unique(pairs: Iterable[tuple[Hashable, Article]]) -> dict[Hashable, Article]:
    """The article of each key that is one article's alone."""
    owners: dict[Hashable, dict[str, Article]] = {}
    for key, article in pairs:
        owners.setdefault(key, {})[article.slug] = article
    return {key: next(iter(some.values())) for key, some in owners.items() if len(some) == 1 and key}


def _address(url: str) -> str:
    """Host and path as one page may be written: without scheme, `www.`, an ending, or a slash at the end."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = re.sub(r"/index\.html?$|\.html?$|/$", "", unquote(parts.path))
    return f"{(parts.hostname or '').removeprefix('www.')}{unicodedata.normalize('NFC', path).lower()}"


def _path(url: str) -> str:
    return _address(url).partition("/")[2]


def _title(text: str) -> str:
    """What spellings of one title share: entities, markup and white space make no difference."""
    plain = html.unescape(re.sub(r"<[^>]*>", "", html.unescape(text)))
    return " ".join(unicodedata.normalize("NFKC", plain).casefold().split())


def _days(article: Article) -> Iterator[date]:
    """The day of the article, and those beside it: feeds and files tell it in their own time zones."""
    day = article.published.astimezone(UTC).date()
    for shift in (0, -1, 1):
        with suppress(OverflowError):
            yield day + timedelta(days=shift)


def _json_entries(data: bytes) -> list[OldEntry]:
    try:
        items = json.loads(data)["items"]
        return [
            OldEntry(str(item.get("id") or ""), str(item.get("url") or ""), str(item.get("title") or ""), _json_day(item))
            for item in items
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _json_day(item: dict[str, object]) -> date | None:
    try:
        return datetime.fromisoformat(str(item.get("date_published"))).astimezone(UTC).date()
    except (ValueError, OverflowError):
        return None


def _xml_entries(data: bytes) -> list[OldEntry]:
    import feedparser  # of all that reads feeds the one that reads most; slow to load

    # Of bytes: a text could be taken for an address to ask.
    feed = feedparser.parse(BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    return [
        OldEntry(
            (entry.get("id") or entry.get("link") or "").strip(),
            (entry.get("link") or "").strip(),
            entry.get("title") or "",
            _day(entry.get("published_parsed") or entry.get("updated_parsed")),
        )
        for entry in feed.entries
    ]


def _day(parsed: struct_time | None) -> date | None:
    try:
        return date(*parsed[:3]) if parsed else None
    except ValueError:
        return None
