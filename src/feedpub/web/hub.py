"""The publisher's half of WebSub: the hub is told of each feed that changed (W3C WebSub, section 7)."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

try:
    import fcntl
except ImportError:  # Windows: there is one worker there, or each of them tells the hub
    fcntl = None  # type: ignore[assignment]

# Until then every worker has the new feeds: the hub comes for them as soon as it is told.
_DELAY = 2.5
_ATTEMPTS = 8
_log = logging.getLogger("feedpub.web")


class Turn:
    """Which one of several workers does what is to be done once; when it ends, the next one that asks takes over."""

    def __init__(self, file: Path | None) -> None:
        """`file` is one that all workers know; None where there is a single worker."""
        self._file, self._handle = file, -1

    def is_mine(self) -> bool:
        """Whether this worker has the turn, from now until it ends."""
        if self._file is None or fcntl is None or self._handle >= 0:
            return True
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True


async def announce(hub: str, urls: Sequence[str], count: Callable[[str], None], *, delay: float = _DELAY) -> None:
    """Tell `hub` that the feeds at `urls` changed; `count` is given "told" or "failed" for each.

    A hub that does not answer is asked again, ever more seldom, for some minutes; then that is one line in the log. And so
    is a feed that it will not have, which keeps it from no other.
    """
    await asyncio.sleep(delay)
    async with httpx.AsyncClient(timeout=20, follow_redirects=True) as client:
        for number, url in enumerate(urls):
            try:
                await _tell(client, hub, url)
            except httpx.HTTPError as error:
                if _is_refusal(error):
                    count("failed")
                    _log.warning("The hub will not have %s: %s", url, error)
                    continue
                # One that is dead is not asked for each feed anew.
                left = urls[number:]
                for _ in left:
                    count("failed")
                _log.warning("The hub was not told of %d feeds, such as %s: %s", len(left), url, error or type(error).__name__)
                return
            count("told")


async def _tell(client: httpx.AsyncClient, hub: str, url: str) -> None:
    async for attempt in AsyncRetrying(
        retry=retry_if_exception(lambda error: isinstance(error, httpx.HTTPError) and not _is_refusal(error)),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_exponential_jitter(initial=1, max=120),
        reraise=True,
    ):
        with attempt:
            answer = await client.post(hub, data={"hub.mode": "publish", "hub.url": url})
            answer.raise_for_status()


def _is_refusal(error: BaseException) -> bool:
    """Whether the hub understood, and says no: to ask again changes nothing, unless it only asks for patience."""
    return (
        isinstance(error, httpx.HTTPStatusError)
        and error.response.is_client_error
        and error.response.status_code not in (408, 429)
    )
