"""What the place of a file tells: the article's name and, where tools write one, its date."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from posixpath import normpath
from typing import NamedTuple

from feedpub.content.dialects.language import without_language

_CENTURY = re.compile(r"[12]\d{3}")
_DAY = re.compile(r"(?:^|/)([12]\d{3})[-_./](\d{1,2})[-_./](\d{1,2})(?:[-_/ ](?P<rest>[^/].*)|$)")
_MONTH = re.compile(r"(?:^|/)((?:19|20)\d\d)/(\d\d)/[^/]")
_YEAR = re.compile(r"(?:^|/)((?:19|20)\d\d)/[^/]")


class Place(NamedTuple):
    """`path` is below the articles' folder, without ending and `/index`; `name` its last part, without a date before it.

    `day` is the date in the path as ISO 8601 writes it, or "".
    """

    path: str
    name: str
    day: str


def place(source: str, folders: Iterable[str], languages: Mapping[str, str] | None = None) -> Place:
    """The Place of the file `source`, a path in the site, where articles lie in `folders`; without what tells of `languages`.

    A file `name/index.md` is called `name`: Hugo's bundles, and folders that a web server would serve so.
    """
    path = _below(source, folders)
    path = path[: path.rfind(".")] if "." in path.rpartition("/")[2][1:] else path
    path = without_language(path, languages) if languages else path
    folder, _, last = path.rpartition("/")
    path = folder if folder and last.casefold() == "index" else path
    return Place(path, name_of(path), day_in(path))


def name_of(path: str) -> str:
    """The last part of `path`, a file without its ending, and without a date that stands before it."""
    last = path.rpartition("/")[2]
    rest = _day(path)[1]
    return rest if rest and "/" not in rest and last.endswith(rest) else last


def title_of(name: str) -> str:
    """A title made of a file's name, as Jekyll makes it: `slow-bread` is Slow bread. A name with blanks is one as it is."""
    words = name if " " in name else " ".join(re.split(r"[-_]+", name))
    return words[:1].upper() + words[1:]


def day_in(path: str) -> str:
    """The date that a path names, in its folders or before a name, as ISO 8601 writes it; "" if it names none."""
    return _day(path)[0]


def _below(source: str, folders: Iterable[str]) -> str:
    for start in _starts(tuple(folders)):
        if source.startswith(start):
            return source[len(start) :]
    return source


@lru_cache(maxsize=16)
def _starts(folders: tuple[str, ...]) -> list[str]:
    return [f"{normpath(folder)}/" for folder in sorted(folders, key=len, reverse=True)]


def _day(path: str) -> tuple[str, str]:
    """The date that the path names, and what stands behind it."""
    if not _CENTURY.search(path):
        return "", ""
    for pattern in (_DAY, _MONTH, _YEAR):
        for found in pattern.finditer(path):
            year, month, day = (*(int(part) for part in found.groups()[: _PARTS[pattern]]), 1, 1)[:3]
            try:
                return date(year, month, day).isoformat(), (found["rest"] or "") if pattern is _DAY else ""
            except ValueError:
                continue
    return "", ""


_PARTS = {_DAY: 3, _MONTH: 2, _YEAR: 1}
