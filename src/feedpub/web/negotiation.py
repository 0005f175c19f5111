"""What a request asks for: an encoding, a version newer than the one it holds (RFC 9110, 8.8, 12.5.3 and 13)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache

Headers = Iterable[tuple[bytes, bytes]]
# From the smallest to the largest: of what is equally welcome, the first is sent.
ENCODINGS = ("br", "gzip", "identity")


@dataclass(slots=True)
class Wish:
    """The fields of a request that decide what a version answers. `host` is empty if there is none, or several."""

    host: bytes = b""
    accept: bytes | None = None
    none_match: bytes | None = None
    since: bytes | None = None
    has_body: bool = False


def wish(headers: Headers) -> Wish:
    """What the request with these headers (names in small letters) asks for."""
    found = Wish()
    hosts = 0
    for name, value in headers:
        if name == b"host":
            found.host, hosts = value, hosts + 1
        elif name == b"accept-encoding":
            found.accept = value if found.accept is None else found.accept + b"," + value
        elif name == b"if-none-match":
            found.none_match = value if found.none_match is None else found.none_match + b"," + value
        elif name == b"if-modified-since":
            found.since = value
        elif name == b"content-length" or name == b"transfer-encoding":
            found.has_body = True
    if hosts > 1:
        found.host = b""
    return found


@lru_cache(maxsize=512)
def preferred(accept: bytes | None) -> tuple[str, ...]:
    """ENCODINGS that an Accept-Encoding takes, the most welcome first; never empty, as identity is sent rather than 406.

    RFC 9110, 12.5.3: q=0 excludes, `*` speaks for those that are not named, identity is taken unless it is excluded.
    """
    weights: dict[str, float] = {}
    for part in (accept or b"").decode("latin-1").lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((value[2:] for value in parameters if value.startswith("q=")), "1")
        if coding:
            weights[{"x-gzip": "gzip"}.get(coding, coding)] = float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality) else 0
    others = weights.get("*", 0.0)
    taken = {coding: weights.get(coding, others) for coding in ENCODINGS}
    if "identity" not in weights and "*" not in weights:
        # Taken, but not asked for: whatever was asked for comes before it.
        taken["identity"] = min((weight for weight in taken.values() if weight), default=1.0)
    return tuple(sorted((c for c in ENCODINGS if taken[c] > 0), key=lambda c: -taken[c])) or ("identity",)


def matches(none_match: bytes, etag: bytes) -> bool:
    """Whether an If-None-Match names `etag`: `*`, or a list, compared weakly (RFC 9110, 13.1.2)."""
    if none_match == etag or none_match.strip() == b"*":
        return True
    return etag in re.findall(rb'"[^"]*"', none_match)


@lru_cache(maxsize=512)
def seconds(date: bytes) -> float | None:
    """An HTTP date, in any of its three forms, as seconds since 1970; None if it is none (RFC 9110, 13.1.3: ignore it)."""
    try:
        return parsedate_to_datetime(date.decode("ascii")).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
