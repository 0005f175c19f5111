"""feedpub.toml → Site: everything the settings say, checked and frozen."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from feedpub import readers
from feedpub.errors import FeedpubError, Problem, quoted
from feedpub.languages import Language, plain_tag, read_languages
from feedpub.mail import Mail, Positive, read_mail
from feedpub.model import Author
from feedpub.settings import Reader, Settings
from feedpub.tables import folder_of, read_authors, read_categories, read_fields, read_redirects, refuse_patterns

Format = Literal["rss", "atom", "json"]
Group = Literal["category", "tag", "author"]


class Feeds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table [feeds]."""

    formats: Annotated[tuple[Format, ...], msgspec.Meta(min_length=1)] = ("rss", "atom", "json")
    limit: Positive = 50
    content: Literal["full", "summary"] = "full"
    by: tuple[Group, ...] = ("category",)
    url: str | None = None
    hub: str | None = None
    image: str | None = None
    archive: bool = False
    compress: tuple[Literal["gz", "br"], ...] = ()


class Digest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"sender": "from"}):
    """A table [[digest]]: a recurring newsletter.

    In a Site, `title` and `timezone` are set: to the site's, where the table names none. `language` is one of [languages], or
    "" for the site's own. `lines` has the line of each setting in feedpub.toml. Without `max_age` the schedule decides:
    `digest.age_limit()` tells.
    """

    name: str
    sender: Author
    schedule: str
    title: str = ""
    timezone: ZoneInfo | None = None
    categories: tuple[str, ...] = ()
    language: str = ""
    featured_only: bool = True
    limit: Positive = 10
    min_articles: Positive = 1
    max_age: timedelta | None = None
    subject: str = "{{ lead.title }}"
    reply_to: Author | None = None
    postal_address: str = ""
    template: str | None = None
    accent: str = "#a3400f"
    logo: str | None = None
    archive_url: str | None = None
    plain_text_only: bool = False
    lines: dict[str, int] = {}

    def problem(self, setting: str, what: str, mend: str = "", *, warning: bool = False) -> Problem:
        """A Problem with one of this digest's settings, at its place in feedpub.toml."""
        line = self.lines.get(setting, self.lines.get("name", 1))
        return Problem("feedpub.toml", line, f"digest.{setting}", what, mend, "warning" if warning else "error")


