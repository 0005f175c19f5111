"""Issues that went out, to read in a browser and in a feed reader."""

import re
from datetime import timedelta

import feedparser
import pytest

from tests.digest.conftest import DIGEST, featured
from tests.serve.conftest import SLOT, Serve, Server, send

ISSUE = "/archive/weekly/2025-11-17T0700/"


def test_an_issue_is_the_letter_that_went_out(public: Server) -> None:
    answer = public.ask.get(ISSUE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "A story" in answer.text
    assert "style=" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "img-src https: data:" in policy
    assert "form-action 'none'" in policy


def test_an_issue_holds_nobodys_link(public: Server) -> None:
    text = public.ask.get(ISSUE).text
    assert re.findall(r'href="([^"]*unsubscribe[^"]*)"', text) == ["https://news.example.org/unsubscribe"]
    assert "feedpub.invalid" not in text
    assert "reader@" not in text


def test_an_issue_is_not_sent_twice_to_who_has_it(public: Server) -> None:
    etag = public.ask.get(ISSUE).headers["etag"]
    assert public.ask.get(ISSUE, headers={"If-None-Match": etag}).status_code == 304


def test_the_day_of_an_issue_leads_to_it(public: Server) -> None:
    answer = public.ask.get("/archive/weekly/2025-11-17/")
    assert answer.status_code == 302
    assert answer.headers["location"] == ISSUE


def test_lists_lead_to_the_issues(public: Server) -> None:
    assert public.ask.get("/archive").headers["location"] == "/archive/"
    assert 'href="/archive/weekly/"' in public.ask.get("/archive/").text
    for page in ("/archive/", "/archive/weekly/"):
        text = public.ask.get(page).text
        assert f'href="{ISSUE}"' in text
        assert 'datetime="2025-11-17T08:00:00+01:00">2025-11-17<' in text


@pytest.mark.parametrize(("file", "version"), [("atom.xml", "atom10"), ("rss.xml", "rss20")])
def test_a_digest_has_a_feed_of_its_issues(public: Server, file: str, version: str) -> None:
    answer = public.ask.get(f"/archive/weekly/{file}")
    feed = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})
    assert feed.version == version
    assert not feed.bozo
    (entry,) = feed.entries
    assert entry.id == "tag:news.example.org,2025:/archive/weekly/2025-11-17T0700"
    assert entry.link == f"https://news.example.org{ISSUE}"
    assert "A story" in entry.title
    assert "A story" in entry.content[0].value
    assert "<table" not in entry.content[0].value
    assert "unsubscribe.feedpub" not in entry.content[0].value
    assert answer.headers["link"] == f'<https://news.example.org/archive/weekly/{file}>; rel="self"'
    assert public.ask.get(f"/archive/weekly/{file}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_an_issue_that_goes_out_while_it_serves_is_there(serve: Serve) -> None:
    server = serve({"articles/a.md": featured("One")}, DIGEST)
    assert "No issue went out yet" in server.ask.get("/archive/weekly/").text
    assert feedparser.parse(server.ask.get("/archive/weekly/atom.xml").content).entries == []
    send(server.folder)
    assert server.until(lambda: titles(server)) == ["One"]
    (server.folder / "articles/b.md").write_text(featured("Two", published="2025-11-20"))
    send(server.folder, SLOT + timedelta(days=7))
    server.until(lambda: titles(server) == ["Two", "One"])


def titles(server: Server) -> list[str]:
    return [entry.title for entry in feedparser.parse(server.ask.get("/archive/weekly/atom.xml").content).entries]


def test_a_letter_of_plain_text_is_shown_as_a_page(serve: Serve) -> None:
    server = serve({"articles/a.md": featured("Plain <b>words</b>")}, DIGEST + "plain_text_only = true\n")
    send(server.folder)
    answer = server.ask.get(ISSUE)
    assert "Plain &lt;b&gt;words&lt;/b&gt;" in answer.text
    assert "<pre" in answer.text
    assert "unsafe-inline" not in answer.headers["content-security-policy"]


def test_without_a_digest_or_the_wish_there_is_no_archive(serve: Serve) -> None:
    files = {"articles/a.md": featured("One")}
    without = serve(files, "", name="a")
    unwanted = serve(files, DIGEST + "\n[web]\narchive = false\n", name="b")
    for server in (without, unwanted):
        assert server.ask.get("/archive/").status_code == 404
        assert "Past issues" not in server.ask.get("/nothing").text
    assert not (without.folder / "feedpub.db").exists()


def test_a_letter_can_say_where_its_issue_is(serve: Serve) -> None:
    pattern = 'archive_url = "/archive/{name}/{slot}/"\n'
    server = serve({"articles/a.md": featured("One")}, DIGEST + pattern)
    send(server.folder)
    assert f'href="https://news.example.org{ISSUE}"' in server.ask.get(ISSUE).text
