"""A transport for callers that have no event loop: those who send one message now and then."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from feedpub.transport.answer import Answer, Transport

T = TypeVar("T")


class Blocking:
    """`transport`, with methods that return when they are done; for one thread.

    It runs in a loop and a thread of its own, so the caller's thread may have a loop that runs already. `close` ends both.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="transport", daemon=True)
        self._thread.start()

    def send(self, message: bytes, *, sender: str, to: str) -> Answer:
        """As Transport.send."""
        return self._run(self._transport.send(message, sender=sender, to=to))

    def close(self) -> None:
        """As Transport.close."""
        self._run(self._transport.close())
        self._run(self._loop.shutdown_default_executor())  # it looks up names
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        running = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return running.result()
        except BaseException:  # also Ctrl+C
            running.cancel()
            raise
