"""A build while it serves: picked up whole, told to the hub, and never seen half."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from feedpub.publishing import build
from tests.conftest import article
from tests.serve.conftest import Serve, Server

FILES = ("rss.xml", "atom.xml", "feed.json")


class Hub:
    """A WebSub hub; it answers 503 as often as `busy` says, and 422 to the topic it will not have."""

    def __init__(self) -> None:
        self.told: list[dict[str, list[str]]] = []
        self.asked = self.busy = 0
        self.unwanted = ""
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                hub.asked += 1
                status = 503 if hub.asked <= hub.busy else 422 if hub.unwanted in parse_qs(body)["hub.url"] else 204
                self.send_response(status)
                self.end_headers()
                if status == 204:
                    hub.told.append(parse_qs(body))

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def topics(self) -> list[str]:
        return sorted(url for one in self.told for url in one["hub.url"])


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    thread = threading.Thread(target=hub.server.serve_forever)
    thread.start()
    yield hub
    hub.server.shutdown()
    hub.server.server_close()
    thread.join()


def rewrite(folder: Path, title: str, category: str = "Craft") -> None:
    (folder / "articles/a.md").write_text(article(title, category=category), encoding="utf-8")
    build(folder)


def test_a_build_is_picked_up(serve: Serve) -> None:
    server = serve({"articles/a.md": article("Old")})
    before = server.ask.get("/rss.xml")
    rewrite(server.folder, "New", "Field notes")
    server.until(lambda: b"<title>New</title>" in server.ask.get("/rss.xml").content)
    after = server.ask.get("/rss.xml")
    assert after.headers["etag"] != before.headers["etag"]
    # Readers that go by one of the two have to see the change as well.
    old, new = (parsedate_to_datetime(answer.headers["last-modified"]) for answer in (before, after))
    assert new > old
    assert server.ask.get("/field-notes/rss.xml").status_code == 200
    assert server.ask.get("/craft/rss.xml").status_code == 404
    assert server.ask.get("/rss.xml", headers={"If-None-Match": before.headers["etag"]}).status_code == 200
    assert server.ask.get("/metrics").text.count("feedpub_builds_picked_up_total 1.0") == 1


def test_a_file_that_a_build_left_alone_keeps_its_validators(serve: Serve) -> None:
    server = serve({"articles/a.md": article("Old", category="One"), "articles/b.md": article("Same", category="Two")})
    kept = server.ask.get("/two/rss.xml").headers
    (server.folder / "articles/a.md").write_text(article("New", category="One"))
    build(server.folder)
    server.until(lambda: b"<title>New</title>" in server.ask.get("/one/rss.xml").content)
    now = server.ask.get("/two/rss.xml").headers
    assert (now["etag"], now["last-modified"]) == (kept["etag"], kept["last-modified"])


@pytest.mark.parametrize("workers", [1, 2])
def test_a_build_is_never_seen_half(serve: Serve, workers: int) -> None:
    server = serve({"articles/a.md": article("Version 0")}, "", "--workers", str(workers))
    known: dict[str, dict[bytes, int]] = {name: {} for name in FILES}

    def note(version: int) -> None:
        for name in FILES:
            known[name][(server.folder / "public" / name).read_bytes()] = version

    note(0)
    seen: list[list[tuple[str, bytes]]] = [[] for _ in range(8)]
    over = threading.Event()

    def hammer(mine: list[tuple[str, bytes]]) -> None:
        # One connection is answered by one worker.
        with httpx.Client(base_url=server.ask.base_url, timeout=30) as client:
            while not over.is_set():
                for name in FILES:
                    answer = client.get(f"/{name}")
                    assert answer.status_code == 200
                    if not mine or mine[-1] != (name, answer.content):
                        mine.append((name, answer.content))

    threads = [threading.Thread(target=hammer, args=(mine,)) for mine in seen]
    for thread in threads:
        thread.start()
    try:
        for version in (1, 2, 3):
            rewrite(server.folder, f"Version {version}" * 50)
            note(version)
            last = (server.folder / "public/atom.xml").read_bytes()
            server.until(lambda last=last: all(("atom.xml", last) in mine[-9:] for mine in seen))  # type: ignore[misc]
    finally:
        over.set()
        for thread in threads:
            thread.join()
    for mine in seen:
        versions = [known[name][content] for name, content in mine]
        # Each answer is a version, whole, and no file is older than one that came before it.
        assert versions == sorted(versions)
        assert set(versions) == {0, 1, 2, 3}


def test_a_folder_that_can_no_longer_be_read_is_served_on(serve: Serve) -> None:
    server = serve({"articles/a.md": article("Old")})
    manifest = server.folder / "public/.feedpub-manifest.json"
    text = manifest.read_text()
    manifest.write_text("{")
    server.until(lambda: "can't be read" in server.said())
    assert b"<title>Old</title>" in server.ask.get("/rss.xml").content
    assert server.ask.get("/healthz").status_code == 200
    manifest.write_text(text)
    rewrite(server.folder, "New")
    server.until(lambda: b"<title>New</title>" in server.ask.get("/rss.xml").content)
    assert server.said().count("can't be read") == 1


def test_a_file_that_someone_changes_is_picked_up_too(serve: Serve) -> None:
    server = serve({"articles/a.md": article("Old")})
    place = server.folder / "public/feed.json"
    changed = place.with_name("changed")
    changed.write_text(json.dumps(json.loads(place.read_text()) | {"title": "By hand"}))
    os.replace(changed, place)
    server.until(lambda: server.ask.get("/feed.json").json()["title"] == "By hand")


def test_a_file_from_the_future_is_served_as_of_now(serve: Serve) -> None:
    server = serve({"articles/a.md": article("Old")})
    (server.folder / "articles/a.md").write_text(article("New"))
    build(server.folder)
    os.utime(server.folder / "public/rss.xml", (4e9, 4e9))
    server.until(lambda: b"<title>New</title>" in server.ask.get("/rss.xml").content)
    headers = server.ask.get("/rss.xml").headers
    assert parsedate_to_datetime(headers["last-modified"]) <= parsedate_to_datetime(headers["date"])


@pytest.mark.parametrize("name", ["../feedpub.toml", "/etc/hostname", "a\0b", "\ud800", "x" * 5_000, "."])
def test_a_list_that_names_what_is_not_ours_opens_nothing(serve: Serve, name: str) -> None:
    server = serve({"articles/a.md": article("Old")})
    manifest = server.folder / "public/.feedpub-manifest.json"
    known = server.ask.get("/metrics").text
    files = json.loads(manifest.read_text())["files"]
    manifest.write_text(json.dumps({"files": [*files, name]}))
    picked = "feedpub_builds_picked_up_total 1.0"
    server.until(lambda: "can't be read" in server.said() or picked in server.ask.get("/metrics").text)
    assert picked not in known
    assert server.ask.get("/rss.xml").status_code == 200
    assert server.ask.get("/etc/hostname").status_code == server.ask.get("/feedpub.toml").status_code == 404


def test_files_may_come_after_the_list_of_them(serve: Serve) -> None:
    """An upload is no build: it takes no lock, and the manifest is often the first."""
    server = serve({"articles/a.md": article("Old")})
    elsewhere = server.folder.parent / "elsewhere"
    (server.folder / "articles/a.md").write_text(article("New", category="Another"))
    build(server.folder, elsewhere)
    names = ("rss.xml", "another/rss.xml")
    for name in (".feedpub-manifest.json", *names):
        (server.folder / "public" / name).parent.mkdir(exist_ok=True)
        shutil.copy(elsewhere / name, server.folder / "public" / name)
        if name in names:
            server.until(partial(arrived, server, name, (elsewhere / name).read_bytes()))


def arrived(server: Server, name: str, content: bytes) -> bool:
    return server.ask.get(f"/{name}").content == content


def test_the_hub_is_told_of_feeds_that_changed(serve: Serve, hub: Hub) -> None:
    hub.busy = 1
    files = {"articles/a.md": article("Old", category="One"), "articles/b.md": article("Same", category="Two")}
    server = serve(files, f'\n[feeds]\nhub = "{hub.url}"\n')
    rewrite(server.folder, "New", "One")
    server.until(lambda: len(hub.told) >= 6)
    base = "https://news.example.org"
    assert hub.topics() == sorted(f"{base}/{folder}{name}" for folder in ("", "one/") for name in FILES)
    assert all(one["hub.mode"] == ["publish"] for one in hub.told)
    server.until(lambda: 'feedpub_hub_pings_total{result="told"} 6.0' in server.ask.get("/metrics").text)


def test_a_feed_that_the_hub_will_not_have_keeps_it_from_no_other(serve: Serve, hub: Hub) -> None:
    base = "https://news.example.org"
    hub.unwanted = f"{base}/atom.xml"
    server = serve({"articles/a.md": article("Old", category="One")}, f'\n[feeds]\nby = []\nhub = "{hub.url}"\n')
    rewrite(server.folder, "New", "One")
    server.until(lambda: len(hub.told) >= 2)
    assert hub.topics() == [f"{base}/feed.json", f"{base}/rss.xml"]
    server.until(lambda: 'feedpub_hub_pings_total{result="told"} 2.0' in server.ask.get("/metrics").text)
    assert 'feedpub_hub_pings_total{result="failed"} 1.0' in server.ask.get("/metrics").text
    assert hub.asked == 3


def test_one_of_several_workers_tells_the_hub(serve: Serve, hub: Hub) -> None:
    server = serve({"articles/a.md": article("Old")}, f'\n[feeds]\nformats = ["atom"]\nhub = "{hub.url}"\n', "--workers", "2")
    for number, title in enumerate(("New", "Newer"), 1):
        rewrite(server.folder, title)
        server.until(lambda number=number: len(hub.told) >= 2 * number)  # type: ignore[misc]
    assert hub.topics().count("https://news.example.org/atom.xml") == 2


def test_a_dead_hub_delays_nothing(serve: Serve) -> None:
    server = serve({"articles/a.md": article("Old")}, '\n[feeds]\nhub = "http://127.0.0.1:9/"\n')
    for title in ("New", "Newer"):
        rewrite(server.folder, title)
        wanted = f"<title>{title}</title>".encode()
        server.until(lambda wanted=wanted: wanted in server.ask.get("/rss.xml").content)  # type: ignore[misc]
    assert server.stop() == 0
    assert "Traceback" not in server.said()


def test_an_article_that_waited_is_published_at_its_time(serve: Serve) -> None:
    server = serve({"articles/out.md": article("Out"), "articles/soon.md": article("Soon", "2025-11-12")})
    # As it would have been built on the day before: the time came while nobody built.
    build(server.folder, now=datetime(2025, 11, 11, 12, tzinfo=UTC))
    server.until(lambda: "the site was built" in server.said())
    server.until(lambda: "Soon" in server.ask.get("/feed.json").text)
