"""An article that was published before feedpub keeps the id that readers know."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article

Run = Callable[..., Result]


def ids(site: Path) -> list[str]:
    """The ids in the three formats, which agree."""
    rss = re.findall(r"<guid[^>]*>([^<]*)<", (site / "public/rss.xml").read_text())
    atom = re.findall(r"<id>([^<]*)<", (site / "public/atom.xml").read_text())[1:]
    assert rss == atom == [item["id"] for item in json.loads((site / "public/feed.json").read_text())["items"]]
    return rss


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("guid", "https://old.example/?p=12", "https://old.example/?p=12"),
        ("guid", "12", "12"),
        ("id", "tag:old.example,2009:bread", "tag:old.example,2009:bread"),
        ("id", "urn:uuid:5c2b6b2e-3a4d-4e0a-9d7e-2f0f7c1d9a11", "urn:uuid:5c2b6b2e-3a4d-4e0a-9d7e-2f0f7c1d9a11"),
        ("id", "intro", "tag:news.example.org,2025:one"),  # a name for the purposes of another tool
    ],
)
def test_front_matter_names_the_id(write_site: Write, feedpub: Run, field: str, value: str, kept: str) -> None:
    site = write_site({"articles/one.md": article(**{field: value})})
    assert feedpub("build", site).exit_code == 0
    assert ids(site) == [kept]


def test_two_articles_of_one_id_are_a_problem(write_site: Write, feedpub: Run) -> None:
    site = write_site({f"articles/{name}.md": article(name, guid="https://old.example/1") for name in ("one", "two")})
    refused = feedpub("build", site)
    assert refused.exit_code == 1
    assert "is also the id of" in refused.stderr


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Old</title><link>https://old.example/</link>
<description>d</description>
<item><title>Bread</title><link>https://news.example.org/blog/bread</link><guid isPermaLink="false">12</guid></item>
<item><title>Salt &amp;amp; pepper</title><link>https://old.example/?p=13</link><guid>https://old.example/?p=13</guid>
<pubDate>Tue, 11 Nov 2025 01:00:00 +0200</pubDate></item>
<item><title>Never seen</title><link>https://old.example/?p=14</link><guid>https://old.example/?p=14</guid></item>
</channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>Old</title>
<updated>2025-01-01T00:00:00Z</updated><entry><id>urn:uuid:1</id><title>Water</title>
<link href="http://www.moved.example/blog/water/"/><updated>2025-01-01T00:00:00Z</updated></entry>
</feed>"""
JSON = json.dumps({
    "version": "https://jsonfeed.org/version/1.1", "title": "Old",
    "items": [{"id": "w-1", "title": "  WINE ", "date_published": "2025-11-11T10:00:00Z"}],
})  # fmt: skip


def test_ids_of_an_old_feed_are_kept(write_site: Write, feedpub: Run, tmp_path: Path) -> None:
    titles = {"bread": "Bread", "spice": "Salt & pepper", "water": "Water", "wine": "Wine", "new": "New"}
    site = write_site({f"articles/{slug}.md": article(title) for slug, title in titles.items()})
    texts = {name: (site / f"articles/{name}.md").read_bytes() for name in titles}
    for name, text in {"old.rss": RSS, "old.atom": ATOM, "old.json": JSON}.items():
        (tmp_path / name).write_text(text)
    files = [tmp_path / name for name in ("old.rss", "old.atom", "old.json")]
    done = feedpub("ids", "import", *files, "--site", site)
    assert done.exit_code == 0
    assert "5 entries: 4 articles found (1 by address, 1 by path, 2 by title and date)" in done.stdout
    assert "Never seen" in done.stderr
    assert {name: (site / f"articles/{name}.md").read_bytes() for name in titles} == texts
    assert feedpub("build", site).exit_code == 0
    assert set(ids(site)) == {"12", "https://old.example/?p=13", "urn:uuid:1", "w-1", "tag:news.example.org,2025:new"}
    assert "Never seen" in feedpub("check", site).stdout + feedpub("check", site).stderr
    again = (site / "feedpub.ids.toml").read_bytes()
    assert feedpub("ids", "import", *files, "--site", site).exit_code == 0
    assert (site / "feedpub.ids.toml").read_bytes() == again


def test_an_import_may_come_after_a_build(write_site: Write, feedpub: Run, tmp_path: Path) -> None:
    site = write_site({"articles/bread.md": article("Bread")})
    assert feedpub("build", site).exit_code == 0
    (tmp_path / "old.rss").write_text(RSS)
    assert feedpub("ids", "import", tmp_path / "old.rss", "--site", site, "--dry-run").exit_code == 0
    assert not (site / "feedpub.ids.toml").exists()
    assert feedpub("ids", "import", tmp_path / "old.rss", "--site", site).exit_code == 0
    assert feedpub("build", site).exit_code == 0
    assert ids(site) == ["12"]


@pytest.mark.parametrize(
    "data", [b"", b"\0\xff", b"<html>", b"{}", b'{"items": 7}', b"[" * 5000, b"<rss><channel><item/></channel></rss>"]
)
def test_what_is_no_feed_is_told_in_a_line(write_site: Write, feedpub: Run, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "feed").write_bytes(data)
    refused = feedpub("ids", "import", tmp_path / "feed", "--site", write_site({}))
    assert refused.exit_code == 1
    assert "no feed can be read" in refused.stderr


@pytest.mark.parametrize("text", ["ids = 7", "[ids]\na = 1", "[ids", "[ids]\na = ''"])
def test_a_damaged_file_of_ids_is_told_in_a_line(write_site: Write, feedpub: Run, text: str) -> None:
    site = write_site({"articles/one.md": article(), "feedpub.ids.toml": text})
    refused = feedpub("build", site)
    assert refused.exit_code == 1
    assert "feedpub.ids.toml" in refused.stderr
