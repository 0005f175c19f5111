"""One connection: it hands over one delivery after the other."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from feedpub.store import Claim
from feedpub.transport import Answer, Transport, Unavailable

Sign = Callable[[bytes, str], bytes]
Write = Callable[[Claim], tuple[bytes, str]]


@dataclass(frozen=True, slots=True)
class Answered:
    """The server's answer to a delivery."""

    claim: Claim
    answer: Answer


class Dispatch(Protocol):
    """Where a connection gets its deliveries."""

    async def next(self, done: Answered | None) -> Claim | None:
        """The next delivery, when the answer to the last one is noted; None to end."""
        ...

    def lost(self, claim: Claim, error: Unavailable) -> None:
        """The connection ends; `claim` was not handed over."""
        ...

    def failed(self, claim: Claim | None, error: Exception) -> None:
        """The run can't go on."""
        ...


async def work(dispatch: Dispatch, transport: Transport, written: Write, sign: Sign | None) -> None:
    """Hand over what `dispatch` gives, until it gives no more or the server takes none. `written` makes message and sender."""
    claim: Claim | None = None
    try:
        claim = await dispatch.next(None)
        while claim:
            data, sender = written(claim)
            if sign:  # a signature takes as long as everything else together
                data = await asyncio.to_thread(sign, data, claim.digest)
            answer = await transport.send(data, sender=sender, to=claim.address)
            claim = await dispatch.next(Answered(claim, answer))
    except Unavailable as error:
        assert claim
        dispatch.lost(claim, error)
    except Exception as error:
        dispatch.failed(claim, error)
    finally:
        with suppress(OSError):
            await transport.close()
