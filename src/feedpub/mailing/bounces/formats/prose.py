"""Reports in words alone: of qmail, Exim, Postfix, Sendmail, Exchange, Gmail, Yahoo, and those that say at least who they are."""

import re
from collections.abc import Sequence
from html import unescape

from feedpub.mailing.bounces.finding import Finding
from feedpub.mailing.bounces.parts import Part, first, words

_LONGEST = 4_000
# How each begins what it has to say.
_OPENINGS = re.compile(
    r"This is the qmail-send program at"
    r"|This message was created automatically by mail delivery software"
    r"|This is the MAILER-DAEMON, please DO NOT REPLY"
    r"|This is the (?:mail system|Postfix program) at host"
    r"|-+ The following addresses had (?:permanent fatal errors|delivery problems) -+"
    r"|Delivery has failed to these recipients"
    r"|Your message did not reach some or all of the intended recipients"
    r"|Your message to .{3,320} couldn't be delivered"
    r"|Diagnostic information for administrators"
    r"|Delivery to the following recipients? failed"
    r"|Your message wasn't delivered to"
    r"|(?:Sorry, we were u|U)nable to deliver (?:your )?message to the following address"
    r"|An error occurred while trying to deliver the mail to the following recipients",
    re.IGNORECASE,
)
# Behind these the letter itself is returned, whose words are ours.
_RETURNED = re.compile(
    r"^(?:-+ ?(?:Below this line is a copy of the message|This is a copy of the message|Original message|Returned message"
    r"|Forwarded message|The body of the message is|Message header follows|Your message headers? follows?)"
    r"|Original message headers:|(?:> ?)?(?:Return-Path|Received|Message-ID|DKIM-Signature): )",
    re.IGNORECASE | re.MULTILINE,
)
_DELAYED = re.compile(
    r"not yet been delivered|has been delayed|delayed for|warning message only|will (?:keep trying|continue to try|be retried)"
    r"|delivery attempts will continue|no action is required|do not need to resend",
    re.IGNORECASE,
)
_SENDERS = re.compile(r"mailer-?daemon|postmaster|mail delivery (?:system|subsystem)", re.IGNORECASE)
_SUBJECTS = re.compile(
    r"undeliver|failure notice|returned mail|returning message to sender|delivery (?:status notification|failed|failure|problem)"
    r"|mail (?:delivery )?failed|delivery has failed",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+=-]{1,64}@[\w.-]{1,255}\w")


def told(parts: Sequence[Part]) -> list[Finding]:
    """What a report without fields says; nothing where it is not one by its opening, or by its sender and subject."""
    top = parts[0].headers
    failed = tuple(_ADDRESS.findall(first(top, "x-failed-recipients").lower()))
    known = bool(failed) or (
        _SENDERS.search(first(top, "from")) is not None and _SUBJECTS.search(words(first(top, "subject"))) is not None
    )
    for part in parts:
        if not part.kind.startswith("text/") or part.kind == "text/rfc822-headers":
            continue
        text = _plain(part)
        opening = _OPENINGS.search(text)
        if opening is None and not known:
            continue
        said = text[opening.start() if opening else 0 :]
        end = _RETURNED.search(said)
        said = said[: end.start() if end else _LONGEST][:_LONGEST]
        delayed = _DELAYED.search(said) is not None
        recipients = failed or tuple(address.lower() for address in _ADDRESS.findall(said)[:1])
        return [Finding(recipients, "delayed" if delayed else "failed", "", said, "")]
    return []


def _plain(part: Part) -> str:
    text = part.text[:200_000].replace("\r\n", "\n")
    return unescape(re.sub(r"<[^<>]{0,2000}>", " ", text)) if part.kind == "text/html" else text
