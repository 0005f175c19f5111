"""A message taken apart, within bounds: whatever a stranger sends costs little, and never stops the reading of the rest."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

LARGEST = 2_000_000
_MOST_PARTS, _DEEPEST, _MOST_HEADERS, _LONGEST_HEADER = 200, 20, 1_000, 2_000
_MESSAGES = ("message/rfc822", "message/global")
Headers = dict[str, tuple[str, ...]]


class UnreadableError(Exception):
    """A message past our bounds; its text says which."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its type and its headers (names in small letters), and its text, decoded ("" where it holds parts, or is none).

    `nested` is whether it stands in a message within the message: a report that was forwarded, or the letter returned.
    """

    kind: str
    headers: Headers
    text: str
    nested: bool


def read_parts(data: bytes) -> list[Part]:
    """All parts of a message in their order, the message itself first. Raises UnreadableError past 2 MB, 200 parts or 20 levels.

    The standard library's parser needs a frame a level, and time that grows with the square of odd headers, so it is asked
    for the parameters of one short header at a time only.
    """
    if len(data) > LARGEST:
        raise UnreadableError(f"larger than {LARGEST:,} bytes")
    parts: list[Part] = []
    for part in _walk(data, 0, nested=False):
        parts.append(part)
        if len(parts) > _MOST_PARTS:
            raise UnreadableError(f"more than {_MOST_PARTS} parts")
    return parts


def read_headers(text: str) -> Headers:
    """Header fields by name in small letters, unfolded: the first thousand, each cut at 2,000 characters."""
    found: dict[str, tuple[str, ...]] = {}
    for line in re.sub(r"\n[ \t]+", " ", text.replace("\r\n", "\n")).split("\n")[:_MOST_HEADERS]:
        name, colon, value = line.partition(":")
        if colon and re.fullmatch(r"[!-9;-~]{1,80}", name := name.rstrip()):
            found[name.lower()] = (*found.get(name.lower(), ()), value.strip()[:_LONGEST_HEADER])
    return found


def first(headers: Headers, name: str) -> str:
    """The first value of a header; "" without one."""
    return next(iter(headers.get(name, ())), "")


def words(value: str) -> str:
    """A header's value with its encoded words (RFC 2047) decoded; as it is where they are broken."""
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return value


def _walk(data: bytes, depth: int, *, nested: bool) -> Iterator[Part]:
    if depth > _DEEPEST:
        raise UnreadableError(f"parts within parts, more than {_DEEPEST} deep")
    head, body = _split(data)
    headers = read_headers(_decoded(head, ""))
    asked = Message()
    asked["Content-Type"] = first(headers, "content-type") or "text/plain"
    kind, boundary = asked.get_content_type(), asked.get_boundary()
    chunks = _chunks(body, boundary) if kind.startswith("multipart/") and boundary else []
    if chunks:
        yield Part(kind, headers, "", nested)
        for chunk in chunks:
            yield from _walk(chunk, depth + 1, nested=nested)
        return
    content = _unwrapped(body, first(headers, "content-transfer-encoding"))
    if kind in _MESSAGES:
        yield Part(kind, headers, "", nested)
        yield from _walk(content, depth + 1, nested=True)
        return
    readable = kind.startswith(("text/", "message/", "multipart/")) or kind == "application/json"
    yield Part(kind, headers, _decoded(content, asked.get_content_charset() or "") if readable else "", nested)


def _split(data: bytes) -> tuple[bytes, bytes]:
    """Head and body at the first blank line; a part may begin with it."""
    blank = re.search(rb"(?:\A|\n)\r?\n", data)
    return (data[: blank.start()], data[blank.end() :]) if blank else (data, b"")


def _chunks(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the lines of the boundary, also where the last one is missing. What follows it is no part."""
    line = re.compile(rb"^--" + re.escape(boundary.encode("utf-8", "surrogateescape")) + rb"(--)?[ \t]*\r?$\n?", re.MULTILINE)
    marks = []
    for mark in line.finditer(body):
        marks.append(mark)
        if mark[1] or len(marks) > _MOST_PARTS + 1:
            break
    ends = [mark.start() for mark in marks[1:]] + ([] if marks and marks[-1][1] else [len(body)])
    return [body[mark.end() : end] for mark, end in zip(marks, ends, strict=False)]


def _unwrapped(body: bytes, encoding: str) -> bytes:
    match encoding.strip().lower():
        case "base64":
            try:
                return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/]", b"", body).rstrip(b"=") + b"==")
            except binascii.Error:
                return body
        case "quoted-printable":
            return quopri.decodestring(body)
    return body


def _decoded(content: bytes, charset: str) -> str:
    """As text, in the charset that it says, else UTF-8; never a refusal."""
    try:
        return content.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")
