"""Files of the output folder over HTTP: types, validators, encodings, headers."""

import gzip
from email.utils import parsedate_to_datetime

import brotli
import pytest

from tests.serve.conftest import Serve, Server, raw

FEEDS = ["/rss.xml", "/atom.xml", "/feed.json"]
TYPES = {
    "/": "text/html; charset=utf-8",
    "/index.html": "text/html; charset=utf-8",
    "/rss.xml": "application/rss+xml; charset=utf-8",
    "/atom.xml": "application/atom+xml; charset=utf-8",
    "/feed.json": "application/feed+json",
    "/feeds.opml": "text/x-opml; charset=utf-8",
    "/uncategorized/rss.xml": "application/rss+xml; charset=utf-8",
}


@pytest.mark.parametrize("path", TYPES)
def test_a_file_has_its_type_and_its_bytes(public: Server, path: str) -> None:
    answer = public.ask.get(path)
    name = path.removeprefix("/") or "index.html"
    assert answer.status_code == 200
    assert answer.headers["content-type"] == TYPES[path]
    assert answer.content == (public.folder / "public" / name).read_bytes()
    assert answer.headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize("path", FEEDS)
def test_what_a_reader_has_already_is_not_sent_again(public: Server, path: str) -> None:
    whole = public.ask.get(path)
    for headers in (
        {"If-None-Match": whole.headers["etag"]},
        {"If-None-Match": "W/" + whole.headers["etag"]},
        {"If-None-Match": f'"other", W/"another" , {whole.headers["etag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": whole.headers["last-modified"]},
        {"If-Modified-Since": "Fri, 31 Dec 2100 23:59:59 GMT"},
        {"If-Modified-Since": "Friday, 31-Dec-60 23:59:59 GMT"},
    ):
        answer = public.ask.get(path, headers=headers)
        assert answer.status_code == 304, headers
        assert answer.content == b""
        for name in ("etag", "cache-control", "vary", "last-modified", "link", "content-security-policy"):
            assert answer.headers[name] == whole.headers[name]
        assert "content-type" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 31 Dec 2100 23:59:59 GMT"},
        {"If-None-Match": ""},
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": "Mon, 99 Jan 99999 00:00:00 GMT"},
        {"Range": "bytes=0-10"},
    ],
)
def test_what_it_has_not_is_sent_whole(public: Server, headers: dict[str, str]) -> None:
    answer = public.ask.get("/rss.xml", headers=headers)
    assert answer.status_code == 200
    assert answer.content == (public.folder / "public/rss.xml").read_bytes()


def test_last_modified_is_the_time_of_the_file(public: Server) -> None:
    told = parsedate_to_datetime(public.ask.get("/atom.xml").headers["last-modified"])
    assert int(told.timestamp()) == int((public.folder / "public/atom.xml").stat().st_mtime)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP;Q=0.5, br;q=0.4", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.2, *;q=0.1", "br"),
        ("*", "br"),
        ("*;q=0", None),
        ("gzip;q=0, br;q=0, identity;q=0", None),
        ("gzip;q=0.3, identity;q=0.9", None),
        ("gzip;q=nonsense, identity", None),
        ("deflate", None),
    ],
)
def test_the_most_welcome_encoding_is_sent(public: Server, accepted: str | None, encoding: str | None) -> None:
    header = b"" if accepted is None else f"Accept-Encoding: {accepted}\r\n".encode()
    answer = raw(public, b"GET /rss.xml HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header + b"\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert headers.get(b"content-encoding", b"").decode() == (encoding or "")
    assert headers[b"vary"] == b"accept-encoding"
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(encoding or "", lambda data: data)
    assert unpack(body) == (public.folder / "public/rss.xml").read_bytes()


def test_each_encoding_has_a_validator_of_its_own(public: Server) -> None:
    etags = {
        encoding: public.ask.get("/rss.xml", headers={"Accept-Encoding": encoding}).headers["etag"]
        for encoding in ("identity", "gzip", "br")
    }
    assert len(set(etags.values())) == 3
    for encoding, etag in etags.items():
        headers = {"Accept-Encoding": encoding, "If-None-Match": etag}
        assert public.ask.get("/rss.xml", headers=headers).status_code == 304
    mixed = {"Accept-Encoding": "br", "If-None-Match": etags["gzip"]}
    assert public.ask.get("/rss.xml", headers=mixed).status_code == 200


@pytest.mark.parametrize("path", ["/", "/rss.xml", "/healthz", "/metrics", "/archive/", "/archive/weekly/atom.xml", "/nothing"])
def test_head_has_the_headers_of_get_and_no_body(public: Server, path: str) -> None:
    whole, head = public.ask.get(path), public.ask.head(path)
    assert head.status_code == whole.status_code
    assert head.content == b""
    # The figures count the first of the two.
    differ = {"date"} | ({"content-length"} if path == "/metrics" else set())
    assert {k: v for k, v in head.headers.items() if k not in differ} == {
        k: v for k, v in whole.headers.items() if k not in differ
    }


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_names_itself_and_its_hub(public: Server, path: str) -> None:
    links = public.ask.get(path).headers["link"]
    assert links == f'<https://news.example.org{path}>; rel="self", <https://hub.example.org/>; rel="hub"'


@pytest.mark.parametrize(
    "path",
    [
        "/.feedpub-manifest.json", "/rss.xml.gz", "/uncategorized/", "/uncategorized", "/rss.xml/", "//rss.xml",
        "/..%2ffeedpub.toml",
        "/../feedpub.toml", "/%2e%2e/feedpub.toml", "/uncategorized/..%2f..%2ffeedpub.toml", "/feedpub.db", "/RSS.XML",
        "/stranger.txt", "/link.xml",
    ],
)  # fmt: skip
def test_only_what_a_build_wrote_is_there(public: Server, path: str) -> None:
    (public.folder / "public/stranger.txt").write_text("not of a build")
    with_link = public.folder / "public/link.xml"
    if not with_link.is_symlink():
        with_link.symlink_to("../feedpub.toml")
    answer = raw(public, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"Nothing is here" in answer


def test_a_listed_file_that_became_a_link_is_not_followed(serve: Serve) -> None:
    server = serve({"articles/a.md": "---\ntitle: A\npublishedAt: 2025-11-11\n---\n"})
    (server.folder / "public/rss.xml").unlink()
    (server.folder / "public/rss.xml").symlink_to("../feedpub.toml")
    server.until(lambda: server.ask.get("/rss.xml").status_code == 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"])
@pytest.mark.parametrize("path", ["/", "/rss.xml"])
def test_a_file_can_only_be_read(public: Server, path: str, method: str) -> None:
    answer = public.ask.request(method, path)
    if method in ("PROPFIND", "BREW") and answer.status_code == 400:
        return  # no method that the parser knows
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_path_of_the_public_url_may_be_passed_on_by_the_proxy(serve: Serve) -> None:
    text = "---\ntitle: A\npublishedAt: 2025-11-11\n---\n"
    server = serve({"articles/a.md": text}, '\n[web]\nurl = "https://news.example.org/live"\nmax_age = 60\n')
    for path in ("/", "/rss.xml", "/healthz"):
        assert server.ask.get(f"/live{path}").status_code == server.ask.get(path).status_code == 200
    assert server.ask.get("/live/rss.xml").headers["cache-control"] == "public, max-age=60"
    assert 'href="/live/"' in server.ask.get("/nothing").text
