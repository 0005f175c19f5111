"""Which tokens of ours a message carries, and where: in the address it came to, or in the letter that it returns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedpub.mailing.bounces.parts import Headers, Part, first, words
from feedpub.mailing.seal import TOKEN

_MOST = 50
_SENT_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-forwarded-to")
_ENVELOPE = re.compile(rf"\+({TOKEN})@")
_MESSAGE = re.compile(rf"<({TOKEN})@")
_SUBJECT = re.compile(rf"\bunsubscribe\s+({TOKEN})\b", re.IGNORECASE)
# What letters carried before they had tokens of their own: the subscriber's.
_OLD = re.compile(r"\+([A-Za-z0-9_-]{24})@|/unsubscribe/([A-Za-z0-9_-]{24})/([a-z0-9][a-z0-9-]{0,39})")


@dataclass(frozen=True, slots=True)
class Proofs:
    """What may be tokens, unread; none of them is believed before its seal is.

    `envelopes` stood in addresses, `messages` in Message-IDs, `asked` in the address or subject that this mail itself was
    sent with; `links` are tokens of subscribers, with the digest where they stood in a link.
    """

    envelopes: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def read_proofs(parts: Sequence[Part]) -> Proofs:
    """All of a message. A returned letter may be quoted-printable still, its tokens broken by our own soft line breaks."""
    texts = [text for part in parts for text in (_of(part.headers), part.text)]
    texts += [re.sub(r"=\r?\n", "", text) for text in texts if "=\n" in text or "=\r\n" in text]
    top = parts[0].headers
    sent_to = [value for name in _SENT_TO for value in top.get(name, ())]
    asked = _found(_ENVELOPE, sent_to) + _found(_SUBJECT, [words(first(top, "subject"))])
    links = dict.fromkeys((m[1] or m[2], m[3] or "") for text in texts for m in _OLD.finditer(text))
    return Proofs(_found(_ENVELOPE, texts), _found(_MESSAGE, texts), asked, tuple(links)[:_MOST])


def _found(pattern: re.Pattern[str], texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found[1] for text in texts for found in pattern.finditer(text)))[:_MOST]


def _of(headers: Headers) -> str:
    return "\n".join(value for values in headers.values() for value in values)
