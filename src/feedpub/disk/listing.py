"""A folder of articles → their files; and what lies among them and is none."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from feedpub.disk.leftovers import left_by
from feedpub.disk.refusal import clear_errors, refusal
from feedpub.disk.stamps import Stamp, stamp_of
from feedpub.errors import FeedpubError, Problem
from feedpub.tables import folder_of, is_glob


class SourceFile(NamedTuple):
    """A file of the site: as Problems name it, where it is, and its stamp.

    `commits` has the times of its first and last commit, in seconds since 1970, where the settings ask git.
    """

    source: str
    path: str
    stamp: Stamp
    commits: tuple[int, int] | None = None


class Listing(NamedTuple):
    """The files of a site's articles by source; what lies among them and is none, by source, with the reason.

    `unreadable` are the Problems of what can't be read, `left_out` a warning for each copy that a program left behind.
    """

    files: list[SourceFile]
    passed_over: list[tuple[str, str]]
    unreadable: list[Problem]
    left_out: list[Problem]


# Markdown by its usual names; and by those of tools that put more into it, which are read where a glob asks for them.
_USUAL, _BY_GLOB = (".md", ".markdown"), (".mdx", ".qmd", ".rmd", ".mdown", ".mkd", ".mkdn", ".mdoc", ".svx")
_NO_ARTICLE = {"readme", "_index"}
_PAPERS = {"license", "licence", "changelog", "contributing", "code_of_conduct", "security", "support"}
_Asked = Callable[[str], bool] | None


def article_files(root: Path, patterns: Iterable[str]) -> Listing:
    """The files that `patterns` name: folders, or globs, against `root`, and after an exclamation mark what to leave out.

    Of a folder these are all Markdown files below it. Names that start with a dot are passed over, and so are README.md,
    `_index.md`, LICENSE.md and its like without front matter, node_modules, and what is no file; linked folders are not
    entered. Raises FeedpubError when a folder of `patterns` itself isn't there or can't be read.
    """
    patterns = list(patterns)
    search = _Search()
    for folder in dict.fromkeys(folder_of(pattern) for pattern in patterns if not pattern.startswith("!")):
        place = root / folder
        source = Path(os.path.relpath(place, root)).as_posix()
        if not place.is_dir():
            mend = "make it, or name the folder of your articles in feedpub.toml: [site] articles"
            raise FeedpubError([Problem(source, 0, "", "there is no such folder", mend)])
        mine = [pattern for pattern in patterns if not pattern.startswith("!") and folder_of(pattern) == folder]
        asked = None if folder in mine and len(patterns) == 1 else _asked(mine, patterns, folder, source)
        with clear_errors(place):
            entries = list(os.scandir(place))
        search.below(entries, "" if source == "." else f"{source}/", asked)
    return Listing(
        sorted(search.files.values()), sorted(search.passed.items()), sorted(search.unreadable), sorted(search.left_out)
    )


def _asked(mine: list[str], patterns: list[str], folder: str, source: str) -> Callable[[str], bool]:
    """Whether one of `mine`, the patterns for `folder`, names a file, and none of `patterns` leaves it out."""
    from wcmatch import glob

    def against_root(pattern: str) -> str:
        pattern = pattern.removeprefix("./").rstrip("/")
        return pattern if is_glob(pattern) else f"{pattern}{{,/**}}"  # a file, or all in a folder

    start = "" if source == "." else f"{source}/"
    wanted = [
        f"{start}{pattern.removeprefix(folder).lstrip('/')}" if is_glob(pattern) else f"{start}**/*{{.md,.markdown}}"
        for pattern in mine
    ]
    unwanted = [against_root(pattern[1:]) for pattern in patterns if pattern.startswith("!")]
    flags = glob.GLOBSTAR | glob.BRACE | glob.IGNORECASE | glob.DOTGLOB
    return lambda path: glob.globmatch(path, wanted, flags=flags, exclude=unwanted or None)


class _Search:
    """What was found so far. What the disk refuses of one file or folder is its own Problem, and the others are found."""

    def __init__(self) -> None:
        self.files: dict[str, SourceFile] = {}
        self.passed: dict[str, str] = {}
        self.unreadable: set[Problem] = set()
        self.left_out: set[Problem] = set()

    def below(self, entries: "list[os.DirEntry[str]]", prefix: str, asked: _Asked) -> None:
        """Look at `entries`, which lie in the folder `prefix`, and at all below them."""
        waiting = [(entries, prefix)]
        while waiting:
            entries, prefix = waiting.pop()
            names = {entry.name for entry in entries}
            for entry in entries:
                source = prefix + entry.name
                try:
                    if not entry.name.startswith(".") and self._is_folder(entry, source, names, asked):
                        waiting.append((list(os.scandir(entry.path)), f"{source}/"))
                except OSError as error:
                    self.unreadable.add(refusal(error, source))

    def _is_folder(self, entry: "os.DirEntry[str]", source: str, names: set[str], asked: _Asked) -> bool:
        """Whether `entry` is a folder to enter; a file is noted as what it is."""
        lower = entry.name.lower()
        article = lower.endswith((*_USUAL, *_BY_GLOB))
        nowhere = _leads_nowhere(entry) if entry.is_symlink() else ""
        if nowhere and article and _wanted(lower, source, asked):
            self.unreadable.add(Problem(source, 0, "", f"is {nowhere}", "mend or remove it"))
        elif nowhere:
            self.passed[source] = f"it is {nowhere}"
        elif not entry.is_dir():
            if article:
                self._note(entry, source, lower, names, asked)
        elif entry.is_symlink():
            self.passed[source] = "linked folders are not entered"
        elif entry.name == "node_modules":
            self.passed[source] = "it holds what others wrote"
        else:
            return True
        return False

    def _note(self, entry: "os.DirEntry[str]", source: str, lower: str, names: set[str], asked: _Asked) -> None:
        stem = lower.partition(".")[0]
        if not _wanted(lower, source, asked):
            if lower.endswith(_BY_GLOB):
                self.passed[source] = lower[lower.rfind(".") :]
        elif not entry.is_file():
            self.passed[source] = "it is no file"
        elif maker := left_by(entry.name, names):
            what, mend = f"is left out: it looks like {maker}", "delete it, or give it another name if it is an article"
            self.left_out.add(Problem(source, 0, "", what, mend, "warning"))
        elif stem not in _NO_ARTICLE and not (stem in _PAPERS and not _has_front_matter(entry.path)):
            self.files.setdefault(source, SourceFile(source, entry.path, stamp_of(entry.stat())))
        elif stem != "_index" and _has_front_matter(entry.path):
            self.passed[source] = "a readme is no article"


def _wanted(lower: str, source: str, asked: _Asked) -> bool:
    return asked(source) if asked else lower.endswith(_USUAL)


def _leads_nowhere(entry: "os.DirEntry[str]") -> str:
    """What is wrong with a link that leads to nothing, "" with one that leads somewhere."""
    try:
        os.stat(entry.path)
    except FileNotFoundError:
        return "a link that leads nowhere"
    except OSError as error:
        return f"a link that can't be followed: {(error.strerror or str(error)).lower()}"
    return ""


def _has_front_matter(path: str) -> bool:
    try:
        with Path(path).open("rb") as file:
            return file.read(8).removeprefix(b"\xef\xbb\xbf").startswith((b"---", b"+++", b"{"))
    except OSError:
        return False
