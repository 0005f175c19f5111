"""Email → the bytes of each subscriber's message."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from feedpub.errors import FeedpubError, Problem, quoted
from feedpub.model import UNSUBSCRIBE, Author, Email, Issue
from feedpub.readers import ascii_address
from feedpub.site import Digest, Site

# Python's own limit gives quoted-printable lines of 78, and RFC 2045, 6.7 allows 76.
_LONGEST_LINE = 76
_POLICY = SMTP.clone(max_line_length=_LONGEST_LINE)
# Behind `Subject: ` on its line.
_LONGEST_WORD = _LONGEST_LINE - len("Subject: ")
_CRLF = "\r\n"
_SOFT = b"=\r\n"
# The sentinel in quoted-printable, in whatever place a soft line break fell into it.
_SENTINEL = re.compile(b"(?:=\r\n)?".join(re.escape(bytes([octet])) for octet in UNSUBSCRIBE.encode()))


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for all: the parts between which the time of sending and each subscriber's address, id and link go."""

    domain: str
    edition: str
    head: bytes
    body: tuple[bytes, ...]


def letter(email: Email, issue: Issue, digest: Digest, site: Site) -> Letter:
    """The message of an Email, made once; `message()` fills it for each subscriber, in microseconds.

    multipart/alternative, text first (or text alone), quoted-printable in lines of at most 76 octets. Its boundary comes
    from its content, so the same issue has the same bytes. Headers: From, Reply-To, Subject (RFC 2047), List-Id (RFC 2919),
    Feedback-ID (Gmail's).
    """
    message = EmailMessage(policy=_POLICY)
    list_domain = re.sub(r"^tag:(?:.*@)?|,.*", "", site.authority)
    phrase = re.sub(r'["\\]', "", digest.title)
    plain = phrase.isascii() and phrase.isprintable() and "=?" not in phrase
    message["List-Id"] = f'"{phrase}" <{digest.name}.{list_domain}>' if plain else f"<{digest.name}.{list_domain}>"
    message["Feedback-ID"] = f"{issue.slot:%Y%m%d}:{digest.name}:digest:{_sender_id(list_domain)}"
    message.set_content(email.text, cte="quoted-printable")
    if email.html:
        message.add_alternative(email.html, subtype="html", cte="quoted-printable")
        message.set_boundary(f"=_{hashlib.sha256((email.text + email.html).encode()).hexdigest()[:32]}")
    head, _, body = message.as_bytes().partition(b"\r\n\r\n")
    head = _subject(email.subject) + _senders(digest) + head
    parts = tuple(_without_from_lines(part) for part in _SENTINEL.split(body))
    edition = f"{digest.name}/{issue.slot.isoformat()}"
    return Letter((digest.sender.email or "").rpartition("@")[2], edition, head, parts)


def message(letter: Letter, *, to: str, unsubscribe: str, sent: datetime, mailto: str = "", name: str = "") -> bytes:
    """The bytes (RFC 5322, CRLF) of the message to the address `to`, with `unsubscribe` (https) as its own link.

    `sent` (aware) is its Date, in that zone: filters distrust a letter that is older than its way, so it is the time of this
    attempt and not of the issue. `name` makes the Message-ID: the same for a copy that goes out twice, and known to no other;
    without it (a copy that no ledger knows) it is made of the issue and the address. List-Unsubscribe has the https link
    first, then `mailto`, if there is one that somebody reads (RFC 2369, 8058). Raises FeedpubError for an address or link
    that would break out of its header.
    """
    if not re.fullmatch(r"https?://[!-;=?-~]+", unsubscribe):
        raise FeedpubError([Problem("message", 0, "unsubscribe", f"{quoted(unsubscribe)} is not a web address")])
    name = name or hashlib.sha256(f"{letter.edition}\n{to}".encode()).hexdigest()[:32]
    personal = f"To: {_checked(to)}\r\nMessage-ID: <{name}@{letter.domain}>\r\n"
    personal += f"Date: {_date(sent.replace(microsecond=0), sent.utcoffset())}\r\n"
    personal += f"List-Unsubscribe: <{unsubscribe}>" + (f",\r\n <{mailto}>\r\n" if mailto else "\r\n")
    if unsubscribe.startswith("https:"):  # RFC 8058, 3.1: one click is for https alone
        personal += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return b"".join((personal.encode(), letter.head, b"\r\n\r\n", _in_quoted_printable(unsubscribe).join(letter.body)))


