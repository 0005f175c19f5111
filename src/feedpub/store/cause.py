"""What a server's answer says, without whom it says it about: so that one cause is one."""

import re
from collections import Counter
from collections.abc import Iterable

from feedpub.errors import printable

_ADDRESS = re.compile(r"<?[^\s<>\"']+@[^\s<>\"':;,]+>?")
_NETWORK = re.compile(
    r"\[?(?:\b\d{1,3}(?:\.\d{1,3}){3}\b|(?:\b[0-9a-f]{1,4})?(?:::?[0-9a-f]{1,4}){2,7}(?:::)?)\]?", re.IGNORECASE
)
# Ids of queues and sessions, dates, names with a number: figures and letters together, or many figures.
_ID = re.compile(
    r"(?<![\w.])(?=[\w.-]*\d)(?:[a-z]+\d+|(?=(?:[\w.-]*\d){2})(?=[\w.-]*[a-z-])[\w-]+(?:\.[\w-]+)*|\d{5,})(?!\w)", re.I
)
_CODES = re.compile(r"\s*(\d{3})(?:[ -]+(\d\.\d{1,3}\.\d{1,3}))?\b")
_LONGEST = 160
MOST_REASONS = 2_000  # that are read to be grouped: where each differs, a million would be


def cause(reason: str) -> str:
    """`reason` in one line, with "…" for addresses, networks and ids, which differ from one answer to the next."""
    text = " ".join(printable(reason).split())
    codes = _CODES.match(text)
    head = codes.group() if codes else ""
    rest = text[len(head) :]
    for pattern in (_ADDRESS, _NETWORK, _ID):
        rest = pattern.sub("…", rest)
    return (head + re.sub(r"(?:[<(\[]?…[>)\]]?[ .:,;-]*){2,}", "… ", rest)).strip()[:_LONGEST]


def status(reason: str) -> str:
    """The codes at the start of `reason`: `550 5.7.1`, `421`, or "" (RFC 5321, 4.2; RFC 3463)."""
    codes = _CODES.match(reason)
    return " ".join(part for part in codes.groups() if part) if codes else ""


def by_cause(reasons: Iterable[tuple[str | None, int]]) -> tuple[tuple[str, int], ...]:
    """Reasons and how often each was given, grouped by cause, the commonest first."""
    causes = Counter[str]()
    for reason, times in reasons:
        causes[cause(reason or "no cause noted")] += times
    return tuple(sorted(causes.items(), key=lambda one: (-one[1], one[0])))
