"""Ids outlive every correction, and hold nothing that is corrected; each file names its own address."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from tests.conftest import SETTINGS, article
from tests.feed.clauses import texts
from tests.feed.conftest import xml

Built = Callable[..., Path]
GROUPS = 'by = ["category", "tag", "author"]\narchive = true\nlimit = 1\n'
FIRST: dict[str, Any] = {
    "title": "Zebras crossing", "published": "2025-11-11", "category": "Cloud", "tags": "[t]", "excerpt": "Short", "slug": "one",
}  # fmt: skip
SECOND = article("Second", "2020-01-01", slug="two", category="Cloud")


def ids(public: Path) -> dict[str, list[str]]:
    """Ids of the feed and of its entries, in each format's document of everything and of the category."""
    found = {}
    for folder in (public, public / "cloud"):
        atom, feed = xml(folder / "atom.xml"), json.loads((folder / "feed.json").read_bytes())
        found[f"{folder.name} atom"] = texts(atom, "a:id") + texts(atom, "a:entry/a:id")
        found[f"{folder.name} rss"] = texts(xml(folder / "rss.xml"), "channel/item/guid")
        found[f"{folder.name} json"] = [item["id"] for item in feed["items"]]
    return found


def one(**changes: Any) -> dict[str, str | bytes]:
    return {"articles/first.md": article(**(FIRST | changes)), "articles/second.md": SECOND}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Zebra crossings"}, {"published": "2025-11-12T09:00"}, {"excerpt": "Shorter"}, {"tags": "[u]"},
        {"author": "Grace"}, {"updatedAt": "2026-01-01"}, {"body": "Other.\n"}, {"image": "https://i.example/a.png?token=x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_correction_of_an_article_changes_no_id_of_it_or_of_a_feed(built: Built, changes: dict[str, Any]) -> None:
    before = ids(built("", one()))
    assert ids(built("", one(**changes), name="after")) == before


def test_another_category_moves_an_article_and_keeps_its_id(built: Built) -> None:
    public = built("", one(category="Craft"))
    assert texts(xml(public / "craft/atom.xml"), "a:entry/a:id") == ["tag:news.example.org,2025:one"]


@pytest.mark.parametrize(
    ("feeds", "old", "new"),
    [
        ("", "https://news.example.org", "https://moved.example.com/blog"),
        ('url = "https://cdn.example.net/f"\n', "", ""),
        ("limit = 1\n", "Europe/Malta", "UTC"),
        ("", "The Signal", "The Noise"),
        ("", "[site]", '[site]\narticle_url = "/{category}/{year}/{month}/{slug}.html"'),
    ],
)
def test_a_correction_of_the_site_changes_no_id(built: Built, feeds: str, old: str, new: str) -> None:
    before = ids(built(feeds if "limit" in feeds else "", one()))
    assert ids(built(feeds, one(), base=SETTINGS.replace(old, new), name="after")) == before


def test_another_slug_is_another_id_in_every_format(built: Built) -> None:
    before, after = ids(built("", one())), ids(built("", one(slug="eins"), name="after"))
    for name, some in before.items():
        assert [each.replace(":one", ":eins") for each in some] == after[name] != some


def test_an_id_holds_no_title_date_or_address_and_no_two_feeds_share_one(built: Built) -> None:
    public = built(GROUPS, one())
    feed_ids = []
    for path in public.rglob("atom.xml"):
        (feed_id,) = texts(xml(path), "a:id")
        feed_ids.append(feed_id)
        for each in (feed_id, *texts(xml(path), "a:entry/a:id")):
            assert each.startswith("tag:news.example.org,2025:")
            rest = each.removeprefix("tag:news.example.org,2025:")
            assert not any(part in rest.lower() for part in ("zebra", "2025", "11", "http", "blog", "short"))
    assert len(feed_ids) == len(set(feed_ids))
    assert not set(feed_ids) & {f"tag:news.example.org,2025:{slug}" for slug in ("one", "two")}


@pytest.mark.parametrize("root", ["https://news.example.org", "https://cdn.example.net/feeds"])
def test_every_file_names_its_own_address_also_in_groups_and_archives(built: Built, root: str) -> None:
    public = built(GROUPS + (f'url = "{root}"\n' if "cdn" in root else ""), one())
    named = {path.relative_to(public).as_posix(): json.loads(path.read_bytes())["feed_url"] for path in public.rglob("feed.json")}
    for path in (*public.rglob("atom.xml"), *public.rglob("rss.xml")):
        (named[path.relative_to(public).as_posix()],) = xml(path).xpath(
            "/*/*[@rel='self']/@href | /rss/channel/*[@rel='self']/@href"
        )
    assert named == {path: f"{root}/{path}" for path in named}
    assert {"archive/1/rss.xml", "cloud/archive/1/feed.json", "author/ada-lovelace/archive/1/atom.xml"} <= named.keys()


def test_the_page_that_a_feed_names_exists_and_shows_that_feed(built: Built) -> None:
    public = built(GROUPS, one())
    anchors = set(lxml.html.document_fromstring((public / "index.html").read_bytes()).xpath("//@id"))
    for path in public.rglob("rss.xml"):
        url = xml(path).findtext("channel/link").removeprefix("https://news.example.org/")
        assert url == "" or url.removeprefix("#") in anchors