def note_message(email: Email, digest: Digest, *, to: str, sent: datetime, name: str) -> bytes:
    """The bytes of a mail to one person, which no list sends: without List headers, and marked so that no holiday notice
    answers it (RFC 3834, 5). `name` makes its Message-ID, the same for a copy that goes out twice.
    """
    message = EmailMessage(policy=_POLICY)
    message["Date"] = sent
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(email.text, cte="quoted-printable")
    if email.html:
        message.add_alternative(email.html, subtype="html", cte="quoted-printable")
        message.set_boundary(f"=_{hashlib.sha256((email.text + email.html).encode()).hexdigest()[:32]}")
    token = hashlib.sha256(f"{name}\n{to}".encode()).hexdigest()[:32]
    personal = f"To: {_checked(to)}\r\nMessage-ID: <{token}@{(digest.sender.email or '').rpartition('@')[2]}>\r\n"
    head, blank, body = message.as_bytes().partition(b"\r\n\r\n")
    return personal.encode() + _subject(email.subject) + _senders(digest) + head + blank + _without_from_lines(body)


@lru_cache(maxsize=8)
def _date(sent: datetime, offset: timedelta | None) -> str:
    """RFC 5322, 3.3; made once a second. The same moment in another zone, which `offset` tells, is written another way."""
    return format_datetime(sent)


def _checked(to: str) -> str:
    """`to` as it stands in its header, its domain in ASCII where that can be; if it stays inside. Raises FeedpubError."""
    if re.search(r"[\s<>,\x00-\x1f\x7f]", to) or "@" not in to:
        raise FeedpubError([Problem("message", 0, "to", f"{quoted(to)} is not a mail address")])
    return ascii_address(to)


def _in_quoted_printable(url: str) -> bytes:
    """`url` on lines of its own: what stands around it keeps its place, and no line grows past 76 octets."""
    encoded = re.sub(b"=", b"=3D", url.encode())
    pieces = re.findall(rb"(?:=[0-9A-F]{2}|[^=]){1,24}", encoded)
    return _SOFT + _SOFT.join(pieces) + _SOFT


def _without_from_lines(part: bytes) -> bytes:
    """Quoted-printable text in which no line starts with `From `, before which mailboxes and relays put a sign: that breaks
    every signature (RFC 4155, RFC 2049, 3). What would grow past 76 octets goes on in the next line.
    """
    return re.sub(
        rb"^From ([^\r\n]*)",
        lambda found: b"=46rom" + (_SOFT if len(found[1]) >= _LONGEST_LINE - len("=46rom ") else b"") + b" " + found[1],
        part,
        flags=re.MULTILINE,
    )


def _sender_id(domain: str) -> str:
    """What tells this sender from others in Gmail's reports: 5 to 15 characters, the same for ever."""
    return hashlib.sha256(domain.encode()).hexdigest()[:12]


def _subject(text: str) -> bytes:
    """The header line (RFC 2047). EmailMessage loses spaces between encoded words, so the older Header writes it. ASCII that
    looks like an encoded word is encoded too, lest it be read as one, and so is a word that no line has room for."""
    plain = text.isascii() and "=?" not in text and max(map(len, text.split()), default=0) <= _LONGEST_WORD
    charset = "us-ascii" if plain else "utf-8"
    return f"Subject: {Header(text, charset, maxlinelen=76, header_name='Subject').encode(linesep=_CRLF)}\r\n".encode()


def _senders(digest: Digest) -> bytes:
    """From and, where there is one, Reply-To."""
    reply_to = _mailbox("Reply-To", digest.reply_to) if digest.reply_to else b""
    return _mailbox("From", digest.sender) + reply_to


def _mailbox(header: str, author: Author) -> bytes:
    """A header line with one address. For a name beyond ASCII the older Header again: EmailMessage adds spaces to it."""
    address = author.email or ""
    if author.name.isascii():
        shown = _POLICY.header_factory(header, str(Address(display_name=author.name, addr_spec=address)))
        return str(shown.fold(policy=_POLICY)).encode()
    name = Header(author.name, "utf-8", maxlinelen=_LONGEST_LINE, header_name=header).encode(linesep=_CRLF)
    return f"{header}: {name}\r\n <{address}>\r\n".encode()
