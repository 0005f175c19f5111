"""The server: uvicorn, set up for us, in this process or with several workers."""

import ipaddress
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from feedpub.errors import FeedpubError, Problem, harmless, printable
from feedpub.site import Site
from feedpub.store import open_store
from feedpub.web import subscriptions
from feedpub.web.app import create_app
from feedpub.web.context import Context
from feedpub.web.links import Keys
from feedpub.web.metrics import SHARED, Traffic
from feedpub.web.post import Postman
from feedpub.web.protocol import Config, Protocol

# uvicorn's exit code of a worker that is not worth another start.
STARTUP_FAILURE = 3
_BACKLOG = 2048
# How long a request may take to end when the server is told to.
_GRACE = 20


class _Harmless(logging.Formatter):
    """A message is one line, and moves no cursor of a terminal in which the log is read."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = printable(record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        return harmless(super().format(record))


@dataclass(frozen=True)
class Worker:
    """Makes the application in a worker's own process: it is sent there, so it holds what can be.

    Settings and keys are those of the start: whoever edits them does not end the server when a worker has to be replaced.
    """

    folder: Path
    site: Site
    keys: Keys | None
    hosts: Collection[str]
    access_log: bool
    shared: Path | None

    def __call__(self) -> ASGIApp:
        """The application of the site."""
        logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
        for handler in logging.getLogger().handlers:
            handler.setFormatter(_Harmless("%(asctime)s %(message)s"))
        logging.getLogger("feedpub").setLevel(logging.INFO)
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
        try:
            site, keys = self.site, self.keys
            # A person waits: rather than for a minute, they are asked to come back in one.
            engine = open_store(site.store.url, self.folder, patience=10) if site.digests else None
            context = Context(self.folder, site, engine, keys, lambda: datetime.now(UTC))
            postman = Postman(context, engine, keys) if engine and keys else None
        except FeedpubError as error:  # it was sound at the start: the database, or a file with a password
            logging.getLogger("feedpub.web").error("A worker can't start: %s", error)
            sys.exit(STARTUP_FAILURE)
        if postman:
            postman.wake()  # what a worker that died did not send
        traffic = Traffic(log=self.access_log)
        return create_app(
            context,
            subscriptions.routes(context, postman, refused=traffic.refuse),
            hosts=self.hosts,
            traffic=traffic,
            turn=self.shared / "hub" if self.shared else None,
            at_end=[postman.stop] if postman else [],
        )


def _end_with_parent() -> None:
    """End as by SIGTERM when the process that started this one is gone, or the port would stay taken, by nobody's server."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises FeedpubError where the port is taken, or not ours to take."""
    with ExitStack() as stack:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            found = stack.enter_context(socket.socket(family, kind, protocol))
            if os.name == "posix":
                found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
            found.listen(_BACKLOG)
        except OSError as error:
            what, mend = (error.strerror or str(error)).lower(), "choose another with --host and --port"
            raise FeedpubError([Problem(f"{host}:{port}", 0, "", f"can't listen here: {what}", mend)]) from error
        stack.pop_all()
    found.set_inheritable(True)
    return found


def made(worker: Worker, *, workers: int, proxies: Collection[str]) -> uvicorn.Server:
    """The server, for `workers` processes; requests that come by way of `proxies` tell the scheme and the client."""
    if workers > 1:
        # Read by prometheus_client when a worker imports it.
        os.environ[SHARED] = str(worker.shared)
    config = Config(
        worker,
        proxies=proxies,
        factory=True,
        http=Protocol,
        ws="none",
        lifespan="on",
        workers=workers,
        log_config=None,
        log_level=logging.ERROR,  # or it would tell of each request that is no HTTP
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=[spelling for proxy in proxies for spelling in _spellings(proxy)],
        timeout_graceful_shutdown=_GRACE,
    )
    return uvicorn.Server(config)


def _spellings(proxy: str) -> Iterator[str]:
    """A network of IPv4 also as a socket for both families tells it."""
    network = ipaddress.ip_network(proxy, strict=False)
    yield str(network)
    if network.version == 4:
        yield f"::ffff:{network.network_address}/{96 + network.prefixlen}"


def serve(server: uvicorn.Server, sock: socket.socket) -> None:
    """Serve until SIGTERM or Ctrl-C, and end the requests that are under way."""
    if server.config.workers > 1:
        Multiprocess(server.config, sockets=[sock]).run()
    else:
        server.run([sock])
