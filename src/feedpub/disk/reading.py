"""A folder of articles → their files and texts."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from feedpub.disk.refusal import clear_errors, refusal
from feedpub.disk.stamps import Stamp, stamp_of
from feedpub.errors import FeedpubError, Problem


class SourceFile(NamedTuple):
    """A file of the site: as Problems name it, where it is, and its stamp."""

    source: str
    path: str
    stamp: Stamp


def article_files(folder: Path, *, source: str) -> list[SourceFile]:
    """Every Markdown file below `folder`, in the order of its source: `source`, a slash, and its path in the folder.

    Names that start with a dot are passed over, and so are README.md, node_modules, and what is no file; linked folders are
    not entered.
    Raises FeedpubError when the folder isn't there or can't be read.
    """
    if not folder.is_dir():
        mend = "make it, or name the folder of your articles in feedpub.toml: [site] articles"
        raise FeedpubError([Problem(source, 0, "", "there is no such folder", mend)])
    with clear_errors(folder):
        return sorted(_found(str(folder), "" if source == "." else f"{source}/"), key=lambda file: file.source)


def _found(folder: str, prefix: str) -> Iterator[SourceFile]:
    waiting = [(folder, prefix)]
    while waiting:
        folder, prefix = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith("."):
                    continue
                if not name.lower().endswith((".md", ".markdown")) or entry.is_dir():
                    if name != "node_modules" and entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, f"{prefix}{name}/"))
                elif name.lower() != "readme.md" and entry.is_file():
                    yield SourceFile(prefix + name, entry.path, stamp_of(entry.stat()))
                elif entry.is_symlink() and not Path(entry.path).exists():
                    raise FeedpubError([Problem(prefix + name, 0, "", "is a link that leads nowhere", "mend or remove it")])


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
