"""What all tests share: sites of a few files, and the command."""

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Browser, sync_playwright

from feedpub.cli import main

SETTINGS = """\
[site]
title = "The Signal"
url = "https://news.example.org"
id = "tag:news.example.org,2025:"
timezone = "Europe/Malta"
author = "Ada Lovelace <ada@news.example.org>"
"""

Write = Callable[..., Path]
T = TypeVar("T")
# Nothing of the browser's own may look for the network.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def article(title: str = "A title", published: str = "2025-11-11", body: str = "Some text.\n", **fields: object) -> str:
    """The text of an article's file."""
    lines = [f"title: {title}", f"publishedAt: {published}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\n".join(["---", *lines, "---", "", body])


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for state of the user who runs the tests: nothing is kept in their own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setenv("XDG_STATE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for all tests. It keeps a loop of asyncio running in the main thread: see below."""
    chromium = needed("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def no_loop_of_a_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that uses no browser sees no loop of one: what runs a loop of its own would be refused."""
    if "browser" in request.fixturenames:
        yield
        return
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns, run in a thread of its own."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


@pytest.fixture
def write_site(tmp_path: Path) -> Write:
    """Writes a site into an empty folder and returns it: files by path, and more settings."""

    def write(files: dict[str, str | bytes], settings: str = "", *, name: str = "site", base: str = SETTINGS) -> Path:
        folder = tmp_path / name
        for path, content in {"feedpub.toml": base + settings, **files}.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        (folder / "articles").mkdir(exist_ok=True)
        return folder

    return write


@pytest.fixture
def feedpub() -> Callable[..., Result]:
    """Runs the command in this process; a traceback fails the test."""

    def run(*arguments: object) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, by its path, but the cache of a site."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and ".feedpub" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def needed(*programs: str) -> str:
    """The path of one of `programs`. Where none is installed the test is skipped, but never in CI: there it fails."""
    return next(filter(None, map(shutil.which, programs)), None) or lacking(programs[0])


def lacking(what: str) -> NoReturn:
    """Skip the test, as there is no `what`; but never in CI: there it fails."""
    if os.environ.get("CI"):
        pytest.fail(f"CI is to have {what}")
    pytest.skip(f"needs {what}")
