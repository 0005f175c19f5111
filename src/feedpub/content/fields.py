"""Raw front matter → typed values. Every Problem is collected, none stops the reading."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from feedpub.content.text import clean, one_line
from feedpub.errors import Problem, quoted
from feedpub.model import Author
from feedpub.readers import read_author

T = TypeVar("T")
_DATE_MEND = "write 2025-11-11 or 2025-11-11T09:00:00+01:00"
INSTANT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d+))?)?[ \t]*(?:([Zz])|([+-])(\d{1,2})(?::?(\d\d))?)?)?",
    re.ASCII,
)
_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off", ""}
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")


class Fields:
    """Front matter of one file, read field by field; Problems gather in `problems`."""

    def __init__(
        self, raw: Mapping[str, object], lines: Mapping[str, int], source: str, written: Mapping[str, str] | None = None
    ) -> None:
        """`written` has what the file calls a field, where that is another name than ours."""
        self._raw, self._lines, self._source, self._written = raw, lines, source, written or {}
        self.problems: list[Problem] = []

    def title(self) -> str:
        """The title in one line; required."""
        if "title" not in self._raw:
            self._problem("title", "is missing", "write a line such as title: My first article")
            return ""
        title = self._text("title")
        if title is not None and not re.search(r"[^\s\u200b-\u200f\u2060\ufeff]", title):
            self._problem("title", "is empty", "write the article's title")
        return title or ""

    def text(self, name: str) -> str | None:
        """An optional field of plain text, in one line; None where it is missing, empty, `null` or `~`."""
        return self._text(name) if self._given(name) else None

    def slug(self, default: str) -> str:
        """The last part of the article's URL. Unicode is composed, as the same name comes decomposed from macOS."""
        slug = unicodedata.normalize("NFC", self.text("slug") or default)
        if clean(slug) != slug:
            self._problem("slug", "the file's name holds characters that are no text", "rename it, or write slug: a-slug")
            return ""
        if slug in (".", "..") or re.search(r"[/\\\x00-\x1f\x7f]", slug) or re.search("%[0-9A-Fa-f]{2}", slug):
            self._problem("slug", f"{quoted(slug)} would not be one part of an address", "leave out / \\ % and names of dots")
        elif len(slug.encode()) > 255:
            self._problem("slug", f"{quoted(slug)} is longer than 255 bytes", "write a shorter one")
        return slug

    def flag(self, name: str) -> bool:
        """An optional boolean, false by default."""
        value = (self.text(name) or "").lower()
        if value not in _TRUE | _FALSE:
            self._problem(name, f"{quoted(value)} is neither true nor false", f"write {name}: true")
        return value in _TRUE

    def instant(self, name: str, zone: ZoneInfo) -> datetime | None:
        """An aware datetime; a time without an offset, or a bare date (midnight), is one of `zone`."""
        if not self._given(name):
            return None
        value = self._raw[name]
        if not isinstance(value, str):
            self._not_text(name)
            return None
        return self._noted(name, partial(read_instant, value, zone))

    def published(self, zone: ZoneInfo) -> datetime:
        """publishedAt, required; with a Problem, some datetime."""
        if "publishedAt" not in self._raw or not self._given("publishedAt"):
            what = "is empty" if "publishedAt" in self._raw else "is missing"
            self._problem("publishedAt", what, "write a line such as publishedAt: 2025-11-11")
        return self.instant("publishedAt", zone) or datetime.fromtimestamp(0, UTC)

    def authors(self) -> tuple[Author, ...]:
        """The authors in the order given; () if none."""
        if not self._given("author"):
            return ()
        names = self._list("author", [str(self._raw["author"])])
        authors = (self._noted("author", partial(read_author, name)) for name in names if name)
        return tuple(author for author in authors if author)

    def names(self, name: str) -> tuple[str, ...]:
        """A list of strings, or a comma-separated string, each once, in the order given."""
        if not self._given(name):
            return ()
        once: dict[str, str] = {}
        for item in filter(None, self._list(name, str(self._raw[name]).split(","))):
            once.setdefault(item.casefold(), item)
        return tuple(once.values())

    def image(self) -> str | None:
        """The lead image: a web address, or a path against the article's address."""
        image = self.text("image")
        scheme = _SCHEME.match(image or "")
        if scheme and scheme[1].lower() not in ("http", "https"):
            self._problem("image", f'"{scheme[1]}:" is not the start of a web address', "write an https address or a path")
        return image

    def _given(self, name: str) -> bool:
        return self._raw.get(name, "") not in ("", "~", "null", [])

    def _text(self, name: str) -> str | None:
        value = self._raw[name]
        if isinstance(value, str):
            return _composed(value)
        self._not_text(name)
        return None

    def _list(self, name: str, otherwise: list[str]) -> list[str]:
        value = self._raw[name]
        if isinstance(value, str):
            return [_composed(item) for item in otherwise]
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return [_composed(item) for item in value]
        self._problem(name, "is not a list of names", f"write {name}: [one, two]")
        return []

    def _not_text(self, name: str) -> None:
        kind = "a list" if isinstance(self._raw[name], list) else "a mapping"
        more = "; put further ones into tags" if name == "category" else ""
        self._problem(name, f"is {kind}, not one value", f"write {name}: and the value on the same line{more}")

    def _noted(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except ValueError as error:
            what, _, mend = str(error).partition("; ")
            self._problem(name, what, mend)
            return None

    def _problem(self, name: str, what: str, mend: str) -> None:
        line = self._lines.get(name, min(self._lines.values(), default=1))
        self.problems.append(Problem(self._source, line, self._written.get(name, name), what, mend))


def _composed(text: str) -> str:
    """`text` in one line, its letters composed: `é` comes decomposed from macOS and out of PDF, and is the same to a reader."""
    line = one_line(clean(text))
    return line if line.isascii() else unicodedata.normalize("NFC", line)


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """The aware datetime that `text` names: an ISO 8601 date, or a date and a time with or without an offset.

    Without an offset it is a time of `zone`; of a time that comes twice when clocks go back, the first. A bare date is
    the first instant of its day, also where clocks skip midnight. Raises ValueError("what; mend").
    """
    found = INSTANT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{quoted(text)} is not a date; {_DATE_MEND}")
    year, month, day, hour, minute, second, fraction, zulu, sign, offset_hours, offset_minutes = found.groups()
    offset = "+00:00" if zulu else f"{sign}{int(offset_hours):02}:{offset_minutes or '00'}" if sign else ""
    iso = (
        f"{year}-{int(month):02}-{int(day):02}T{int(hour or 0):02}:{minute or '00'}:{second or '00'}"
        f".{(fraction or '0')[:6]:0<6}{offset}"
    )
    try:
        moment = datetime.fromisoformat(iso)
        aware = moment if offset else moment.replace(tzinfo=zone)
        utc = aware.astimezone(UTC)
        back = utc.astimezone(zone).replace(tzinfo=None)
        if not 1000 <= utc.year <= 9998:
            raise OverflowError
    except OverflowError:
        raise ValueError(f"{quoted(text)} is out of range; write a year from 1000 to 9998") from None
    except ValueError as error:
        reason = "" if "offset" in str(error) else f" ({error})"
        raise ValueError(f"{quoted(text)} is not a date{reason}; {_DATE_MEND}") from None
    if not offset and hour is not None and back != moment:
        raise ValueError(
            f"{quoted(text)} does not exist in {zone.key}, where clocks skip that hour; "
            f"write {back:%H:%M}, or an offset such as {text.strip()}{_offset(aware)}"
        )
    return aware


def _offset(moment: datetime) -> str:
    """`+01:00`"""
    text = moment.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
