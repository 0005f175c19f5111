"""The server of the preview: on this machine alone, until Ctrl-C."""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

import uvicorn

from feedpub.errors import FeedpubError, Problem
from feedpub.preview.app import preview_app
from feedpub.preview.live import Live

HOST = "127.0.0.1"


def listening(port: int) -> socket.socket:
    """A socket that listens at `port` of 127.0.0.1 (0: a free one). Raises FeedpubError where that can't be had."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        what = f"can't be listened at: {os.strerror(error.errno) if error.errno else error}"
        mend = f"choose another: --port {port + 1 if port < 65_535 else 8001}"
        raise FeedpubError([Problem(f"{HOST}:{port}", 0, "", what, mend)]) from error


def serve(folder: Path, place: socket.socket, *, clock: Callable[[], datetime], ready: Callable[[str], None]) -> None:
    """Show the site in `folder` at the socket `place` until SIGINT or SIGTERM; `ready` is told the address."""
    asyncio.run(_serve(folder, place, clock, ready))


async def _serve(folder: Path, place: socket.socket, clock: Callable[[], datetime], ready: Callable[[str], None]) -> None:
    live = Live(folder, clock)
    port = place.getsockname()[1]
    settings = uvicorn.Config(
        preview_app(live, port),
        log_config=None,
        access_log=False,
        server_header=False,
        http="h11",
        ws="none",
        timeout_graceful_shutdown=10,
    )
    ready(f"http://{HOST}:{port}/")
    await _Server(settings, live).serve(sockets=[place])


class _Server(uvicorn.Server):
    """Ends what waits for news before the connections are waited for, and leaves signals as they were."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self._live = live

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM as a wish to stop, in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        old = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop cleanly; asked twice, at once."""
        self._live.stop()
        super().handle_exit(sig, frame)
