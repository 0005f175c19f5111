"""An alarm for the operator when sending stops: by a webhook, a command or a mail; once, and without a secret."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured
from tests.send.conftest import Inbox

Run = Callable[..., Result]


@pytest.fixture
def site(write_site: Write, feedpub: Run, inbox: tuple[Inbox, int]) -> Path:
    settings = f'[mail]\nurl = "smtp://127.0.0.1:{inbox[1]}"\n'
    site = write_site({"articles/a.md": featured("A story", "2025-11-11")}, DIGEST + settings)
    (site / "list.csv").write_text("email\n" + "\n".join(f"u{n}@d{n % 6}.example" for n in range(12)))
    feedpub("subscribers", "import", site / "list.csv", "--site", site)
    return site


@pytest.fixture
def run(feedpub: Run, site: Path) -> Run:
    return lambda *arguments: feedpub(*arguments, "--site", site)


class Hook(BaseHTTPRequestHandler):
    told: list[dict[str, str]]

    def do_POST(self) -> None:
        self.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict[str, str]]]]:
    told: list[dict[str, str]] = []
    server = HTTPServer(("127.0.0.1", 0), type("_", (Hook,), {"told": told}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/secret", told
    server.shutdown()
    thread.join()
    server.server_close()


def set_alarm(site: Path, how: str) -> None:
    path = site / "feedpub.toml"
    path.write_text(path.read_text() + f"on_stop = {json.dumps(how)}\n")


DENIED = "554 5.7.1 Relay \x1b[31maccess denied"


def test_a_webhook_is_told_once_that_the_server_refuses_everybody(
    run: Run, site: Path, inbox: tuple[Inbox, int], hook: tuple[str, list[dict[str, str]]]
) -> None:
    set_alarm(site, hook[0])
    inbox[0].answer = lambda _: DENIED
    result = run("send", "weekly")
    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "the server refuses everybody: 554 5.7.1 Relay" in result.stderr
    run("send", "weekly")
    (told,) = hook[1]
    assert told["subject"].endswith(": sending stopped")
    assert told["text"].startswith("the server refuses everybody: 554 5.7.1 Relay")
    assert "12 deliveries wait" in told["text"]
    assert "\x1b" not in told["text"]
    inbox[0].answer = lambda _: ""
    assert run("send", "weekly").exit_code == 0
    assert len(hook[1]) == 1


def test_a_command_is_told_on_its_standard_input(run: Run, site: Path, inbox: tuple[Inbox, int]) -> None:
    program = "import os, sys; open('told', 'w').write(os.environ['FEEDPUB_SUBJECT'] + sys.stdin.read())"
    (site / "tell.py").write_text(program)
    set_alarm(site, f"{sys.executable} tell.py")
    inbox[0].answer = lambda _: DENIED
    run("send", "weekly")
    assert "sending stopped" in (site / "told").read_text()
    assert "refuses everybody" in (site / "told").read_text()


def test_a_mail_tells_the_operator_that_many_failed(run: Run, site: Path, inbox: tuple[Inbox, int]) -> None:
    set_alarm(site, "ops@example.org")
    inbox[0].answer = lambda to: f"550 5.1.1 no {to}" if to.startswith("u") else ""
    assert "12 of the 12 deliveries" in run("send", "weekly").stderr  # too many to be believed
    assert inbox[0].recipients() == ["ops@example.org"]


def test_an_alarm_that_can_not_be_raised_is_one_line_without_its_secret(run: Run, site: Path, inbox: tuple[Inbox, int]) -> None:
    set_alarm(site, "http://127.0.0.1:9/secret")
    inbox[0].answer = lambda _: DENIED
    result = run("send", "weekly")
    assert result.exit_code == 1
    assert "mail.on_stop could not tell of this: the webhook can't be reached" in result.stderr
    assert "secret" not in result.output
    assert "Traceback" not in result.output


def test_an_alarm_to_nobody_is_a_problem_of_the_settings(run: Run, site: Path) -> None:
    set_alarm(site, " ")
    assert "mail.on_stop" in run("send", "weekly").stderr
