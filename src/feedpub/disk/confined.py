"""A site of a stranger: what of it may be read at all."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from feedpub.disk.listing import SourceFile
from feedpub.errors import FeedpubError, Problem

# Octets of an article, of all articles together; and how many articles.
_ARTICLE, _ALL, _MOST = 1_000_000, 100_000_000, 20_000


def lies_inside(root: Path, path: Path) -> bool:
    """Whether `path`, its links followed, is in `root`; and so whether it may be asked for at all."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a circle of links, or no name at all
        return False


def may_be_read(root: Path, sizes: Mapping[str, int]) -> None:
    """Raises FeedpubError if one of a stranger's files, by name, leads out of `root` or has more than so many kB."""
    problems = []
    for name, most in sizes.items():
        path = root / name
        if not lies_inside(root, path):
            problems.append(_outside(name))
        elif path.is_file() and (size := path.stat().st_size) > most * 1_000:
            problems.append(_too_large(name, size, most * 1_000))
    if problems:
        raise FeedpubError(problems)


def confined(root: Path, files: Iterable[SourceFile]) -> tuple[list[SourceFile], list[Problem]]:
    """Those of a stranger's `files` that are read: none that leads out of `root`, none too large, not too many."""
    kept: list[SourceFile] = []
    problems: list[Problem] = []
    left = _ALL
    for file in files:
        size = os.stat(file.path).st_size
        if not lies_inside(root, Path(file.path)):
            problems.append(_outside(file.source))
        elif size > _ARTICLE:
            problems.append(_too_large(file.source, size, _ARTICLE))
        elif size > left or len(kept) == _MOST:
            what = f"this article and all after it are not read: {_MOST:,} articles and {_ALL / 1e6:.0f} MB are the most"
            return kept, [*problems, Problem(file.source, 0, "", what, _MEND)]
        else:
            left -= size
            kept.append(file)
    return kept, problems


_MEND = "check it without --untrusted if you trust who wrote it"


def _outside(source: str) -> Problem:
    return Problem(source, 0, "", "leads out of the site, and is not read", _MEND)


def _too_large(source: str, size: int, most: int) -> Problem:
    return Problem(source, 0, "", f"has {size / 1000:,.0f} kB, and is not read: {most / 1000:,.0f} kB are the most", _MEND)
