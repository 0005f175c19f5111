"""What a transport answers to a message."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side has taken the message over."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: a temporary failure (RFC 5321, 4.2.1: 4yz), or a connection that was lost. `slow_down` asks for a pause."""

    reason: str
    slow_down: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: a permanent failure (5yz), with its enhanced status code (RFC 3463) in `reason` where there is one."""

    reason: str


Answer = Accepted | Deferred | Refused


class Unavailable(Exception):
    """The server takes no message at all: no connection, a wrong password, 421 or 554 at the greeting."""


class Transport(Protocol):
    """One connection. It is used by one thread, one message after the other."""

    def send(self, message: bytes, *, sender: str, to: str) -> Answer:
        """Hand over `message` (RFC 5322, CRLF) for one recipient. Raises Unavailable if the server takes none at all."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...
