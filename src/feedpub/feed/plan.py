"""Which feeds exist, which documents each has, and which articles stand in each document."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    """A feed to be: its folder, what it holds, and all its articles, newest first."""

    folder: str
    group: Literal["all", "category", "tag", "author"]
    name: str
    articles: tuple[Article, ...]

    @property
    def anchor(self) -> str:
        """The feed's place on the page: its folder, which no other feed has (`tag/x` is a fragment too)."""
        return self.folder.strip("/")

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
    """Every feed of the site, that of all articles first; and a Problem for each category whose slug is
    taken, and each article whose id is.

    A category without an article has no feed; the feed of all articles is there also when it is empty.
    """
    ordered = newest_first(articles)
    problems = tuple(_same_ids(ordered, site))
    feeds = [Planned("", "all", "Everything", ordered)]
    for group in dict.fromkeys(site.feeds.by):
        categories, more = grouped(ordered, group, site)
        problems += more
        root = "" if group == "category" else f"{group}/"
        feeds += [Planned(f"{root}{c.slug}/", group, c.name, c.articles) for c in categories]
    return tuple(feeds), problems


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
