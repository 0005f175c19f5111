"""Previews of sites, served by a real server at a fixed time, and a browser that looks at them."""

import http.client
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Response, Route, expect

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from datetime import datetime
from pathlib import Path
from feedpub.preview import listening, serve
now = datetime.fromisoformat(sys.argv[2])
with listening(0) as place:
    serve(Path(sys.argv[1]), place, clock=lambda: now, ready=lambda address: print(address, flush=True))
"""
NOW = "2026-11-10T08:00:00+01:00"
# A page that follows waits for a reading of the site, which on a busy machine takes longer than five seconds.
expect.set_options(timeout=30_000)
Serve = Callable[..., str]
Look = Callable[..., Page]


class Servers:
    """Starts previews, and stops them as Ctrl-C does."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[str]] = []

    def __call__(self, folder: Path, *, before: str = "") -> str:
        """The address of the preview of `folder`; `before` is a line that the server's program begins with."""
        command = [sys.executable, "-c", f"{before}\n{PROGRAM}", str(folder), NOW]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._running.append(server)
        assert server.stdout
        return server.stdout.readline().strip()

    def stop(self) -> None:
        """Stop all, and see that none had anything to say."""
        for server in self._running:
            server.send_signal(signal.SIGINT)
        said = [(*server.communicate(timeout=60), server.returncode) for server in self._running]
        self._running.clear()
        assert said == [("", "", 0)] * len(said)


@pytest.fixture
def serve() -> Iterator[Servers]:
    servers = Servers()
    yield servers
    servers.stop()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the preview of the seeds."""
    servers = Servers()
    yield servers(copied(tmp_path_factory.mktemp("seeds")))
    servers.stop()


@pytest.fixture
def complaints() -> list[str]:
    """What browsers complained of: each fails the test, unless it takes it off."""
    return []


@pytest.fixture
def look(browser: Browser, complaints: list[str]) -> Iterator[Look]:
    """Opens a page of so many pixels in width, light or dark. A word on its console, or a failed request, is a complaint."""
    pages = []

    def run(address: str, width: int = 1280, *, dark: bool = False) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light")
        page.route(lambda url: urlsplit(url).hostname != "127.0.0.1", _picture)
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("response", lambda answer: complaints.append(_told(answer)) if answer.status >= 400 else None)
        page.goto(address)
        pages.append(page)
        return page

    yield run
    for page in pages:
        page.close()
    assert complaints == []


def copied(folder: Path) -> Path:
    """A copy of the seeds in `folder`."""
    return shutil.copytree(ROOT / "seeds", folder / "site", ignore=shutil.ignore_patterns("public", "issue", ".feedpub"))


def ask(address: str, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """What the server answers to that very path: status, headers by small names, and body."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def _picture(route: Route, request: Request) -> None:
    """Images of other servers: a small one, so that no test asks the network."""
    if request.resource_type == "image":
        route.fulfill(content_type="image/svg+xml", body='<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"/>')
    else:
        route.abort()


def _told(answer: Response) -> str:
    return f"{answer.status} {answer.url}"
