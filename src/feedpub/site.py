"""feedpub.toml → Site: everything the settings say, checked and frozen."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from feedpub import readers
from feedpub.errors import FeedpubError, quoted
from feedpub.model import Author
from feedpub.settings import Reader, Settings

Format = Literal["rss", "atom", "json"]
Group = Literal["category", "tag", "author"]
Positive = Annotated[int, msgspec.Meta(ge=1)]

# A slug names a folder, on any file system: no dot (our files have one), no name that Windows reserves.
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
RESERVED = {"tag", "author", "archive", "con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}


class Feeds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table [feeds]."""

    formats: tuple[Format, ...] = ("rss", "atom", "json")
    limit: Positive = 50
    content: Literal["full", "summary"] = "full"
    by: tuple[Group, ...] = ("category",)
    url: str | None = None
    hub: str | None = None
    image: str | None = None
    archive: bool = False
    compress: tuple[Literal["gz", "br"], ...] = ()


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table [site], with the other tables in `feeds` and `categories`.

    `url` and `feeds_url` end without a slash. `id` is the start of a tag URI (RFC 4151), "" where it is not set.
    """

    title: str
    url: str
    description: str = ""
    language: str = "en"
    timezone: ZoneInfo = ZoneInfo("UTC")
    author: Author | None = None
    id: str = ""
    articles: str = "articles"
    output: str = "public"
    article_url: str = "/blog/{slug}/"
    strip_params: tuple[str, ...] = ()
    feeds: Feeds = Feeds()
    categories: dict[str, str] = {}

    @property
    def feeds_url(self) -> str:
        """Where the output folder is reachable."""
        return self.feeds.url or self.url

    @property
    def authority(self) -> str:
        """The start of every id: `id`, or one made of the host, with which every id changes when the site moves."""
        return self.id or f"tag:{urlsplit(self.url).hostname},2025:"


def read_site(text: str, source: str = "feedpub.toml") -> Site:
    """The Site that `text`, a feedpub.toml, describes.

    Raises FeedpubError with all Problems: unknown keys, wrong types, impossible values, each with its line.
    """
    settings = Settings(text, source)
    settings.unknown_tables(_TABLES)
    tables = settings.tables
    feeds = settings.read(Feeds, tables.get("feeds", {}), path="feeds", readers=_FEEDS_READERS)
    categories = _categories(settings, tables.get("categories", {}))
    if not isinstance(tables.get("site"), dict):
        settings.problem("site", None, "the table [site] is missing", "write [site], and under it title and url")
        raise FeedpubError(settings.problems)
    for name in ("feeds", "categories"):
        if name in tables["site"]:
            settings.problem("site", name, "is a table of its own", f"write [{name}]")
    site = settings.read(Site, tables["site"], path="site", readers=_SITE_READERS)
    if site is None or feeds is None or settings.problems:
        raise FeedpubError(settings.problems)
    return msgspec.structs.replace(site, feeds=feeds, categories=categories)


def _categories(settings: Settings, table: object) -> dict[str, str]:
    slugs: dict[str, str] = {}
    if not isinstance(table, dict):
        settings.problem("categories", None, "must be a table", "write [categories] on a line of its own")
        return {}
    owners: dict[str, str] = {}
    for name, slug in table.items():
        mend = f'write "{name}" = "a-slug"'
        if not isinstance(slug, str) or not SLUG.fullmatch(slug):
            settings.problem("categories", name, f"{quoted(slug)} is not a slug: letters a-z, digits, - and _", mend)
        elif slug.lower() in RESERVED:
            settings.problem("categories", name, f'"{slug}" is a name that feedpub or a file system keeps for itself', mend)
        elif slug.lower() in owners:
            settings.problem("categories", name, f'"{slug}" is the slug of "{owners[slug.lower()]}" already', mend)
        else:
            owners[slug.lower()] = name
            slugs[" ".join(name.split())] = slug
    return slugs


_TABLES = {"site": Site, "feeds": Feeds, "categories": dict}
_SITE_READERS: dict[str, Reader] = {
    "title": readers.read_title,
    "url": readers.read_base_url,
    "timezone": readers.read_zone,
    "language": readers.read_language,
    "author": readers.read_author,
    "id": readers.read_tag_authority,
    "article_url": readers.read_article_url,
    "articles": readers.read_folder,
    "output": readers.read_folder,
}
_FEEDS_READERS: dict[str, Reader] = {"url": readers.read_base_url, "hub": readers.read_web_url}
