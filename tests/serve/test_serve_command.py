"""The command: what it says, how it ends, what it counts and writes down."""

import os
import re
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import Result

from feedpub.publishing import build
from tests.conftest import Write, article
from tests.digest.conftest import DIGEST, featured
from tests.serve.conftest import Serve, Server

Run = Callable[..., Result]


def test_a_site_that_was_not_built_is_told_how(write_site: Write, feedpub: Run) -> None:
    folder = write_site({"articles/a.md": article()})
    result = feedpub("serve", folder)
    assert result.exit_code == 1
    assert result.stderr.endswith(f"nothing was built here yet; do it with: feedpub build {folder}\n")


def test_a_port_that_is_taken_is_told_in_a_line(write_site: Write, feedpub: Run) -> None:
    folder = write_site({"articles/a.md": article()})
    build(folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = feedpub("serve", folder, "--port", port)
    assert result.exit_code == 1
    assert result.stderr == (
        f"127.0.0.1:{port}: can't listen here: address already in use; choose another with --host and --port\n"
    )


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_told_in_a_line(write_site: Write, feedpub: Run, host: str) -> None:
    folder = write_site({"articles/a.md": article()})
    build(folder)
    result = feedpub("serve", folder, "--host", host)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{host}:8000: can't listen here: ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('url = "example.org"', 'web.url: "example.org" is not a web address'),
        ("max_age = -1", "web.max_age:"),
        ('trusted_proxies = ["nginx"]', 'web.trusted_proxies: "nginx" is not an IP address'),
        ("maxage = 1", "web.maxage: is not a setting of feedpub; did you mean max_age?"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(write_site: Write, feedpub: Run, line: str, said: str) -> None:
    folder = write_site({}, f"[web]\n{line}\n")
    result = feedpub("serve", folder)
    assert result.exit_code == 1
    assert f"feedpub.toml:8: {said}" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_answered_before_the_end(serve: Serve, number: int) -> None:
    server = serve({"articles/a.md": article()})
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as slow:
        slow.sendall(b"POST /rss.xml HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        assert slow.recv(1000).startswith(b"HTTP/1.1 100 ")  # it waits for the body now
        server.process.send_signal(number)

        def closed() -> bool:
            try:
                socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            except OSError:
                return True
            return False

        server.until(closed)
        slow.sendall(b"body")
        answer = slow.recv(1000)
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert server.process.wait() == 0
    assert server.said().splitlines()[1:] == []


def test_several_workers_end_together(serve: Serve) -> None:
    server = serve({"articles/a.md": article()}, "", "--workers", "2")
    assert server.ask.get("/rss.xml").status_code == 200
    assert server.stop() == 0
    with pytest.raises(httpx.ConnectError):
        server.ask.get("/healthz")


def test_a_worker_is_replaced_whatever_is_in_the_settings_now(serve: Serve) -> None:
    server = serve({"articles/a.md": article()}, DIGEST, "--workers", "2")
    pid = server.process.pid

    def children() -> set[int]:
        return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def workers() -> set[int]:
        return {one for one in children() if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()}

    server.until(lambda: len(workers()) == 2)
    before = workers()
    (server.folder / "feedpub.toml").write_text("an unfinished edit = [")
    (server.folder / "feedpub.key").unlink()
    os.kill(min(before), signal.SIGKILL)
    server.until(lambda: len(workers()) == 2 and workers() != before)
    os.kill(max(before), signal.SIGKILL)
    server.until(server.answers)
    assert server.ask.get("/subscribe").status_code == 200
    assert server.stop() == 0


def test_workers_end_with_a_parent_that_was_killed(serve: Serve) -> None:
    server = serve({"articles/a.md": article()}, "", "--workers", "2")
    server.process.kill()
    server.process.wait()

    def is_taken() -> bool:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=60).close()
        except ConnectionError as error:
            return not isinstance(error, ConnectionRefusedError)
        return True

    while is_taken():
        pass


def test_a_client_that_hangs_up_is_no_fault_of_ours(serve: Serve) -> None:
    server = serve({"articles/a.md": article()}, DIGEST)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        sock.sendall(b"POST /subscribe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\nExpect: 100-continue\r\n\r\n")
        assert sock.recv(1000).startswith(b"HTTP/1.1 100 ")
        sock.sendall(b"email=")
    server.until(lambda: 'status="499"' in server.ask.get("/metrics").text)
    assert 'status="500"' not in server.ask.get("/metrics").text
    assert "Disconnect" not in server.said()


def test_a_schedule_runs_beside_and_ends_with_it(serve: Serve) -> None:
    server = serve({"articles/a.md": featured("A")}, DIGEST.replace("0 8 * * mon", "0 0 1 1 *"), "--schedule")
    assert server.ask.get("/rss.xml").status_code == 200
    assert server.stop() == 0
    assert "Traceback" not in server.said()


@pytest.mark.parametrize("workers", [1, 2])
def test_figures_count_requests_by_route(serve: Serve, workers: int) -> None:
    server = serve({"articles/a.md": article(category="Craft")}, DIGEST, "--workers", str(workers))
    for path in ("/rss.xml", "/craft/rss.xml", "/secret-token?email=ada@example.org", "/archive/weekly/2025-11-17T0700/"):
        server.ask.get(path)
    server.ask.request("BREW", "/rss.xml")
    text = server.ask.get("/metrics").text

    def count(route: str, method: str, status: int) -> float:
        lines = [line for line in text.splitlines() if line.startswith("feedpub_http_requests_total{")]
        labels = (f'route="{route}"', f'method="{method}"', f'status="{status}"')
        return sum(float(line.rpartition(" ")[2]) for line in lines if all(label in line for label in labels))

    assert count("/rss.xml", "GET", 200) == 1
    assert count("/{folder}/rss.xml", "GET", 200) == 1
    assert count("none", "GET", 404) == 1
    assert count("/archive/{digest}/{slot}/", "GET", 404) == 1
    assert "feedpub_http_request_seconds_bucket{" in text
    assert "feedpub_snapshot_timestamp_seconds" in text
    assert "secret" not in text
    assert "ada" not in text


def test_what_is_refused_is_counted_in_the_figures(serve: Serve) -> None:
    server = serve({"articles/a.md": article()}, f"{DIGEST}\n[web]\nmails_per_hour = 1\n")
    codes = [server.ask.post("/subscribe", data={"email": f"r{number}@readers.example"}).status_code for number in range(2)]
    assert codes == [200, 429]
    text = server.ask.get("/metrics").text
    assert 'feedpub_mails_refused_total{limit="all"} 1.0' in text
    assert 'feedpub_mails_refused_total{limit="network"} 0.0' in text
    assert "mails_per_hour" in server.said()


def test_the_log_has_no_address_token_or_query(public: Server) -> None:
    public.ask.get("/archive/weekly/2025-11-17T0700/?email=ada@example.org", headers={"X-Forwarded-For": "203.0.113.9"})
    public.ask.get("/nothing/t0ken/weekly")
    public.until(lambda: "GET none 404" in public.said())
    lines = [line for line in public.said().splitlines()[1:] if " GET /archive/{digest}/{slot}/ 200 " in line]
    assert lines
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} GET /archive/\{digest\}/\{slot\}/ 200 [\d.]+ ms", lines[0])
    for secret in ("ada", "203.0.113", "127.0.0.1 ", "t0ken", "2025-11-17T0700"):
        assert secret not in public.said()


def test_no_line_is_written_for_a_request_unless_it_is_asked_for(serve: Serve) -> None:
    server = serve({"articles/a.md": article()})
    server.ask.get("/rss.xml")
    assert server.stop() == 0
    assert len(server.said().splitlines()) == 1


def test_health_tells_that_all_is_well(public: Server) -> None:
    answer = public.ask.get("/healthz")
    assert answer.json()["status"] == "ok"
    assert answer.json()["files"] > 0
    assert answer.headers["cache-control"] == "no-store"
    assert sorted(public.ask.post("/healthz").headers["allow"].split(", ")) == ["GET", "HEAD"]


def test_without_a_build_that_can_be_read_it_is_not_well(serve: Serve) -> None:
    server = serve({"articles/a.md": article()})
    assert server.stop() == 0
    (server.folder / "public/.feedpub-manifest.json").write_text("{")
    again = Server(server.folder, healthy=503)
    assert again.ask.get("/rss.xml").status_code == 404
    again.close()


def test_a_site_with_a_digest_and_no_key_gets_one(write_site: Write) -> None:
    folder = write_site({"articles/a.md": article()}, DIGEST)
    build(folder)
    server = Server(folder)
    try:
        assert server.ask.get("/subscribe").status_code == 200
        key = folder / "feedpub.key"
        assert key.stat().st_mode & 0o077 == 0
        assert len(key.read_text().strip()) >= 32
        assert "Put feedpub.key into your .gitignore" in server.said()
        assert key.read_text().strip() not in server.said()
    finally:
        server.close()
