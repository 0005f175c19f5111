"""A file of people, opened: bounded, unpacked, and decoded. A zip gives each of its lists."""

import codecs
import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TextIO

from feedpub.errors import FeedpubError, Problem
from feedpub.mailing.imports.states import of_file

MOST = 4_000_000_000
_MOST_UNPACKED, _MOST_LISTS, _RATIO = 2_000_000_000, 200, 100
_LISTS = (".csv", ".tsv", ".txt")
_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list: its name as a user sees it, its size in bytes, and a way to read it, as often as one likes."""

    name: str
    size: int
    _open: Callable[[], IO[bytes]]
    encoding: str

    @contextmanager
    def lines(self) -> Iterator[tuple[TextIO, Callable[[], int]]]:
        """Its text, and how many bytes of it were read so far."""
        with closing(self._open()) as raw:
            yield io.TextIOWrapper(raw, self.encoding, errors="replace", newline=""), raw.tell


def sheets(place: Path) -> list[Sheet]:
    """The lists in a file, those that say no first: who stands in two of them has left.

    Raises FeedpubError where it can't be read, has no end, is no text, or unpacks to more than one would send.
    """
    try:
        about = place.stat()
        if not stat.S_ISREG(about.st_mode):
            raise _refused(place, "is no file", "save what it gives as a file, and import that")
        if about.st_size > MOST:
            raise _refused(place, f"has more than {MOST // 1_000_000_000} GB", "import it in parts")
        with place.open("rb") as file:
            packed = file.read(4) == b"PK\x03\x04"
        if packed:
            return _unpacked(place)
        return [_sheet(str(place), about.st_size, lambda: place.open("rb"))]
    except OSError as error:
        raise _refused(place, f"can't be read: {error.strerror or error}") from error


def _unpacked(place: Path) -> list[Sheet]:
    try:
        archive = zipfile.ZipFile(place)
        entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise _refused(place, f"is a damaged zip: {error}", "download it again") from error
    if any(one.filename == "[Content_Types].xml" for one in entries):
        raise _refused(place, "is a workbook", "save its sheet as CSV, and import that")
    lists = [one for one in entries if one.filename.lower().endswith(_LISTS) and not _hidden(one.filename)]
    if not lists:
        raise _refused(place, "is a zip without a list", "it should hold files that end in .csv, .tsv or .txt")
    size, packed = sum(one.file_size for one in lists), sum(one.compress_size for one in lists)
    if len(lists) > _MOST_LISTS or size > _MOST_UNPACKED or (size > 50_000_000 and size > _RATIO * packed):
        raise _refused(place, f"unpacks to {len(lists):,} files of {size / 1_000_000:,.0f} MB", "unpack it, and import its lists")
    lists.sort(key=lambda one: (of_file(Path(one.filename).name) is None, one.filename))
    return [_sheet(f"{place}/{one.filename}", one.file_size, partial(archive.open, one)) for one in lists]


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _sheet(name: str, size: int, opened: Callable[[], IO[bytes]]) -> Sheet:
    """Read through once: an odd octet at the end, too, tells that it is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding = None
    try:
        with closing(opened()) as raw:
            head = raw.read(_CHUNK)
            encoding = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None) or _wide(head)
            while encoding is None and head:
                if b"\0" in head:
                    raise _refused(name, "is no text", "save it as CSV")
                decoder.decode(head)
                head = raw.read(_CHUNK)
            if encoding is None:
                decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        encoding = "cp1252"
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise _refused(name, f"can't be unpacked: {error}") from error
    return Sheet(name, size, opened, encoding or "utf-8")


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other octet of its first letters is none."""
    even, odd = head[:200:2], head[1:200:2]
    if len(odd) > 1 and odd.count(0) > len(odd) * 0.9 and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if len(odd) > 1 and even.count(0) > len(even) * 0.9 and not odd.count(0) else None


def _refused(place: Path | str, what: str, mend: str = "") -> FeedpubError:
    return FeedpubError([Problem(str(place), 0, "", what, mend)])
