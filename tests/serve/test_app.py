"""The application by itself: what a caller can add to it, and what becomes of a fault."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from feedpub.loading import load_site
from feedpub.publishing import build
from feedpub.web.app import create_app
from feedpub.web.context import Context
from tests.conftest import Write, article, in_a_loop


def hello(request: Request) -> Response:
    return PlainTextResponse(f"hello {request.path_params['name']}", headers={"referrer-policy": "no-referrer"})


def fault(request: Request) -> Response:
    raise RuntimeError("ada@example.org")


def no_database(request: Request) -> Response:
    raise OperationalError("SELECT", {"address": "ada@example.org"}, Exception("ada@example.org"))


ROUTES = [Route("/hello/{name}", hello), Route("/fault", fault), Route("/database", no_database)]


def asked(folder: Path, path: str, host: str = "localhost") -> httpx.Response:
    context = Context(folder, load_site(folder), None, None, lambda: datetime.now(UTC))
    app = create_app(context, ROUTES, hosts=["feeds.internal"])

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}") as client:
            return await client.get(path)

    return in_a_loop(ask())


@pytest.fixture
def folder(write_site: Write) -> Path:
    folder = write_site({"articles/a.md": article()})
    build(folder)
    return folder


def test_a_route_of_the_caller_is_guarded_too(folder: Path) -> None:
    answer = asked(folder, "/hello/ada")
    assert answer.text == "hello ada"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert asked(folder, "/hello/ada", "feeds.internal").status_code == 200
    assert asked(folder, "/hello/ada", "evil.example").status_code == 400


def test_a_fault_is_a_page_and_a_line_without_its_message(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    answer = asked(folder, "/fault")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "RuntimeError in web/" in caplog.text
    assert "ada" not in caplog.text + answer.text


def test_a_database_that_rests_is_told_so(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    answer = asked(folder, "/database")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "OperationalError" in caplog.text
    assert "ada" not in caplog.text + answer.text


def test_what_is_to_end_with_it_ends(folder: Path) -> None:
    ended: list[str] = []
    context = Context(folder, load_site(folder), None, None, lambda: datetime.now(UTC))
    app = create_app(context, at_end=[lambda: ended.append("post")])
    messages = ["lifespan.startup", "lifespan.shutdown"]

    async def receive() -> dict[str, str]:
        return {"type": messages.pop(0)}

    async def send(message: object) -> None:
        assert ended == ([] if messages else ["post"])

    in_a_loop(app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send))  # type: ignore[arg-type]
    assert ended == ["post"]
