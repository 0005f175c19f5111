"""Connections without a proxy: who is silent, slow, or holds many, keeps nobody out; and targets that are whole addresses."""

import contextlib
import re
import resource
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from feedpub.web.protocol import Config, Patience, Protocol
from tests.serve.conftest import Server, raw

REQUEST = b"GET /rss.xml HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"


def connected(port: int, source: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60, source_address=(source, 0))


def answered(port: int, source: str) -> bool:
    with connected(port, source) as sock:
        sock.sendall(REQUEST)
        return sock.recv(100).startswith(b"HTTP/1.1 200 ")


def is_closed(sock: socket.socket) -> bool:
    sock.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        return sock.recv(1) == b""
    return False


@pytest.fixture
def many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, before[1]) if before[1] > 0 else 4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_thousand_silent_clients_of_a_proxy_keep_nobody_out(public: Server, many_files: None) -> None:
    with contextlib.ExitStack() as stack:
        for number in range(1024):
            sock = stack.enter_context(connected(public.port, "127.0.0.1"))
            sock.sendall((b"", b"G", HEAD)[number % 3])
        assert answered(public.port, "127.0.0.1")
        assert answered(public.port, "127.0.0.9")


def test_a_network_has_room_for_a_hundred_and_its_silent_ones_go_first(public: Server) -> None:
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(connected(public.port, "127.0.0.2")) for _ in range(150)]
        assert answered(public.port, "127.0.0.2")
        public.until(lambda: sum(map(is_closed, socks)) >= 50)
        # Those that were silent longest.
        assert not is_closed(socks[-1])
        assert answered(public.port, "127.0.0.3")
    assert public.said().count("belongs into [web] trusted_proxies") == 1


async def talk(request: Request) -> Response:
    body = await request.body()
    return PlainTextResponse("x" * 30_000_000 if request.method == "GET" else body)


@pytest.fixture
def impatient() -> Iterator[int]:
    """The port of a server of the same protocol, which gives half a second."""
    app: Any = Starlette(routes=[Route("/", talk, methods=["GET", "POST"])])
    config = Config(app, proxies=(), patience=Patience(0.5, 0.5, 0.5), http=Protocol, port=0, log_level="error", ws="none")
    server = uvicorn.Server(config)
    sock = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([sock],))
    thread.start()
    yield sock.getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("start", [b"", b"G", HEAD, HEAD + b"\r\nab"])
def test_who_does_not_go_on_is_cut_off(impatient: int, start: bytes) -> None:
    with connected(impatient, "127.0.0.1") as sock:
        sock.sendall(start)
        with contextlib.suppress(ConnectionError):
            assert sock.recv(1000) == b""


def test_who_asks_twice_and_is_silent_then_is_cut_off_too(impatient: int) -> None:
    with connected(impatient, "127.0.0.1") as sock:
        for _ in range(2):
            sock.sendall(HEAD + b"\r\n0123456789")
            assert sock.recv(1000).endswith(b"0123456789")
        with contextlib.suppress(ConnectionError):
            assert sock.recv(1000) == b""


def write_for_ever(sock: socket.socket) -> None:
    while True:
        sock.sendall(b"\r\n")
        threading.Event().wait(0.05)


@pytest.mark.parametrize("times", [1, 2])
def test_who_does_not_read_the_answer_is_cut_off(impatient: int, times: int) -> None:
    with connected(impatient, "127.0.0.1") as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * times)
        # It has nothing to read from us, and sees the end by what can't be sent any more.
        with pytest.raises(ConnectionError):
            write_for_ever(sock)


def test_who_reads_slowly_gets_the_whole_answer(impatient: int) -> None:
    taken = 0
    with connected(impatient, "127.0.0.1") as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        while data := sock.recv(1_000_000):
            taken += len(data)
            threading.Event().wait(0.05)
    assert taken > 30_000_000


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("http://localhost/rss.xml", "evil.example", 200), ("http://evil.example/rss.xml", "localhost", 400),
        ("HTTPS://News.Example.org:443/rss.xml?a=http://evil.example/", "x", 200), ("http://localhost", "localhost", 200),
        ("http://localhost?a", "localhost", 200), ("http://localhost/nothing", "localhost", 404),
        ("http://news.example.org@evil.example/", "localhost", 400), ("http:///rss.xml", "localhost", 400),
        ("http://[::1]:80/rss.xml", "localhost", 200), ("ftp://localhost/", "localhost", 400), ("rss.xml", "localhost", 400),
        ("http://localhost:443", "localhost", 200), ("*", "localhost", 400), ("http://localhost/rss.xml#a", "localhost", 400),
    ],
)  # fmt: skip
def test_of_a_target_that_is_an_address_the_host_counts(public: Server, target: str, host: str, status: int) -> None:
    answer = raw(public, f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"evil" not in answer


def test_an_address_as_target_frees_nobody_from_one_host(public: Server) -> None:
    for version, lines, status in [
        ("1.1", "", 400), ("1.1", "Host: localhost\r\nHost: localhost\r\n", 400), ("1.0", "", 200),
    ]:  # fmt: skip
        answer = raw(public, f"GET http://localhost/rss.xml HTTP/{version}\r\n{lines}Connection: close\r\n\r\n".encode())
        assert answer.startswith(f"HTTP/1.1 {status} ".encode())


def test_options_of_the_whole_server(public: Server) -> None:
    answer = raw(public, b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert re.match(rb"HTTP/1\.1 204 .*\r\nallow: GET, HEAD, OPTIONS\r\n", answer, re.DOTALL)
    assert raw(public, b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n").startswith(b"HTTP/1.1 400 ")
