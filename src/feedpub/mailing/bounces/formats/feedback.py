"""Complaints: feedback reports (RFC 5965), and those of Microsoft's JMRP, which only attach the letter."""

import re
from collections.abc import Sequence

from feedpub.mailing.bounces.parts import Part, first, read_headers

# Not not-spam (somebody took us out of the spam folder), auth-failure and dmarc (sent by machines), virus and other.
_COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list")
_SENDERS = re.compile(r"^(?:staff|fbl|feedback|feedback-?loop|scomp|complaints?)(?:[+-][^@]*)?@", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^(?:complaint about message from|(?:e-?mail )?(?:abuse|feedback|spam) (?:report|complaint))\b", re.IGNORECASE
)
_ORIGINAL_RECIPIENT = "x-hmxmroriginalrecipient"


def complaint(parts: Sequence[Part]) -> str | None:
    """The kind of complaint, such as `abuse`; "" for feedback that is no complaint, None where there is no feedback."""
    for part in parts:
        if part.kind == "message/feedback-report":
            told = first(read_headers(part.text), "feedback-type").partition("(")[0].partition(";")[0].strip().lower()
            return told if told in _COMPLAINTS else ""
    top, inner = parts[0].headers, [part for part in parts if part.nested]
    if not inner or parts[0].kind == "multipart/report":
        return None
    sender = re.search(r"[^\s<>]+@[^\s<>]+", first(top, "from"))
    if (sender and _SENDERS.match(sender[0])) or _SUBJECT.match(first(top, "subject")):
        return "abuse"
    return "abuse" if any(_ORIGINAL_RECIPIENT in part.headers for part in inner) else None
