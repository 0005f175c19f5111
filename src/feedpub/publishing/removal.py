"""What a build would take away from those who read what is published, and whether it may."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from feedpub.disk import Manifest
from feedpub.errors import Problem
from feedpub.feed import FILES, Planned

_FEW = 4


def emptied(before: Manifest, articles: int, output: Path) -> Iterator[Problem]:
    """A Problem where more than half of the articles that are published would go, of four or more.

    That is seldom meant: a volume was not mounted, a submodule not checked out, a setting names another folder.
    """
    published = before.articles or 0
    if published >= _FEW and articles * 2 < published:
        what = f"{published} articles are published here, and this build would leave {articles}"
        mend = "look whether all articles are there (feedpub check); if it is meant, say --allow-removal"
        yield Problem(str(output.absolute()), 0, "", what, mend)


def removed_feeds(before: Manifest, feeds: Iterable[Planned], output: Path) -> Iterator[Problem]:
    """A warning for each feed that is published and would be no more: somebody may follow it."""
    planned = {feed.folder for feed in feeds}
    folders = (
        f"{parent}/"
        for path in map(PurePosixPath, before.files)
        if path.name in FILES.values() and (parent := str(path.parent)) != "." and "archive" not in path.parts[:-1]
    )
    for folder in sorted({*folders} - planned):
        what = "no article stands in this feed any more, so it is removed; whoever follows it is told nothing"
        yield Problem(str((output / folder).absolute()), 0, "", what, "", "warning")
