"""The use case: reports of failed deliveries and of complaints, as they lie in a mailbox, reach the ledger."""

import hashlib
import mailbox
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine

from feedpub.errors import FeedpubError, Problem
from feedpub.store import note_report

_TOKEN = re.compile(r"\+([A-Za-z0-9_-]{24})@|/unsubscribe/([A-Za-z0-9_-]{24})/")
_FULL = "2.2"  # RFC 3463, 3.3: the mailbox is full; it may be emptied, whatever the class says


@dataclass(frozen=True, slots=True)
class Report:
    """What a message says of a delivery: hard, soft or complaint; `token` tells whose it was."""

    kind: Literal["hard", "soft", "complaint"]
    token: str
    status: str


def read_report(data: bytes) -> Report | None:
    """The report in a message, or None where it is none that counts.

    Only a `multipart/report` is evidence: delivery status (RFC 3464) that failed, or feedback on abuse (RFC 5965). An
    automatic answer (RFC 3834) is none. Whose delivery it was is told by our token, in the address that the report was
    sent to, or in the links of the message that it returns; so nobody can end another's subscription by a forged report.
    """
    message = message_from_bytes(data, policy=policy.compat32)
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    found = _TOKEN.search("\n".join(_places(message)))
    if not found:
        return None
    token = found[1] or found[2]
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = _fields(part)
            return Report("complaint", token, fields.get("feedback-type", "abuse")) if fields else None
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload() if part.is_multipart() else []:
                status = re.match(r"\s*([245])\.(\d{1,3}\.\d{1,3})", str(block.get("Status", "")))  # type: ignore[union-attr]
                action = str(block.get("Action", "")).strip().lower()  # type: ignore[union-attr]
                if status and action in ("failed", "delayed"):
                    hard = action == "failed" and status[1] == "5" and status[2] != _FULL
                    return Report("hard" if hard else "soft", token, f"{status[1]}.{status[2]}")
    return None


def read_bounces(engine: Engine, place: Path, *, now: datetime) -> Counter[str]:
    """Note every report in a Maildir or mbox; how many were hard, soft, complaints, known already, or no report of ours.

    Hard bounces and complaints suppress at once; soft ones count, and five in thirty days suppress. Reading the same
    mailbox again counts nothing twice. Raises FeedpubError when the mailbox can't be read.
    """
    tally: Counter[str] = Counter()
    for data in _messages(place):
        report = read_report(data)
        if report is None:
            tally["other"] += 1
            continue
        name = hashlib.sha256(data).hexdigest()
        with engine.begin() as conn:
            tally[note_report(conn, name, report.token, report.kind, report.status, now=now)] += 1
    return tally


def _messages(place: Path) -> Iterator[bytes]:
    if not place.exists():
        raise FeedpubError([Problem(str(place), 0, "", "there is no such mailbox", "name a Maildir or an mbox file")])
    try:
        with closing(mailbox.Maildir(place, create=False) if place.is_dir() else mailbox.mbox(place, create=False)) as box:
            for key in sorted(box.keys()):
                yield box.get_bytes(key)
    except (OSError, mailbox.Error) as error:
        what = f"this mailbox can't be read: {getattr(error, 'strerror', None) or error}"
        raise FeedpubError([Problem(str(place), 0, "", what, "name a Maildir or an mbox file")]) from error


def _places(message: Message) -> Iterator[str]:
    """Where our token may stand: the addresses of the report, and the message that it returns."""
    for name in ("To", "Delivered-To", "X-Original-To", "Envelope-To"):
        yield from map(str, message.get_all(name, []))
    for part in message.walk():
        if part is not message and part.get_content_type() in (
            "message/rfc822",
            "text/rfc822-headers",
            "message/feedback-report",
        ):
            yield part.as_string()[:200_000]
        if part.get("List-Unsubscribe"):
            yield str(part["List-Unsubscribe"])


def _fields(part: Message) -> dict[str, str]:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else part
    text = inner.as_string() if isinstance(inner, Message) else str(inner)
    return {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in text.splitlines()) if value
    }
