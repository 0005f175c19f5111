"""A site as it is at one moment: its articles, its feeds, and what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Event

from feedpub.check import check
from feedpub.content import released
from feedpub.errors import FeedpubError, Problem
from feedpub.feed import Planned, newest_first, sound_feeds
from feedpub.loading import SETTINGS, T, load_articles, load_site
from feedpub.model import Article
from feedpub.site import Site


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. `articles` are newest first, drafts too; `feeds` are those of a build, without what is at fault.

    `site` is None while the settings were never readable; `stale` says that they are not now, and the rest is as it last
    was. `later` are the articles that wait for their time, by slug; from `until` on (aware) it is other ones. Until `checked`,
    the warnings of `problems` are those of the reading before.
    """

    number: int
    site: Site | None = None
    articles: tuple[Article, ...] = ()
    feeds: tuple[Planned, ...] = ()
    problems: tuple[Problem, ...] = ()
    later: frozenset[str] = frozenset()
    until: datetime | None = None
    stale: bool = False
    checked: bool = False
    by_source: dict[str, tuple[Problem, ...]] = field(default_factory=dict)

    @property
    def errors(self) -> int:
        """How many of the Problems stop a build."""
        return sum(problem.severity == "error" for problem in self.problems)


class Outdated(Exception):
    """A file changed while the site was checked: the check is given up."""


def read(folder: Path, last: Reading, *, now: datetime) -> Reading:
    """The site in `folder` at `now` (aware), without the slow half of what `check` finds; what can't be read is as in `last`."""
    number = last.number + 1
    try:
        site = load_site(folder)
        articles, problems = load_articles(folder, site)
        release = released((article for article in articles if not article.draft), now)
        feeds, collisions = sound_feeds(release.out, site)
    except FeedpubError as error:
        return _with(replace(last, number=number, stale=True, checked=True), error.problems)
    except Exception as error:  # a fault of ours must not end the page that an author writes beside
        return _with(replace(last, number=number, stale=True, checked=True), [_ours(error)])
    warnings = [problem for problem in last.problems if problem.severity == "warning"]
    later = frozenset(article.slug for article in release.later)
    reading = Reading(number, site, newest_first(articles), feeds, later=later, until=release.until)
    return _with(reading, [*problems, *collisions, *warnings])


def checked(folder: Path, reading: Reading, *, now: datetime, outdated: Event) -> Reading:
    """`reading` with everything that `check` finds. Raises Outdated soon after `outdated` is set."""

    def watchful(things: Iterable[T], label: str, length: int) -> Iterable[T]:
        for thing in things:
            if outdated.is_set():
                raise Outdated
            yield thing

    try:
        problems: Iterable[Problem] = check(folder, now=now, progress=watchful)[0]
    except FeedpubError as error:
        problems = error.problems
    except Outdated:
        raise
    except Exception as error:
        problems = [*reading.problems, _ours(error)]
    return _with(replace(reading, number=reading.number + 1, checked=True), problems)


def _with(reading: Reading, problems: Iterable[Problem]) -> Reading:
    found = tuple(sorted(set(problems), key=lambda problem: (problem.severity, problem)))
    by_source: dict[str, list[Problem]] = {}
    for problem in found:
        by_source.setdefault(problem.source, []).append(problem)
    return replace(reading, problems=found, by_source={source: tuple(some) for source, some in by_source.items()})


def _ours(error: Exception) -> Problem:
    what = f"feedpub itself failed here: {type(error).__name__}: {error}"
    return Problem(SETTINGS, 0, "", what, "feedpub check shows where; please report it")
