"""feedpub.toml → Site: everything the settings say, checked and frozen."""

import re
import string
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

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


def read_author(text: str) -> Author:
    """`Name <mail>` or a bare name. Raises ValueError when no name is left."""
    text = " ".join(text.split())
    found = re.fullmatch(r"(.*?)\s*<([^<>\s@]+@[^<>\s@]+)>", text)
    name, email = (found[1].strip('"'), found[2]) if found else (text, None)
    if not (name or email):
        raise ValueError('is empty; write a name, such as "Ada Lovelace"')
    return Author(name or str(email), email)


def web_url(text: str) -> str:
    """`text` if it is an absolute http(s) URL, its host in ASCII (RFC 3490). Raises ValueError otherwise."""
    try:
        parts = urlsplit(text.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or re.search(r"[\s\"<>\\^`{|}]", text.strip()):
        raise ValueError(f"{quoted(text)} is not a web address; write it whole, such as https://example.org/")
    if parts.username or parts.password:
        raise ValueError("holds a user name or password, and feeds are public; leave it out")
    return parts._replace(netloc=host + port).geturl()


def _base_url(text: str) -> str:
    url = web_url(text)
    if urlsplit(url).query or urlsplit(url).fragment:
        raise ValueError(f"{quoted(text)} has a query or fragment; write the address of a folder, such as https://example.org/")
    return url.rstrip("/")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{quoted(name)} is not a time zone; write a name such as Europe/Malta or UTC") from None


def _language(tag: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag):
        raise ValueError(f"{quoted(tag)} is not a language tag; write one of RFC 5646, such as en or pt-BR")
    return tag


def _tag_authority(text: str) -> str:
    if not re.fullmatch(r"tag:[A-Za-z0-9.-]+(@[A-Za-z0-9.-]+)?,\d{4}(-\d\d(-\d\d)?)?:[\w.:/-]*", text, re.ASCII):
        raise ValueError(
            f"{quoted(text)} is not the start of a tag URI (RFC 4151); "
            "write a domain and a year in which it was yours, such as tag:example.org,2025:"
        )
    return text


def _title(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise ValueError("is empty; write the site's name")
    return text


def _article_url(pattern: str) -> str:
    known = ("slug", "category", "year", "month", "day")
    try:
        names = [name for _, name, spec, conversion in string.Formatter().parse(pattern) if name is not None]
        plain = pattern.format(**dict.fromkeys(known, "x"))
    except (ValueError, KeyError, IndexError, AttributeError):
        names, plain = [], ""
    if not set(names) <= set(known) or "slug" not in names:
        raise ValueError(
            f"{quoted(pattern)} must hold {{slug}} and may hold {{category}}, {{year}}, {{month}}, {{day}}; "
            'write for example "/blog/{slug}/"'
        )
    if not plain.startswith("/"):
        web_url(plain)
    if re.search(r"[\s\"<>\\^`#]", plain):
        raise ValueError(f'{quoted(pattern)} holds a character that no address has; write for example "/blog/{{slug}}/"')
    return pattern


def _folder(text: str) -> str:
    if not text.strip() or any(ord(c) < 32 for c in text):
        raise ValueError(f'{quoted(text)} is not the name of a folder; write for example "articles"')
    return text


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
    "title": _title,
    "url": _base_url,
    "timezone": _zone,
    "language": _language,
    "author": read_author,
    "id": _tag_authority,
    "article_url": _article_url,
    "articles": _folder,
    "output": _folder,
}
_FEEDS_READERS: dict[str, Reader] = {"url": _base_url, "hub": web_url}
