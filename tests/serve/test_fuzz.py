"""Any request at all: what is hostile gets a 4xx, and nothing gets a 500."""

import contextlib
import re
import socket
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedpub.web.negotiation import ENCODINGS, matches, preferred, seconds, wish
from tests.serve.conftest import Server

many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = [
    "", "rss.xml", "archive", "weekly", "2025-11-17T0700", "2025-11-17", "atom.xml", "healthz", "metrics", "..", "%2e%2e", "%2f",
    "%00", "%", "%zz", "%ff", "\\", ";", "?", "?a=b", "#", "{digest}", "'", "%27%20OR%201=1", "é", "a" * 300, "9999-12-31T2359",
    "subscribe", "unsubscribe", "confirm", "preferences", "undo", "web.css",
]  # fmt: skip
paths = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=6).map(lambda pieces: "/" + "/".join(pieces))
methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get"])
names = st.sampled_from([
    "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "Host", "Content-Type", "Content-Length", "Expect",
    "Transfer-Encoding", "X-Forwarded-Proto", "X-Forwarded-For", "Connection", "Upgrade", "A-IM", "Cookie",
])  # fmt: skip
values = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=40) | st.sampled_from([
    "gzip;q=", "*;q=0.0001,,;",
    '"', 'W/"', "*", "Mon, 32 Foo 2025 99:99:99 GMT", "0", "-1", "chunked", "100-continue", "localhost",
    "https", "websocket", "bytes=0-", "99999999999999999999",
])  # fmt: skip
headers = st.lists(st.tuples(names, values), max_size=5)


@many
@given(method=methods, path=paths, more=headers, body=st.binary(max_size=100))
def test_no_request_breaks_the_server(public: Server, method: str, path: str, more: list[tuple[str, str]], body: bytes) -> None:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *(f"{name}: {value}" for name, value in more)]
    lines.append(f"Content-Length: {len(body)}")
    data = "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + body
    answer = b""
    with socket.create_connection(("127.0.0.1", public.port), timeout=30) as sock, contextlib.suppress(ConnectionError):
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        while more_data := sock.recv(65536):
            answer += more_data
    # Who hangs up while a thread is busy for them gets nothing.
    assert answer == b"" or re.match(rb"HTTP/1\.1 ([1234]\d\d|501) ", answer), answer[:200]
    assert b"Traceback" not in answer


@many
@given(method=methods.filter(str.isupper), path=paths, query=st.text(max_size=20), body=st.binary(max_size=100))
def test_a_well_formed_request_gets_an_answer(public: Server, method: str, path: str, query: str, body: bytes) -> None:
    url = f"http://127.0.0.1:{public.port}{quote(path, errors='replace')}"
    answer = public.ask.request(method, url, params={"q": query}, content=body)
    assert answer.status_code < 500
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_server_told_of_no_fault(public: Server) -> None:
    assert not [line for line in public.said().splitlines() if "Error in" in line or "Traceback" in line]


@given(st.binary(max_size=60) | st.none())
def test_any_accept_encoding_leaves_something_to_send(header: bytes | None) -> None:
    found = preferred(header)
    assert found
    assert set(found) <= set(ENCODINGS)


@given(st.binary(max_size=60))
def test_any_date_is_a_moment_or_none(header: bytes) -> None:
    assert seconds(header) is None or isinstance(seconds(header), float)


@given(st.lists(st.from_regex(rb'\A(W/)?"[!#-~]*"\Z'), min_size=1), st.data())
def test_each_of_a_list_of_etags_matches(etags: list[bytes], data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(etags))
    assert matches(b", ".join(etags), chosen.removeprefix(b"W/"))


def test_lines_of_one_name_are_one_list() -> None:
    found = wish([(b"host", b"a"), (b"if-none-match", b'"a"'), (b"if-none-match", b'"b"'), (b"accept-encoding", b"br")])
    assert (found.host, found.none_match, found.accept, found.has_body) == (b"a", b'"a","b"', b"br", False)
