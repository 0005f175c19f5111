"""What a transport answers to a message."""

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side has taken the message over."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: a temporary failure (RFC 5321, 4.2.1: 4yz), or a connection that was lost.

    `of` tells who said so: this mailbox; its domain, which asks for fewer messages; or the relay itself, whose own limit
    is reached, so that no other message fares better.
    """

    reason: str
    of: Literal["mailbox", "domain", "relay"] = "mailbox"


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: a permanent failure (5yz), with its enhanced status code (RFC 3463) in `reason` where there is one.

    `of` tells what it is about: this mailbox (it does not exist), or the sender and what he sends (policy, spam, a quota).
    """

    reason: str
    of: Literal["mailbox", "sender"] = "mailbox"


Answer = Accepted | Deferred | Refused


class Unavailable(Exception):
    """The server takes no message at all: no connection, a wrong password, 421 or 554 at the greeting."""


class Crowded(Unavailable):
    """The server takes fewer connections than were opened: this one ends, others go on."""


class Transport(Protocol):
    """One connection. It is used by one task, one message after the other."""

    async def send(self, message: bytes, *, sender: str, to: str) -> Answer:
        """Hand over `message` (RFC 5322, CRLF) for one recipient. Raises Unavailable if the server takes none at all."""
        ...

    async def close(self) -> None:
        """End the connection; never raises."""
        ...
