"""What pages of other sites may read, what OPTIONS is told, and that an older build that came back is no stale 304."""

import os
import shutil
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from feedpub.publishing import build
from tests.conftest import article
from tests.serve.conftest import Serve, Server

FEEDS = ["/rss.xml", "/atom.xml", "/feed.json", "/feeds.opml", "/uncategorized/rss.xml", "/archive/weekly/rss.xml"]
PAGES = ["/", "/subscribe", "/unsubscribe", "/archive/", "/archive/weekly/", "/healthz", "/metrics", "/nothing", "/confirm/x"]
ELSEWHERE = {"Origin": "https://reader.example"}
BEFORE = ELSEWHERE | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}


@pytest.mark.parametrize("path", FEEDS)
def test_a_reader_in_a_browser_may_read_a_feed(public: Server, path: str) -> None:
    whole = public.ask.get(path, headers=ELSEWHERE)
    unchanged = public.ask.get(path, headers=ELSEWHERE | {"If-None-Match": whole.headers["etag"]})
    assert (whole.status_code, unchanged.status_code) == (200, 304)
    for answer in (whole, unchanged):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "etag" in answer.headers["access-control-expose-headers"]
    before = public.ask.options(path, headers=BEFORE)
    assert before.status_code == 204
    assert before.headers["access-control-allow-origin"] == "*"
    assert before.headers["access-control-allow-methods"] == "GET, HEAD"
    assert before.headers["access-control-allow-headers"] == "*"
    assert before.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_another_site_reads_ours(public: Server, path: str) -> None:
    for method in ("GET", "OPTIONS", "POST"):
        answer = public.ask.request(method, path, headers=BEFORE)
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/", "GET, HEAD, OPTIONS"), ("/subscribe", "GET, HEAD, OPTIONS, POST"), ("/healthz", "GET, HEAD, OPTIONS")],
)
def test_options_tells_what_may_be_done(public: Server, path: str, allowed: str) -> None:
    answer = public.ask.options(path)
    assert answer.status_code == 204
    assert ", ".join(sorted(answer.headers["allow"].split(", "))) == allowed
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_options_of_nothing_is_nothing(public: Server) -> None:
    assert public.ask.options("/nothing").status_code == 404
    assert public.ask.options("/rss.xml", headers={"Host": "evil.example"}).status_code == 400


def test_an_older_build_that_is_put_back_with_its_times_is_sent(serve: Serve) -> None:
    server = serve({"articles/a.md": article("Old")})
    output, kept = server.folder / "public", server.folder / "kept"
    for path in output.rglob("*"):  # the build of last month
        os.utime(path, (1.7e9, 1.7e9))
    shutil.copytree(output, kept)
    (server.folder / "articles/a.md").write_text(article("New"))
    build(server.folder)
    server.until(lambda: b"<title>New</title>" in server.ask.get("/rss.xml").content)
    new = server.ask.get("/rss.xml").headers
    shutil.copytree(kept, output, dirs_exist_ok=True)
    server.until(lambda: b"<title>Old</title>" in server.ask.get("/rss.xml").content)
    old = server.ask.get("/rss.xml").headers
    for held in ({"If-None-Match": new["etag"]}, {"If-Modified-Since": new["last-modified"]}):
        assert server.ask.get("/rss.xml", headers=held).status_code == 200
    # Its own date, or one from now on, which some clients send, is as good as ever.
    for date in (old["last-modified"], "Fri, 31 Dec 2100 23:59:59 GMT"):
        assert server.ask.get("/rss.xml", headers={"If-Modified-Since": date}).status_code == 304


def test_another_content_with_the_same_time_has_another_date(serve: Serve) -> None:
    server = serve({"articles/a.md": article("One")})
    rss, when = server.folder / "public/rss.xml", 1.7e9
    for title, former in ((b"Two", ""), (b"Six", format_datetime(datetime.fromtimestamp(when, UTC), usegmt=True))):
        # Same length, same place on the disk, same time.
        rss.write_bytes(rss.read_bytes().replace(b"One", title).replace(b"Two", title))
        os.utime(rss, (when, when))
        server.until(lambda title=title: title in server.ask.get("/rss.xml").content)  # type: ignore[misc]
        date = server.ask.get("/rss.xml").headers["last-modified"]
        assert date != former
        assert server.ask.get("/rss.xml", headers={"If-Modified-Since": former}).status_code == 200
