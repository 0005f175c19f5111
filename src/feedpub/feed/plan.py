"""Which feeds exist, which documents each has, and which articles stand in each document."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from feedpub.errors import Problem, quoted
from feedpub.feed.category import grouped, newest_first
from feedpub.feed.entry import entry_id
from feedpub.model import Article
from feedpub.site import Format, Site

# The name of each format, and its media type.
FORMATS: dict[Format, tuple[str, str]] = {
    "rss": ("RSS", "application/rss+xml"),
    "atom": ("Atom", "application/atom+xml"),
    "json": ("JSON", "application/feed+json"),
}
HEADINGS = {"all": "Everything", "category": "By category", "tag": "By tag", "author": "By author"}
# One list for each way to subscribe: whoever follows "Everything" and a category reads each of its articles twice.
LISTS = {"all": "feeds.opml", "category": "categories.opml", "tag": "tags.opml", "author": "authors.opml"}


@dataclass(frozen=True, slots=True)
class Document:
    """One page of a feed: the folder of its files ("" or ending in /), and its articles, newest first."""

    folder: str
    articles: tuple[Article, ...]
    archive: bool = False
    complete: bool = False
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A feed to be: its folder, what it holds, and all its articles, newest first.

    `language` is one of [languages], or "" for the site's own; `root` the folder of all its feeds. `translations` has the tag
    and the folder of each feed that is this one in another language.
    """

    folder: str
    group: Literal["all", "category", "tag", "author"]
    name: str
    articles: tuple[Article, ...]
    language: str = ""
    root: str = ""
    translations: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """The folder, as seen from that of all feeds of its language."""
        return self.folder[len(self.root) :]

    @property
    def anchor(self) -> str:
        """The feed's place on the page: its folder there, which no other feed has (`tag/x` is a fragment too)."""
        return self.place.strip("/")

    def documents(self, site: Site) -> tuple[Document, ...]:
        """The subscription document, and with [feeds] archive the archive documents behind it (RFC 5005, section 4).

        Archive pages of `limit` articles are filled from the oldest, so a full page stays as it is when articles are
        added; no page names a next one, as that would change it. A feed that holds everything is complete (section 2).
        """
        limit, archive = site.feeds.limit, site.feeds.archive
        current = self.articles[:limit]
        if not archive or len(self.articles) <= limit:
            return (Document(self.folder, current, complete=archive),)
        oldest_first = self.articles[::-1]
        count = (len(self.articles) - 1) // limit
        pages = [
            Document(
                self._page(number),
                oldest_first[(number - 1) * limit : number * limit][::-1],
                archive=True,
                previous=self._page(number - 1) if number > 1 else None,
            )
            for number in range(1, count + 1)
        ]
        return (*pages, Document(self.folder, current, previous=self._page(count)))

    def _page(self, number: int) -> str:
        return f"{self.folder}archive/{number}/"


def sound_feeds(articles: Iterable[Article], site: Site) -> tuple[tuple[Planned, ...], tuple[Problem, ...]]:
    """planned_feeds() without the articles that have a Problem; and those Problems."""
    articles = tuple(articles)
    feeds, problems = planned_feeds(articles, site)
    if problems:
        refused = {problem.source for problem in problems}
        feeds, _ = planned_feeds([article for article in articles if article.source not in refused], site)
    return feeds, problems


def planned_feeds(articles: Iterable[Article], site: Site) -> tuple[tuple[Planned, ...], tuple[Problem, ...]]:
    """Every feed of the site, that of all articles first, and then those of each other language in the same way; and a
    Problem for each category whose slug is taken, and each article whose id is.

    A category without an article has no feed; the feed of all articles is there also when it is empty.
    """
    ordered = newest_first(articles)
    problems = tuple(_same_ids(ordered, site))
    feeds: list[Planned] = []
    for language in ("", *site.languages):
        mine, more = _in_language(tuple(one for one in ordered if one.language == language), language, site)
        feeds += mine
        problems += more
    return tuple(_translated(feeds, site) if site.languages else feeds), problems


def published(feeds: Iterable[Planned]) -> tuple[Article, ...]:
    """The articles that stand in `feeds`, all feeds of a site."""
    return tuple(article for feed in feeds if feed.group == "all" for article in feed.articles)


def _in_language(
    ordered: tuple[Article, ...], language: str, site: Site
) -> tuple[list[Planned], tuple[Problem, ...]]:  # fmt: skip
    top, problems = site.root_of(language), tuple[Problem, ...]()
    feeds = [Planned(top, "all", "Everything", ordered, language, top)]
    for group in dict.fromkeys(site.feeds.by):
        categories, more = grouped(ordered, group, site)
        problems += more
        root = "" if group == "category" else f"{group}/"
        feeds += [Planned(f"{top}{root}{c.slug}/", group, c.name, c.articles, language, top) for c in categories]
    return feeds, problems


def _translated(feeds: Iterable[Planned], site: Site) -> Iterator[Planned]:
    """`feeds`, each with those of the other languages that stand in the same place there: of the same tag, for example."""
    feeds = tuple(feeds)
    same: dict[str, list[Planned]] = {}
    for feed in feeds:
        same.setdefault(feed.place, []).append(feed)
    for feed in feeds:
        others = (other for other in same[feed.place] if other is not feed)
        yield replace(feed, translations=tuple((other.language or site.language, other.folder) for other in others))


def _same_ids(articles: Iterable[Article], site: Site) -> Iterator[Problem]:
    """Only ids from elsewhere can be those of two articles: no two have the same slug."""
    articles = tuple(articles)
    if not site.ids and not any(article.id for article in articles):
        return
    owners: dict[str, Article] = {}
    for article in reversed(articles):
        owner = owners.setdefault(entry_id(article, site), article)
        if owner is not article:
            field = next((name for name in ("guid", "id") if name in article.lines), "id")
            what = f"{quoted(entry_id(article, site))} is also the id of {owner.source}, and readers would see one article"
            yield Problem(article.source, article.lines.get(field, 1), field, what, "give each its own, or remove this one")