class Store(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table [store]: where subscribers and the ledger are (SQLite: relative to feedpub.toml), and how long that is kept."""

    url: str = "sqlite:///feedpub.db"
    keep: timedelta | None = None


class Web(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table [web]: how `feedpub serve` faces the public. `max_age` is in seconds; `probes` is None for everybody."""

    url: str | None = None
    key_file: str = "feedpub.key"
    trusted_proxies: tuple[str, ...] = ("127.0.0.1",)
    probes: tuple[str, ...] | None = None
    form_origins: tuple[str, ...] = ()
    mails_per_hour: Positive = 500
    max_age: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 300
    archive: bool = True


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table [site], with the other tables in `feeds`, `categories`, `fields`, `authors`, `digests`, `store`, and so on.

    `url` and `feeds_url` end without a slash. `languages` are those beside its own, by tag. `fields` has further names of our
    fields, `authors` who an id is.
    `id` is the start of a tag URI (RFC 4151), "" where it is not set. `redirects` leads from old paths to new addresses, or
    to "gone". `ids` has the ids of articles that were published elsewhere before, by slug, and `shortcodes` the templates of
    the site's own tags, by name; both stand in files of their own.
    """

    title: str
    url: str
    description: str = ""
    language: str = "en"
    timezone: ZoneInfo = ZoneInfo("UTC")
    author: Author | None = None
    id: str = ""
    articles: str | tuple[str, ...] = "articles"
    authors_file: str | None = None
    date_from: Literal["git"] | None = None
    output: str = "public"
    article_url: str = "/blog/{slug}/"
    strip_params: tuple[str, ...] = ()
    assets: str | None = None
    feeds: Feeds = Feeds()
    languages: dict[str, Language] = {}
    categories: dict[str, str] = {}
    fields: dict[str, tuple[str, ...]] = {}
    authors: dict[str, Author] = {}
    redirects: dict[str, str] = {}
    ids: dict[str, str] = {}
    shortcodes: dict[str, str] = {}
    digests: tuple[Digest, ...] = ()
    store: Store = Store()
    mail: Mail = Mail()
    web: Web = Web()

    @property
    def article_patterns(self) -> tuple[str, ...]:
        """`articles` as a list: folders, globs, and globs after an exclamation mark for what they leave out."""
        return (self.articles,) if isinstance(self.articles, str) else self.articles

    @property
    def article_folders(self) -> tuple[str, ...]:
        """The folders below which all articles lie, relative to the site's own."""
        return tuple(dict.fromkeys(folder_of(pattern) for pattern in self.article_patterns if not pattern.startswith("!")))

    def in_language(self, tag: str) -> "Site":
        """The site as it speaks in the language `tag` of [languages], or in its own for ""."""
        if not tag:
            return self
        language = self.languages[tag]
        title, description = language.title or self.title, language.description or self.description
        return msgspec.structs.replace(self, language=tag, title=title, description=description)

    def root_of(self, tag: str) -> str:
        """The folder of a language's feeds in the output, ending in a slash; "" of the site's own."""
        return f"{self.languages[tag].folder}/" if tag else ""

    @property
    def feeds_url(self) -> str:
        """Where the output folder is reachable."""
        return self.feeds.url or self.url

    @property
    def web_url(self) -> str:
        """Where `feedpub serve` is reachable: the start of every link in a mail that leads to a page of ours."""
        return self.web.url or self.feeds_url

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
    categories = read_categories(settings, tables.get("categories", {}))
    fields = read_fields(settings, tables.get("fields", {}))
    authors = read_authors(settings, tables.get("authors", {}))
    redirects = read_redirects(settings, tables.get("redirects", {}))
    if not isinstance(tables.get("site"), dict):
        settings.problem("site", None, "the table [site] is missing", "write [site], and under it title and url")
        raise FeedpubError(settings.problems)
    site = settings.read(Site, tables["site"], path="site", readers=_SITE_READERS, skip=_OTHER_TABLES)
    own = site.language if site else "en"
    languages = read_languages(settings, tables.get("languages", {}), own, categories.values())
    digests = _digests(settings, tables.get("digest", []), site, languages)
    store = settings.read(Store, tables.get("store", {}), path="store", readers=_STORE_READERS)
    mail = read_mail(settings)
    web = settings.read(Web, tables.get("web", {}), path="web", readers=_WEB_READERS)
    for name, reader in _WEB_LISTS.items() if web else ():
        for value in getattr(web, name) or ():
            try:
                reader(value)
            except ValueError as error:
                what, _, mend = str(error).partition("; ")
                settings.problem("web", name, what, mend)
    if site:
        refuse_patterns(settings, site.article_patterns)
    if site is None or feeds is None or store is None or mail is None or web is None or settings.problems:
        raise FeedpubError(settings.problems)
    return msgspec.structs.replace(
        site, feeds=feeds, languages=languages, categories=categories, fields=fields, authors=authors, redirects=redirects,
        digests=digests, store=store, mail=mail, web=web,
    )  # fmt: skip


def _digests(
    settings: Settings, tables: object, site: Site | None, languages: Mapping[str, Language]
) -> tuple[Digest, ...]:  # fmt: skip
    if not isinstance(tables, list):
        settings.problem("digest", None, "is one table of several", "write [[digest]], with two brackets")
        return ()
    digests: dict[str, Digest] = {}
    for index, table in enumerate(tables):
        digest = settings.read(Digest, table, path="digest", readers=_DIGEST_READERS, index=index, skip=("lines",))
        if digest is None:
            continue
        if digest.name in digests:
            settings.problem("digest", "name", f'"{digest.name}" is the name of two digests', "give each its own", index)
        if digest.min_articles > digest.limit:
            what = f"{digest.min_articles} is more than the limit, {digest.limit}, so there would never be an issue"
            settings.problem("digest", "min_articles", what, "lower it, or raise the limit", index)
        tags = {plain_tag(tag): tag for tag in languages} | ({plain_tag(site.language): ""} if site else {})
        if digest.language and plain_tag(digest.language) not in tags:
            what, mend = f"{quoted(digest.language)} is no language of this site", "name it in the table [languages] too"
            settings.problem("digest", "language", what, mend, index)
        language = tags.get(plain_tag(digest.language), "")
        title = languages[language].title if language else ""
        lines = {key: settings.line("digest", key, index) for key in ("name", *table)}
        digests[digest.name] = msgspec.structs.replace(
            digest,
            title=digest.title or title or (site.title if site else ""),
            language=language,
            timezone=digest.timezone or (site.timezone if site else None),
            lines=lines,
        )
    return tuple(digests.values())


_TABLES = {
    "site": Site,
    "feeds": Feeds,
    "languages": dict,
    "categories": dict,
    "fields": dict,
    "authors": dict,
    "redirects": dict,
    "digest": Digest,
    "store": Store,
    "mail": Mail,
    "web": Web,
}
_OTHER_TABLES = (
    "feeds",
    "languages",
    "categories",
    "fields",
    "authors",
    "redirects",
    "ids",
    "shortcodes",
    "digests",
    "store",
    "mail",
    "web",
)
_SITE_READERS: dict[str, Reader] = {
    "title": readers.read_title,
    "url": readers.read_base_url,
    "timezone": readers.read_zone,
    "language": readers.read_language,
    "author": readers.read_author,
    "id": readers.read_tag_authority,
    "article_url": readers.read_article_url,
    "assets": readers.read_base_url,
    "authors_file": readers.read_folder,
    "output": readers.read_folder,
}
_STORE_READERS: dict[str, Reader] = {"keep": readers.read_retention}
_WEB_LISTS: dict[str, Reader] = {
    "trusted_proxies": readers.read_network,
    "probes": readers.read_network,
    "form_origins": readers.read_origin,
}
_WEB_READERS: dict[str, Reader] = {"url": readers.read_base_url, "key_file": readers.read_folder}
_FEEDS_READERS: dict[str, Reader] = {"url": readers.read_base_url, "hub": readers.read_web_url}
_DIGEST_READERS: dict[str, Reader] = {
    "name": readers.read_name,
    "from": readers.read_mailbox,
    "reply_to": readers.read_mailbox,
    "schedule": readers.read_schedule,
    "timezone": readers.read_zone,
    "title": readers.read_title,
    "max_age": readers.read_age,
    "accent": readers.read_colour,
    "template": readers.read_folder,
    "logo": readers.read_picture,
    "archive_url": readers.read_issue_url,
}
