"""A folder of articles → their files and texts."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

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
    """The files of a site's articles by source; and what lies among them and is none, by source, with the reason."""

    files: list[SourceFile]
    passed_over: list[tuple[str, str]]


# Markdown by its usual names; and by those of tools that put more into it, which are read where a glob asks for them.
_USUAL, _BY_GLOB = (".md", ".markdown"), (".mdx", ".qmd", ".rmd", ".mdown", ".mkd", ".mkdn", ".mdoc", ".svx")
_NO_ARTICLE = {"readme", "_index"}
_PAPERS = {"license", "licence", "changelog", "contributing", "code_of_conduct", "security", "support"}


def article_files(root: Path, patterns: Iterable[str]) -> Listing:
    """The files that `patterns` name: folders, or globs, against `root`, and after an exclamation mark what to leave out.

    Of a folder these are all Markdown files below it. Names that start with a dot are passed over, and so are README.md,
    `_index.md`, LICENSE.md and its like without front matter, node_modules, and what is no file; linked folders are not
    entered. Raises FeedpubError when a folder isn't there or can't be read.
    """
    patterns = list(patterns)
    found: dict[str, SourceFile] = {}
    passed: dict[str, str] = {}
    for folder in dict.fromkeys(folder_of(pattern) for pattern in patterns if not pattern.startswith("!")):
        place = root / folder
        source = Path(os.path.relpath(place, root)).as_posix()
        if not place.is_dir():
            mend = "make it, or name the folder of your articles in feedpub.toml: [site] articles"
            raise FeedpubError([Problem(source, 0, "", "there is no such folder", mend)])
        mine = [pattern for pattern in patterns if not pattern.startswith("!") and folder_of(pattern) == folder]
        asked = None if folder in mine and len(patterns) == 1 else _asked(mine, patterns, folder, source)
        with clear_errors(place):
            for file in _found(str(place), "" if source == "." else f"{source}/", asked, passed):
                found.setdefault(file.source, file)
    return Listing(sorted(found.values()), sorted(passed.items()))


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


def _found(
    folder: str, prefix: str, asked: Callable[[str], bool] | None, passed: dict[str, str]
) -> Iterator[SourceFile]:  # fmt: skip
    waiting = [(folder, prefix)]
    while waiting:
        folder, prefix = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith("."):
                    continue
                lower = name.lower()
                if not lower.endswith((*_USUAL, *_BY_GLOB)) or entry.is_dir():
                    if entry.is_dir(follow_symlinks=False):
                        if name != "node_modules":
                            waiting.append((entry.path, f"{prefix}{name}/"))
                        else:
                            passed[prefix + name] = "it holds what others wrote"
                    elif entry.is_dir():
                        passed[prefix + name] = "linked folders are not entered"
                elif asked(prefix + name) if asked else lower.endswith(_USUAL):
                    if entry.is_symlink() and not Path(entry.path).exists():
                        raise FeedpubError([Problem(prefix + name, 0, "", "is a link that leads nowhere", "mend or remove it")])
                    if not entry.is_file():
                        continue
                    stem = lower.partition(".")[0]
                    if stem in _NO_ARTICLE or (stem in _PAPERS and not _has_front_matter(entry.path)):
                        if stem != "_index" and _has_front_matter(entry.path):
                            passed[prefix + name] = "a readme is no article"
                    else:
                        yield SourceFile(prefix + name, entry.path, stamp_of(entry.stat()))
                elif lower.endswith(_BY_GLOB):
                    passed[prefix + name] = lower[lower.rfind(".") :]


def _has_front_matter(path: str) -> bool:
    try:
        with Path(path).open("rb") as file:
            return file.read(8).removeprefix(b"\xef\xbb\xbf").startswith((b"---", b"+++", b"{"))
    except OSError:
        return False


def is_there(path: Path, *, file: bool = False) -> bool:
    """Whether `path` exists (or, with `file`, is a file), as far as can be seen: a name too long for a disk is not there."""
    try:
        return path.is_file() if file else path.exists()
    except OSError:
        return False


def read_text(path: str | Path, *, source: str) -> str | Problem:
    """The text of a UTF-8 file, or why there is none."""
    data = read_bytes(path, source=source)
    return data if isinstance(data, Problem) else decoded(data, source=source)


def read_bytes(path: str | Path, *, source: str) -> bytes | Problem:
    """The bytes of a file, or why there are none."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        return refusal(error, source)


def decoded(data: bytes, *, source: str) -> str | Problem:
    """`data` as UTF-8 text, or where it is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Problem(source, line, "", f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8")
