"""A real server: `feedpub serve` in a process of its own, and who asks it."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from feedpub.loading import load_articles, load_site
from feedpub.mailing.newsletter import choose, publish
from feedpub.publishing import build
from feedpub.store import open_store
from tests.conftest import SETTINGS, article
from tests.digest.conftest import DIGEST, featured

SLOT = datetime.fromisoformat("2025-11-17T07:00:00+00:00")


T = TypeVar("T")


class Server:
    """`feedpub serve` of a folder, on a free port. `ask` is an HTTP client that knows it."""

    def __init__(self, folder: Path, *options: str, healthy: int = 200) -> None:
        self.healthy = healthy
        self.folder = folder
        self.log = folder.parent / f"{folder.name}.log"
        command = [sys.executable, "-m", "feedpub", "serve", str(folder), "--port", "0", *options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stderr=log, stdout=log, env=os.environ | {"PYTHONUNBUFFERED": "1"})
        found = self.until(lambda: re.search(r"http://127\.0\.0\.1:(\d+)/", self.said()))
        assert found
        self.port = int(found[1])
        self.ask = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30)
        self.until(self.answers)

    def answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return self.ask.get("/healthz").status_code == self.healthy
        return False

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def until(self, found: Callable[[], T]) -> T:
        """What `found` returns as soon as that is something; the test's timeout is what ends the wait."""
        while not (result := found()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)
                pytest.fail(f"the server ended: {self.said()}")
        return result

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait()

    def close(self) -> None:
        self.ask.close()
        if self.process.poll() is None:
            self.stop()


Serve = Callable[..., Server]


def site_of(folder: Path, files: dict[str, str], settings: str = "") -> Path:
    for path, text in {"feedpub.toml": SETTINGS + settings, **files}.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    (folder / "feedpub.key").write_text("k" * 40)
    (folder / "feedpub.key").chmod(0o600)
    return folder


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Builds a site of these files, and serves it."""
    servers: list[Server] = []

    def run(files: dict[str, str], settings: str = "", *options: str, name: str = "site", healthy: int = 200) -> Server:
        folder = site_of(tmp_path / name, files, settings)
        build(folder)
        servers.append(Server(folder, *options, healthy=healthy))
        return servers[-1]

    yield run
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A site with a digest that went out once, served; for tests that change nothing."""
    files = {"articles/a.md": featured("A story", body="Word after word. " * 200), "articles/b.md": article("Another")}
    settings = '\n[feeds]\nhub = "https://hub.example.org/"\ncompress = ["gz"]\n' + DIGEST
    folder = site_of(tmp_path_factory.mktemp("public") / "site", files, settings)
    build(folder)
    send(folder)
    server = Server(folder, "--access-log")
    yield server
    server.close()


def send(folder: Path, slot: datetime = SLOT) -> None:
    """Make the issue of `slot`; to nobody."""
    site = load_site(folder)
    engine = open_store(site.store.url, folder)
    articles, _ = load_articles(folder, site)
    publish(engine, folder, site, choose(site, None), articles, slot=slot, now=slot)
    engine.dispose()


def raw(server: Server, data: bytes) -> bytes:
    """What the server answers to these octets, until it closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as sock:
        answer = b""
        with contextlib.suppress(ConnectionError):
            sock.sendall(data)
            while more := sock.recv(65536):
                answer += more
        return answer
