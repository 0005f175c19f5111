"""Settings on trial: the articles are read as a build would, and what does not let a site build is settled or left out."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from feedpub.content import read_articles
from feedpub.disk import Listing, read_text
from feedpub.errors import FeedpubError, Problem
from feedpub.loading import site_files
from feedpub.site import Site

# More files than these are not left out one by one: a person has to look at them.
_MOST_LEFT_OUT, _SHARE = 25, 0.1


@dataclass(frozen=True, slots=True)
class Trial:
    """`read` articles; files without a date and files with other Problems, both by source; whether git gives the dates."""

    read: int
    undated: tuple[str, ...] = ()
    faulty: tuple[Problem, ...] = ()
    by_git: bool = False


def trial(folder: Path, site: Site, *, git: bool) -> Trial:
    """What comes of reading the articles of `site`. With `git`, its dates are taken where more than half have none."""
    try:
        listing = site_files(folder, site)
    except FeedpubError as error:
        return Trial(0, faulty=error.problems)
    found = _read(listing, site)
    if git and len(found.undated) > found.read:
        dated = msgspec.structs.replace(site, date_from="git")
        try:
            by_git = _read(site_files(folder, dated), dated)
        except FeedpubError:
            return found
        if by_git.read > found.read:
            return replace(by_git, by_git=True)
    return found


def left_out(found: Trial, files: Iterable[str]) -> tuple[str, ...]:
    """Patterns that leave out what does not build: all files without a date, and others where they are few."""
    faulty = {problem.source for problem in found.faulty}
    bad = set(found.undated)
    if len(faulty) <= max(3, min(_MOST_LEFT_OUT, _SHARE * found.read)):
        bad |= faulty
    return tuple(f"!{name}" for name in _folded(bad, files))


def _read(listing: Listing, site: Site) -> Trial:
    texts = ((file.source, read_text(file.path, source=file.source), file.commits) for file in listing.files)
    articles, problems = read_articles(texts, site)
    by_source: dict[str, list[Problem]] = defaultdict(list)
    for problem in [*listing.unreadable, *(one for one in problems if one.severity == "error")]:
        by_source[problem.source].append(problem)
    undated = {source for source, some in by_source.items() if any(_is_undated(problem) for problem in some)}
    faulty = tuple(some[0] for source, some in sorted(by_source.items()) if source not in undated)
    return Trial(len(articles), tuple(sorted(undated)), faulty)


def _is_undated(problem: Problem) -> bool:
    return (problem.field == "publishedAt" and problem.what in ("is missing", "is empty")) or "front matter" in problem.what


def _folded(bad: set[str], files: Iterable[str]) -> list[str]:
    """The names of `bad`, or of a folder where all of its files are bad, as globs."""
    good = {folder for path in files if path not in bad for folder in _folders(path)}
    found = set()
    for path in bad:
        outer = next((folder for folder in _folders(path) if folder and folder not in good), None)
        found.add(f"{_plain(outer)}/**" if outer else _plain(path))
    return sorted(found)


def _plain(path: str) -> str:
    """`path` as a glob that means this path alone."""
    return re.sub(r"[][*?{}\\]", r"\\\g<0>", path)


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(len(parts) + 1)]
