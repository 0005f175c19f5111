"""Which folders hold dated articles: each a candidate, the likeliest first."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from feedpub.content.dialects.names import THEIRS, plain

ENDINGS = (".md", ".markdown", ".mdx", ".qmd", ".Rmd")
_PAPERS = {"readme", "_index", "license", "licence", "changelog", "contributing", "code_of_conduct", "security", "support"}
# Folders of articles by their names, and how much more such an article weighs than one in any folder.
_NAMES = dict.fromkeys(
    "posts post _articles articles article blog blogs news essays weblog writing writings journal entries".split(), 12
) | {"_posts": 50}
# What lies in these is seldom meant for readers.
_SELDOM = re.compile(
    r"(?:^|/)(?:tests?|__tests__|fixtures?|spec|e2e|examples?|themes?|archetypes|templates?|scaffolds|_?drafts?|legacy|"
    r"versioned_[^/]*|[^/]*_versioned_docs|i18n|test[-_][^/]*|[^/]*[-_]tests?|layouts|_layouts|_includes)(?=/)",
    re.IGNORECASE,
)
_FRONT = re.compile(
    r"\s*(?:---[^\n]*\n(?P<yaml>.*?)(?:\n---|\Z)|\+\+\+[^\n]*\n(?P<toml>.*?)(?:\n\+\+\+|\Z)|(?P<json>\{\s.*))", re.DOTALL
)
_KEY = re.compile(r"""^[ \t]*["']?(?P<name>[A-Za-z][\w.-]*)["']?[ \t]*[:=][ \t]*(?P<value>\S.*)$""", re.MULTILINE)
_HEADER = re.compile(r"(?:[A-Za-z][\w-]*:[^\n]*\n)+")
_DATES = {plain(name) for name in ("publishedAt", *THEIRS["publishedAt"])}
_PLACES = {"permalink", "url", "path"}
_DAY = re.compile(r"(?:^|[/\"'\s])(?:19|20)\d\d[-_./]\d\d?[-_./]\d\d?(?:[-_/ .]|$)")
_DATED_FOLDER = re.compile(r"(?:19|20)\d\d(?:[-_.]\d\d?){0,2}|\d\d?")
_LANGUAGE = re.compile(r"\.([a-z]{2,3}(?:[-_][A-Za-z]{2,4})?)$")


class Candidate(NamedTuple):
    """A folder ("." for the root), how many dated articles lie in it, and their files."""

    folder: str
    dated: int
    files: tuple[str, ...]


def is_article_file(path: str) -> bool:
    """Whether the file may be an article by its name."""
    name = path.rpartition("/")[2]
    return name.endswith(ENDINGS) and name.partition(".")[0].lower() not in _PAPERS


def is_dated(path: str, head: str) -> bool:
    """Whether an article names its date: in its path, or in its front matter, of which `head` is the beginning."""
    if _DAY.search(path):
        return True
    front = _FRONT.match(head)
    fields = next(filter(None, front.groups()), "") if front else (header[0] if (header := _HEADER.match(head)) else "")
    for found in _KEY.finditer(fields):
        if plain(found["name"]) in _DATES and re.search(r"\d", found["value"]):
            return True
        if found["name"] in _PLACES and _DAY.search(found["value"]):
            return True
    return False


def candidates(dated: Iterable[str]) -> list[Candidate]:
    """The folders in which the files `dated` lie, the likeliest folder of articles first."""
    homes: dict[str, list[str]] = {}
    for path in dated:
        homes.setdefault(_home(path), []).append(path)
    # What lies inside a folder of articles is part of it.
    for folder in sorted(homes, key=len, reverse=True):
        outer = next((other for other in homes if other != folder and folder.startswith(f"{other}/") and _is_named(other)), None)
        if outer:
            homes[outer] += homes.pop(folder)
    found = [Candidate(folder or ".", len(files), tuple(sorted(files))) for folder, files in homes.items()]
    return sorted(found, key=lambda one: (-_weight(one), one.folder.count("/"), one.folder))


def pattern(found: Candidate, every: Iterable[str]) -> tuple[str, ...]:
    """What `articles` says to read the candidate's files: its folder, or globs. `every` has all files that may be articles."""
    start = "" if found.folder == "." else f"{found.folder}/"
    mine = [path for path in every if path.startswith(start)]
    endings = sorted({_ending(path) for path in found.files if not _is_source(path, found.files)}, key=ENDINGS.index)
    together = endings[0] if len(endings) == 1 else f".{{{','.join(ending[1:] for ending in endings)}}}"
    years = {path.partition("/")[0] for path in found.files}
    if found.folder == "." and all(re.fullmatch(r"(?:19|20)\d\d", year) for year in years):
        start = "[12][0-9][0-9][0-9]/"
    usual = set(endings) <= {".md", ".markdown"} and start != "[12][0-9][0-9][0-9]/"
    first = found.folder if usual else f"{start}**/*{together}"
    return (first, *(f"!{start}**/*.{language}.*" for language in _translations(mine)))


def _ending(path: str) -> str:
    return path[path.rindex(".") :]


def _is_source(path: str, files: Collection[str]) -> bool:
    """Whether the file is one of R or Quarto, and what was made of it lies beside it."""
    return path.endswith((".Rmd", ".qmd")) and f"{path[: path.rindex('.')]}.md" in files


def _translations(files: list[str]) -> list[str]:
    """The languages of files such as `post.fr.md` that lie beside a `post.md` or `post.en.md`."""
    stems = {path[: path.rindex(".")] for path in files}
    found: Counter[str] = Counter()
    for stem in stems:
        if (language := _LANGUAGE.search(stem)) and language[1] != "en":
            original = stem[: language.start()]
            found[language[1]] += original in stems or f"{original}.en" in stems
    return sorted(language for language, count in found.items() if count)


def _home(path: str) -> str:
    """The folder of articles in which the file lies: without folders of its date, and without a folder of its own."""
    *folders, name = path.split("/")
    if folders and name.partition(".")[0].lower() == "index":
        folders.pop()
    named = max((number for number, folder in enumerate(folders, 1) if _is_named(folder)), default=0)
    while len(folders) > named and _DATED_FOLDER.match(folders[-1]):
        folders.pop()
    return "/".join(folders[:named] if named else folders)


def _is_named(folder: str) -> bool:
    return folder.rpartition("/")[2].lower() in _NAMES


def _weight(found: Candidate) -> float:
    weight = float(found.dated * _NAMES.get(found.folder.rpartition("/")[2].lower(), 1))
    return weight / 100 if _SELDOM.search(f"{found.folder}/") else weight
