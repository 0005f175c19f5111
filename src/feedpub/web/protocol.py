"""HTTP/1.1 on a connection, as httptools reads it for uvicorn, within bounds: of time, of size, of what a request may be."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from feedpub.web.connections import Connections
from feedpub.web.security import PATIENCE

_LONGEST_HEAD = 64 * 1024
_BYTES = 16 * 1024
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)([^?#]*)(\?[^#]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a client is given: for the whole head of a request from when it could send one, for the body from then
    on (longer than it takes to be told of that), and for each 16 kB of an answer."""

    head: float = 10.0
    body: float = PATIENCE + 5.0
    reading: float = 30.0


class Config(uvicorn.Config):
    """The server's settings, and the connections of each process that has them."""

    def __init__(self, app: Any, *, proxies: Collection[str], patience: Patience = Patience(), **more: Any) -> None:
        super().__init__(app, **more)
        self._proxies, self.patience = proxies, patience

    @cached_property
    def held(self) -> Connections:
        """The connections of this process."""
        return Connections(self._proxies)


class Protocol(HttpToolsProtocol):
    """One connection. A head that never ends fills no memory, silence keeps nobody out, and no body is taken for a request."""

    _head, _reads_head, _is_last = 0, True, False
    _unread = float("inf")

    def connection_made(self, transport: Any) -> None:
        """Somebody came; where there is no room for them, they go at once."""
        super().connection_made(transport)
        config = cast(Config, self.config)
        self._held, self._patience = config.held, config.patience
        if not self._held.enter(self, self.client[0] if self.client else "", self._patience.head):
            self.end()

    def connection_lost(self, exc: Exception | None) -> None:
        """They went."""
        self._held.leave(self)
        super().connection_lost(exc)

    @property
    def is_awaited(self) -> bool:
        """Whether it is the client's turn: to send a request, or to take an answer."""
        cycle = self.cycle
        return cycle is None or cycle.response_complete or cycle.more_body or self.transport.get_write_buffer_size() > 0

    def more_time(self) -> float:
        """How many seconds more are given when its time is over: 0.0 where the client was silent, or does not read."""
        if not self.is_awaited:
            return self._patience.head
        unread = self.transport.get_write_buffer_size()
        if 0 < unread <= self._unread - _BYTES:
            self._unread = unread
            return self._patience.reading
        return 0.0

    def end(self) -> None:
        """End it at once, whatever was not read yet."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """More of a request came in."""
        if self._is_last:
            return
        super().data_received(data)
        if self._reads_head:
            self._head += len(data)
            if self._head > _LONGEST_HEAD and not self.transport.is_closing():
                self.transport.write(
                    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                )
                self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head, self._reads_head = 0, True

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._reads_head = False
        if not self.url.startswith(b"/"):
            self._take_origin_form()
        super().on_headers_complete()
        self._held.give(self, self._patience.body)
        if self.parser.should_upgrade():
            # The parser believes that another protocol follows, and would read the body as the next request: behind a
            # proxy that keeps the connection for others, its answer would go to one of them.
            self._is_last, self.cycle.keep_alive = True, False

    def on_response_complete(self) -> None:
        """The answer is with the system; the next request may come."""
        super().on_response_complete()
        self._unread = float("inf")
        self._held.begin(self, self._patience.head)

    def _take_origin_form(self) -> None:
        """Read a target that is a whole address (RFC 9112, 3.2.2): its host counts, and that of the header does not.

        Raises HttpParserError, which is answered with 400, for any other, but for the `*` of OPTIONS (3.2.4).
        """
        if self.url == b"*" and self.parser.get_method() == b"OPTIONS":
            self.url = b"/"
            return
        found = _ABSOLUTE.fullmatch(self.url)
        if found is None:
            raise httptools.HttpParserError("neither a path nor an address")
        self.url = (found[2] or b"/") + (found[3] or b"")
        hosts = sum(name == b"host" for name, _ in self.headers)
        self.headers[:] = [header for header in self.headers if header[0] != b"host"]
        # A request of HTTP/1.1 needs the header all the same, once (3.2).
        if hosts == 1 or (hosts == 0 and self.parser.get_http_version() == "1.0"):
            self.headers.append((b"host", found[1]))
