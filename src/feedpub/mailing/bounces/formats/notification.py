"""Notifications of Amazon SES: JSON in a message, in a wrapper of SNS or bare, with a footer or a mail's headers around it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from feedpub.mailing.bounces.finding import Finding

_DEEPEST_MESSAGE = 3
# What SES says where a server said nothing in words; its other kinds are passing, or our own trouble.
_WORDS = {"NoEmail": "no such mailbox"}


def notified(text: str) -> tuple[list[Finding], str] | None:
    """Findings of a bounce, or the kind of a complaint; None where there is no notification. Raises RecursionError."""
    told = _notification(text)
    if told is None:
        return None
    match told.get("notificationType") or told.get("eventType"):
        case "Bounce":
            return list(_bounced(_table(told.get("bounce")))), ""
        case "Complaint":
            kind = _table(told.get("complaint")).get("complaintFeedbackType") or "abuse"
            return [], str(kind).lower() if str(kind).lower() in ("abuse", "fraud") else ""
    return [], ""


def _notification(text: str) -> dict[str, Any] | None:
    text = re.sub(r"!\r?\n ", "", text)  # so Sendmail breaks lines past 998 characters
    for _ in range(_DEEPEST_MESSAGE):
        start = text.find("{")
        if start < 0:
            return None
        try:
            found, _end = json.JSONDecoder(strict=False).raw_decode(text, start)
        except ValueError:
            return None
        if not isinstance(found, dict):
            return None
        if isinstance(found.get("mail"), dict):
            return found
        text = str(found.get("Message", ""))
    return None


def _bounced(bounce: dict[str, Any]) -> Iterator[Finding]:
    permanent = bounce.get("bounceType") == "Permanent"
    for one in bounce.get("bouncedRecipients") or []:
        row = _table(one)
        status = str(row.get("status") or ("5.0.0" if permanent else "4.0.0"))
        reason = str(row.get("diagnosticCode") or (_WORDS.get(str(bounce.get("bounceSubType")), "") if permanent else ""))
        server = str((bounce.get("remoteMtaIp") and row.get("emailAddress", "").rpartition("@")[2]) or "")
        yield Finding(
            (str(row.get("emailAddress", "")).lower(),), str(row.get("action") or "failed").lower(), status, reason, server
        )


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
