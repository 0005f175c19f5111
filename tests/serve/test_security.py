"""What a hostile or clumsy request gets: the right 4xx, the same headers as all, and never a traceback."""

import base64
import contextlib
import hashlib
import re
import socket

import pytest

from tests.conftest import article
from tests.serve.conftest import Serve, Server, raw


@pytest.mark.parametrize(
    "path", ["/", "/rss.xml", "/nothing", "/healthz", "/metrics", "/archive/", "/archive/weekly/2025-11-17T0700/"]
)
def test_every_answer_has_the_headers_of_safety(public: Server, path: str) -> None:
    headers = public.ask.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "script" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/", "/nothing", "/archive/", "/archive/weekly/"])
def test_a_page_allows_its_own_styles_by_hash(public: Server, path: str) -> None:
    answer = public.ask.get(path)
    (style,) = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
    expected = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{expected}'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert " style=" not in answer.text


@pytest.mark.parametrize("path", ["/", "/rss.xml", "/nothing", "/healthz", "/archive/weekly/atom.xml"])
def test_behind_tls_browsers_are_told_to_stay_there(public: Server, path: str) -> None:
    answer = public.ask.get(path, headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("host", ["news.example.org", "NEWS.example.org:443", "localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_a_host_of_ours_is_answered(public: Server, host: str) -> None:
    for path in ("/rss.xml", "/healthz"):
        assert public.ask.get(path, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "news.example.org.evil.example", "", "a b", "news.example.org@evil.example", "["]
)
def test_another_host_is_not(public: Server, host: str) -> None:
    for path in ("/rss.xml", "/archive/", "/nothing"):
        answer = raw(public, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"evil" not in answer


def test_two_hosts_are_none(public: Server) -> None:
    for lines in ("Host: localhost\r\nHost: localhost\r\n", ""):
        answer = raw(public, f"GET /rss.xml HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/%00", 400), ("/rss.xml%00", 400), ("/a%0d%0ab", 400), ("/..%5c..%5cfeedpub.toml", 400), ("/\\..\\feedpub.toml", 400),
        ("/%ff%fe", 400), ("/" + "a" * 1_001, 400), ("/archive/%00/", 400), ("/archive/weekly/%00/", 400),
        ("/archive/WEEKLY/", 404), ("/archive/nobody/", 404), ("/archive/weekly/yesterday/", 404),
        ("/archive/weekly/2025-11-17T0701/", 404), ("/archive/weekly/9999-99-99T9999/", 404),
        ("/archive/weekly/0001-01-01T0000/", 404), ("/archive/..%2f/", 404), ("/archive/weekly/2025-11-18/", 404),
    ],
)  # fmt: skip
def test_a_strange_path_is_refused(public: Server, path: str, status: int) -> None:
    answer = raw(public, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize("path", ["/", "/rss.xml", "/healthz", "/nothing"])
def test_a_large_body_is_refused(public: Server, path: str) -> None:
    assert public.ask.post(path, content=b"x" * 10_000_000).status_code == 413
    assert public.ask.post(path, content=(b"x" * 10_000 for _ in range(1_000))).status_code == 413
    assert public.ask.request("GET", path, content=b"x" * 100_000).status_code == 413
    assert public.ask.post(path, content=b"x" * 60_000).status_code in (404, 405)


def test_a_length_that_is_none_is_refused(public: Server) -> None:
    for length in ("-1", "9" * 30, "1e3"):
        head = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        assert re.match(rb"HTTP/1\.1 4\d\d ", raw(public, head.encode()))


def test_a_head_without_end_is_cut_off(public: Server) -> None:
    answer = raw(public, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1_000_000)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    assert public.ask.get("/healthz").status_code == 200


def test_a_page_for_errors_is_a_page(public: Server) -> None:
    answer = public.ask.get("/nothing")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "<h1>Nothing is here</h1>" in answer.text
    assert '<html lang="en">' in answer.text


@pytest.mark.parametrize("upgrade", ["websocket", "h2c"])
@pytest.mark.parametrize("start", ["GET /rss.xml", "POST /unsubscribe", "GET /archive/"])
def test_a_body_behind_an_upgrade_is_no_request(public: Server, start: str, upgrade: str) -> None:
    body = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = (
        f"{start} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: {upgrade}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", public.port), timeout=30) as sock:
        sock.sendall(head.encode())
        answer = sock.recv(10)
        with contextlib.suppress(ConnectionError):  # it hung up already, which is as good
            sock.sendall(body)
            while more := sock.recv(65536):
                answer += more
    assert answer.count(b"HTTP/1.1 ") == 1


def test_figures_can_only_be_read(public: Server) -> None:
    assert public.ask.head("/metrics").status_code == 200
    for method in ("POST", "PUT", "DELETE"):
        assert public.ask.request(method, "/metrics").status_code == 405


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
@pytest.mark.parametrize("lines", ["HTTP/1.1\r\nHost: 10.1.2.3:8000\r\n", "HTTP/1.1\r\nHost: feedpub\r\n", "HTTP/1.0\r\n"])
def test_a_probe_may_ask_by_any_name_or_none(public: Server, path: str, lines: str) -> None:
    answer = raw(public, f"GET {path} {lines}Connection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"nosniff" in answer


@pytest.mark.parametrize(("probes", "status"), [('["127.0.0.0/8"]', 200), ('["10.0.0.0/8"]', 404), ("[]", 404)])
def test_a_setting_says_from_where_probes_come(serve: Serve, probes: str, status: int) -> None:
    server = serve({"articles/a.md": article()}, f"\n[web]\nprobes = {probes}\n", healthy=status)
    for path in ("/healthz", "/metrics"):
        assert server.ask.get(path, headers={"Host": "feedpub:8000"}).status_code == status
        # A proxy tells who asks.
        assert server.ask.get(path, headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404
    assert server.ask.get("/rss.xml").status_code == 200
