"""The articles of a site, each with what is wrong with it: found, filtered and in pages."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from feedpub.errors import Problem
from feedpub.model import Article
from feedpub.preview.reading import Reading

Only = Literal["all", "problems", "drafts", "later"]
ONLY: tuple[Only, ...] = get_args(Only)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A file: its article, or None where it can't be read; and its Problems, errors first."""

    source: str
    article: Article | None
    problems: tuple[Problem, ...]

    @property
    def at_fault(self) -> bool:
        """Whether a build refuses it."""
        return any(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, of `pages`; `counts` has how many files each filter leaves, whatever is searched for."""

    rows: tuple[Row, ...]
    number: int
    pages: int
    found: int
    counts: dict[Only, int]


def page(reading: Reading, *, only: Only, search: str, number: int) -> Page:
    """Page `number` (from 1; a number too high is the last) of what `only` and `search` leave.

    What a build refuses stands first, then the newest article. Every word of `search` is to be in the title, the file's
    name, the category, a tag or an author's name, in any case.
    """
    rows = _rows(reading)
    of = {only: [row for row in rows if _belongs(row, only, reading.later)] for only in ONLY}
    words = search.casefold().split()
    found = [row for row in of[only] if all(word in _text(row) for word in words)] if words else of[only]
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(number, 1), pages)
    shown = tuple(found[(number - 1) * PAGE : number * PAGE])
    return Page(shown, number, pages, len(found), {name: len(some) for name, some in of.items()})


def elsewhere(reading: Reading) -> tuple[Problem, ...]:
    """Problems of no article: of the settings, the folder, a template; errors first."""
    sources = {row.source for row in _rows(reading)}
    return tuple(problem for problem in reading.problems if problem.source not in sources)


def _rows(reading: Reading) -> list[Row]:
    read = {article.source for article in reading.articles}
    unread = [
        Row(source, None, problems)
        for source, problems in reading.by_source.items()
        if source not in read and source.lower().endswith((".md", ".markdown"))
    ]
    rows = [Row(article.source, article, reading.by_source.get(article.source, ())) for article in reading.articles]
    return unread + [row for row in rows if row.at_fault] + [row for row in rows if not row.at_fault]


def _belongs(row: Row, only: Only, later: Collection[str]) -> bool:
    match only:
        case "all":
            return True
        case "problems":
            return bool(row.problems)
        case "drafts":
            return row.article is not None and row.article.draft
        case "later":
            return row.article is not None and row.article.slug in later


def _text(row: Row) -> str:
    article = row.article
    names = [article.title, article.category, *article.tags, *(author.name for author in article.authors)] if article else []
    return " ".join([row.source, *names]).casefold()
