"""Dates as other tools and people write them → as ours are written. What two people would read as two days is refused."""

import re
from datetime import date, datetime

from feedpub.errors import quoted
from feedpub.readers import read_zone

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_YEAR, _NUMBER, _DAY = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
_ZONE = r"(?P<zone>Z|(?:GMT|UTC)?\s?[+-]\d{1,2}(?::?\d\d)?|[A-Z]{2,5}|[A-Z]+(?:/[A-Z_+-]+)+)?(?:\s*\([^()]*\))?"
_TIME = rf"(?:(?:,?\s+(?:at\s+)?|T){_CLOCK}\s*{_ZONE})?"

# Each names one day to everybody. In what C prints, the year stands behind the time.
_PATTERNS = [
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        rf"{_YEAR}[-/.]{_NUMBER}[-/.]{_DAY}{_TIME}",
        rf"{_YEAR}\s*年\s*{_NUMBER}\s*月\s*{_DAY}\s*日{_TIME}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+{_YEAR}{_TIME}",
        rf"{_WEEKDAY}{_DAY}(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}{_TIME}",
        rf"{_YEAR}[\s-]+{_MONTH}[\s-]+{_DAY}{_TIME}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+{_CLOCK}\s+(?:{_ZONE}\s+)?{_YEAR}",
    )
]
_NUMBERS = re.compile(rf"(?P<one>\d{{1,2}})(?P<sign>[-/.])(?P<two>\d{{1,2}})(?P=sign){_YEAR}{_TIME}", re.IGNORECASE | re.ASCII)
# RFC 5322, section 4.3, has more names, but CST, IST or BST are zones of several countries.
_ZONES = {
    "z": "+00:00", "utc": "+00:00", "gmt": "+00:00", "ut": "+00:00", "wet": "+00:00", "cet": "+01:00", "cest": "+02:00",
    "eet": "+02:00", "eest": "+03:00", "est": "-05:00", "edt": "-04:00", "cdt": "-05:00", "mst": "-07:00", "mdt": "-06:00",
    "pst": "-08:00", "pdt": "-07:00", "akst": "-09:00", "akdt": "-08:00", "hst": "-10:00", "jst": "+09:00", "kst": "+09:00",
    "aest": "+10:00", "aedt": "+11:00", "nzst": "+12:00", "nzdt": "+13:00",
}  # fmt: skip


def in_our_form(text: str, field: str, hint: str) -> str:
    """`text` as `2025-11-11 09:00:00+01:00`, where it names one moment or day to everybody; else as it is.

    Raises ValueError("what; mend") for `05/06/2024`, which has two readings, unless one is that of `hint` (the day in the
    file's path, or ""), and for a zone that several countries use. `field` is the name before the value in the lines that
    the mend shows.
    """
    typed = " ".join(text.split())
    for pattern in _PATTERNS:
        if found := pattern.fullmatch(typed):
            parts = found.groupdict()
            month = parts["month"]
            number = int(month) if month.isdecimal() else _MONTHS[month[:3].lower()]
            return _written(text, int(parts["year"]), number, int(parts["day"]), parts) or text
    if found := _NUMBERS.fullmatch(typed):
        parts = found.groupdict()
        year, one, two = (int(parts[name]) for name in ("year", "one", "two"))
        readings = {(one, two), (two, one)} if one <= 12 and two <= 12 else {(two, one)} if one > 12 else {(one, two)}
        written = sorted(filter(None, (_written(text, year, month, day, parts) for month, day in readings)))
        if len(written) > 1 and hint in {reading[:10] for reading in written}:
            return next(reading for reading in written if reading.startswith(hint))
        if len(written) > 1:
            lines = " or ".join(f"{field}: {reading}" for reading in written)
            raise ValueError(f"{quoted(text)} is one day to some and another to others; write {lines}")
        return written[0] if written else text
    return text


def _written(text: str, year: int, month: int, day: int, parts: dict[str, str | None]) -> str | None:
    try:
        written = date(year, month, day).isoformat()
        if parts["hour"] is None:
            return written
        hour = int(parts["hour"])
        if parts["half"]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + 12 * (parts["half"][0] in "pP")
        moment = datetime.fromisoformat(f"{written}T{hour:02}:{parts['minute']:0>2}:{parts['second'] or '00':0>2}")
    except ValueError:
        return None
    return f"{moment:%Y-%m-%d %H:%M:%S}{_offset(text, moment, parts['zone'] or '')}".replace(f"{moment:%Y}", f"{year:04}", 1)


def _offset(text: str, moment: datetime, zone: str) -> str:
    if not zone:
        return ""
    numeric = re.fullmatch(r"(?:GMT|UTC)?\s?([+-])(\d{1,2})(?::?(\d\d))?", zone, re.IGNORECASE)
    if numeric:
        return f"{numeric[1]}{int(numeric[2]):02}:{numeric[3] or '00'}"
    if zone.lower() in _ZONES:
        return _ZONES[zone.lower()]
    if "/" not in zone:
        raise ValueError(f"{quoted(text)} has a time zone of several meanings; write an offset such as +01:00 for {zone}")
    offset = moment.replace(tzinfo=read_zone(zone)).isoformat()[19:]
    return offset[:6]
