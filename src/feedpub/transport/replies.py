"""A server's replies (RFC 5321, 4.2), read within bounds: of a line, of lines, of bytes, and of time."""

import asyncio
import os
import re
import ssl
from dataclasses import dataclass
from typing import cast

_LONGEST_LINE, _MOST_LINES, _MOST_BYTES = 4_096, 128, 65_536
_LONGEST_REASON = 300
# What colours a terminal or names its window (ECMA-48), also with the single octets of C1.
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[]PX^_]|[\x90\x9d])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b.?")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=[ ]|$)")


class Lost(Exception):
    """The connection is of no use any more, and why. `closed` if the server ended it, and did not merely keep silent."""

    def __init__(self, why: str, *, closed: bool = False) -> None:
        super().__init__(why)
        self.closed = closed


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: its code, and its lines as they came, without the code."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def status(self) -> str:
        """The enhanced status code (RFC 3463), such as `5.1.1`; "" if there is none."""
        found = _STATUS.match(cleaned(self.lines[0]))
        return found[0] if found else ""

    @property
    def text(self) -> str:
        """The words in one line, harmless to a terminal; the enhanced status code stands once, at the start."""
        lines = [cleaned(line) for line in self.lines]
        status = self.status
        rest = (line.removeprefix(status).strip() if status else line for line in lines)
        return " ".join(filter(None, (status, *rest)))

    @property
    def reason(self) -> str:
        """Code and words, of a length that can be shown."""
        return f"{self.code} {self.text}"[:_LONGEST_REASON].strip()


def cleaned(raw: bytes) -> str:
    """What a server wrote as one line of text, without any character that is not seen: controls, bidi, escapes."""
    text = _ESCAPES.sub("", raw.decode("utf-8", "replace"))
    return " ".join("".join(c if c.isprintable() else " " if c.isspace() else "" for c in text).split())


def in_words(error: Exception) -> str:
    """What the system says of a connection, in one line."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {error.verify_message}"
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)
    return cleaned(str(getattr(error, "strerror", None) or error).encode()) or type(error).__name__


class Wire(asyncio.Protocol):
    """The two directions of a connection: commands are written, replies are read one after the other."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer, self._lines = bytearray(), list[bytes]()
        self._lost: Lost | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._gone = asyncio.get_running_loop().create_future()

    @property
    def quiet(self) -> bool:
        """Whether the connection stands, and the server said nothing that was not asked for."""
        return not self._lost and not self._buffer

    @property
    def own_address(self) -> str:
        """This end of the connection, as an address literal (RFC 5321, 4.1.3)."""
        name = self._transport.get_extra_info("sockname") if self._transport else None
        host = str(name[0]).partition("%")[0] if name else "127.0.0.1"
        return f"[IPv6:{host}]" if ":" in host else f"[{host}]"

    def write(self, data: bytes) -> None:
        """Send `data`, behind what is on its way."""
        if self._transport and not self._lost:
            self._transport.write(data)

    async def reply(self, seconds: float) -> Reply:
        """The next reply, which has to be there in full within `seconds`. Raises Lost."""
        if reply := self._next():
            return reply
        try:
            async with asyncio.timeout(seconds):
                while not (reply := self._next()):
                    if self._lost:
                        raise self._lost
                    self._waiter = asyncio.get_running_loop().create_future()
                    await self._waiter
        except TimeoutError:
            raise Lost(f"no answer within {seconds:g} seconds") from None
        return reply

    async def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Go on encrypted, with a server that proves to be `host`. Raises Lost, OSError.

        What the server said before it, beyond its answer to STARTTLS, may be anybody's: it would be taken for its own.
        """
        if self._buffer or not self._transport:
            raise Lost("the server says more than its answer to STARTTLS, in the clear")
        loop = asyncio.get_running_loop()
        encrypted = await loop.start_tls(self._transport, self, context, server_hostname=host)
        if encrypted is None:
            raise Lost("the server closed it", closed=True)
        self._transport = encrypted

    async def end(self) -> None:
        """Close at once; returns when it is closed."""
        self._lost = self._lost or Lost("it was closed")
        if self._transport:
            self._transport.abort()
            await asyncio.wait([self._gone], timeout=1)

    def _next(self) -> Reply | None:
        """A reply that is there in full. Raises Lost for what is none, or is too long."""
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end]).rstrip(b"\r")
            del self._buffer[: end + 1]
            if len(line) > _LONGEST_LINE or not line[:3].isdigit() or line[3:4] not in (b"", b" ", b"-"):
                raise Lost(f"the server's answer is no reply of SMTP: {cleaned(line[:80])}".strip())
            self._lines.append(line[4:])
            if len(self._lines) > _MOST_LINES:
                raise Lost(f"the server's answer has more than {_MOST_LINES} lines")
            if line[3:4] != b"-":
                lines, self._lines = tuple(self._lines), []
                return Reply(int(line[:3]), lines)
        if len(self._buffer) > _LONGEST_LINE:
            raise Lost("the server's answer has a line without an end")
        return None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by its methods alone

    def data_received(self, data: bytes) -> None:
        """As asyncio.Protocol."""
        if len(self._buffer) + len(data) > _MOST_BYTES + _LONGEST_LINE:
            self._lost = Lost("the server says more than it was asked for")
            if self._transport:
                self._transport.abort()
        else:
            self._buffer += data
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        """As asyncio.Protocol."""
        self._lost = self._lost or Lost(f"the server closed it{f' ({in_words(error)})' if error else ''}", closed=True)
        if not self._gone.done():
            self._gone.set_result(None)
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter and not waiter.done():
            waiter.set_result(None)
