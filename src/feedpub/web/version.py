"""Version: what is published at an address, as of one build, with every answer to a request for it made ready."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from typing import Any, Self

import brotli
from starlette.types import Receive, Scope, Send

from feedpub.web.cors import READABLE
from feedpub.web.negotiation import Wish, matches, preferred, seconds, wish
from feedpub.web.security import STRICT_TRANSPORT, base_headers

_EMPTY = {"type": "http.response.body", "body": b""}
# Below this, the header that names an encoding takes what it saves.
_WORTH_IT = 256
_COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    # For a feed of 590 kB, 7 takes 25 ms and 11 takes 1,300; gzip's 6 takes 24 ms and 9 takes 360, to gain 2 percent.
    "br": lambda data: bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=7)),
    "gzip": lambda data: gzip.compress(data, 6, mtime=0),
}


@dataclass(frozen=True, slots=True)
class _Form:
    """A version in one encoding: its strong validator, its body, and the answers' first messages, plain and over TLS."""

    etag: bytes
    body: dict[str, Any]
    whole: tuple[dict[str, Any], dict[str, Any]]
    unchanged: tuple[dict[str, Any], dict[str, Any]]


class Version:
    """Answers GET and HEAD as an ASGI application. It is made once for each version, so that a request allocates little."""

    def __init__(
        self,
        data: bytes,
        media_type: str,
        *,
        modified: int,
        read: int,
        policy: str,
        cache: str,
        link: str = "",
        route: str = "/{file}",
    ) -> None:
        """`modified` (Last-Modified) and `read`, when it was found at its address, are in seconds since 1970.

        `policy` is the Content-Security-Policy, `cache` the Cache-Control. Pages of other sites may read all but pages.
        """
        self.digest = hashlib.sha256(data).hexdigest()[:32]
        self.modified, self._read = modified, read
        self.route = route
        self.is_readable = not media_type.startswith("text/html")
        common = [
            (b"cache-control", cache.encode()),
            (b"last-modified", formatdate(modified, usegmt=True).encode()),
            (b"vary", b"accept-encoding"),
            *([(b"link", link.encode())] if link else []),
            *(READABLE if self.is_readable else ()),
            *base_headers(policy),
        ]
        self._last_modified = dict(common)[b"last-modified"]
        self._forms = {"identity": self._form(data, "identity", media_type, common)}
        self._make = partial(self._form, media_type=media_type, common=common)
        self.is_packed = len(data) < _WORTH_IT

    def pack(self) -> Self:
        """Make the compressed forms, if they are not there: until then, what is asked for in any encoding is sent plain."""
        if not self.is_packed:
            data = self._forms["identity"].body["body"]
            for encoding, compress in _COMPRESSORS.items():
                if len(packed := compress(data)) < len(data):
                    self._forms[encoding] = self._make(packed, encoding)
            self.is_packed = True
        return self

    def _form(self, body: bytes, encoding: str, media_type: str, common: list[tuple[bytes, bytes]]) -> _Form:
        # Each encoding is another sequence of octets, so its strong validator is another one.
        suffix = {"identity": "", "gzip": "-gz", "br": "-br"}[encoding]
        etag = f'"{self.digest}{suffix}"'.encode()
        always = [(b"etag", etag), *common]
        whole = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode()), *always]
        if encoding != "identity":
            whole.append((b"content-encoding", encoding.encode()))
        return _Form(etag, {"type": "http.response.body", "body": body}, _starts(200, whole), _starts(304, always))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for this version."""
        await self.answer(scope, wish(scope["headers"]), send)

    async def answer(self, scope: Scope, wanted: Wish, send: Send) -> int:
        """Answer a request that wants `wanted`; the status."""
        forms = self._forms
        form = next((forms[encoding] for encoding in preferred(wanted.accept) if encoding in forms), forms["identity"])
        secure = scope["scheme"] == "https"
        # RFC 9110, 13.2.2: where there is an If-None-Match, If-Modified-Since is not looked at.
        if wanted.none_match is not None:
            unchanged = matches(wanted.none_match, form.etag)
        elif wanted.since is not None:
            # Not only the date that was sent: clients send others, too. These say nothing of the time before it was read: an
            # older file that was put back is newer here than its own date.
            unchanged = wanted.since == self._last_modified or (seconds(wanted.since) or -1) >= self._read
        else:
            unchanged = False
        if unchanged:
            await send(form.unchanged[secure])
            await send(_EMPTY)
            return 304
        await send(form.whole[secure])
        await send(form.body if scope["method"] != "HEAD" else _EMPTY)
        return 200


def _starts(status: int, headers: list[tuple[bytes, bytes]]) -> tuple[dict[str, Any], dict[str, Any]]:
    plain = {"type": "http.response.start", "status": status, "headers": headers}
    return plain, plain | {"headers": [*headers, STRICT_TRANSPORT]}
