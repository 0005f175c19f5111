"""What a reader reads in each format is what the author wrote: field by field, for every article of `told`."""

import json
from calendar import timegm
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import lxml.html
import pytest

from tests.feed.conftest import xml
from tests.feed.told import HERE, ORDER, PNG, SERVICE, TOLD, Told, told_files

Built = Callable[..., Path]
Read = Callable[[Path], list["Seen"]]
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


@dataclass(frozen=True)
class Seen:
    """An entry as a reader sees it. RSS tells no moment of change: there `updated` is None."""

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime | None
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    summary: str
    html: str
    enclosures: tuple[tuple[str, str, int], ...]

    @property
    def slug(self) -> str:
        return self.link.rstrip("/").rpartition("/")[2]


def moment(parsed: Any) -> datetime:
    return datetime.fromtimestamp(timegm(parsed), UTC)


def parsed(public: Path, name: str) -> Any:
    """What feedparser reads: neither cleaned nor resolved by it, so that a fault of ours is not mended."""
    feed = feedparser.parse((public / name).read_bytes(), sanitize_html=False, resolve_relative_uris=False)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def enclosures(entry: Any) -> tuple[tuple[str, str, int], ...]:
    return tuple((one.href, one.type, int(one.length)) for one in entry.get("enclosures", []))


def html(entry: Any) -> str:
    return "".join(content.value for content in entry.get("content", []))


def read_atom(public: Path) -> list[Seen]:
    return [
        Seen(
            e.id, e.title, e.link, moment(e.published_parsed), moment(e.updated_parsed), tuple(a.name for a in e.authors),
            tuple(tag.term for tag in e.tags), e.summary, html(e), enclosures(e),
        )
        for e in parsed(public, "atom.xml").entries
    ]  # fmt: skip


def read_rss(public: Path) -> list[Seen]:
    creators = [tuple(one.text for one in item.findall(CREATOR)) for item in xml(public / "rss.xml").iter("item")]
    return [
        Seen(
            e.id, e.title, e.link, moment(e.published_parsed), None, names, tuple(tag.term for tag in e.tags),
            # An RSS description is HTML: what a person sees of it is its text.
            str(lxml.html.fragment_fromstring(e.summary, create_parent="div").text_content()), html(e), enclosures(e),
        )
        for e, names in zip(parsed(public, "rss.xml").entries, creators, strict=True)
    ]  # fmt: skip


def read_json(public: Path) -> list[Seen]:
    return [
        Seen(
            e["id"], e["title"], e["url"],
            datetime.fromisoformat(e["date_published"]), datetime.fromisoformat(e["date_modified"]),
            tuple(author["name"] for author in e["authors"]), tuple(e["tags"]), e["summary"], e.get("content_html", "").strip(),
            tuple((one["url"], one["mime_type"], one["size_in_bytes"]) for one in e.get("attachments", [])),
        )
        for e in json.loads((public / "feed.json").read_bytes())["items"]
    ]  # fmt: skip


READERS = {"atom": read_atom, "rss": read_rss, "json": read_json}
formats = pytest.mark.parametrize("read", READERS.values(), ids=READERS)


@pytest.fixture
def public(built: Built) -> Path:
    return built("", told_files())


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@formats
def test_titles_ids_and_links_are_those_of_the_articles(public: Path, read: Read) -> None:
    seen = {one.slug: one for one in read(public)}
    assert {one.title for one in seen.values()} == {told.title for told in TOLD.values()}
    assert seen["markup"].id == "tag:news.example.org,2025:markup"
    assert seen["%E6%97%A5%E6%9C%AC%E8%AA%9E"].id == "tag:news.example.org,2025:%E6%97%A5%E6%9C%AC%E8%AA%9E"
    assert all(one.link == f"{HERE}/{one.slug}/" for one in seen.values())


@formats
def test_order_is_newest_first_by_instant_and_ties_by_slug(public: Path, read: Read) -> None:
    assert [one.title for one in read(public)] == [TOLD[slug].title for slug in ORDER]


def pairs(public: Path, read: Read) -> list[tuple[Seen, Told]]:
    by_title = {told.title: told for told in TOLD.values()}
    return [(one, by_title[one.title]) for one in read(public)]


@formats
def test_instants_are_those_of_the_articles(public: Path, read: Read) -> None:
    for one, told in pairs(public, read):
        assert one.published == utc(told.published), told.title
        assert one.updated in (utc(told.updated or told.published), None), told.title


@formats
def test_authors_and_categories_are_those_of_the_articles(public: Path, read: Read) -> None:
    found = {told.title: (one.authors, one.categories) for one, told in pairs(public, read)}
    assert found == {told.title: (told.authors, told.categories) for told in TOLD.values()}


@formats
def test_summaries_are_those_of_the_articles(public: Path, read: Read) -> None:
    assert {told.title: one.summary for one, told in pairs(public, read)} == {told.title: told.summary for told in TOLD.values()}


@formats
def test_content_is_that_of_the_articles(public: Path, read: Read) -> None:
    assert {told.title: one.html for one, told in pairs(public, read)} == {told.title: told.html for told in TOLD.values()}


@formats
def test_a_lead_image_at_hand_is_an_enclosure_with_its_length(public: Path, read: Read) -> None:
    found = {one.slug: one.enclosures for one in read(public) if one.enclosures}
    assert found == {"lead-image": ((f"{HERE}/lead-image/cover.png", "image/png", len(PNG)),)}


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml"])
def test_a_lead_image_elsewhere_is_named_byte_for_byte(public: Path, name: str) -> None:
    urls = [one.get("url") for one in xml(public / name).iter("{http://search.yahoo.com/mrss/}content")]
    assert urls == [f"{HERE}/lead-image/cover.png", SERVICE]


def test_the_three_formats_agree_in_all_but_what_rss_cannot_tell(public: Path) -> None:
    atom, rss, from_json = (read(public) for read in READERS.values())
    assert atom == from_json
    assert [one.__dict__ | {"updated": None} for one in atom] == [one.__dict__ for one in rss]


@pytest.mark.parametrize("settings", ["archive = true\nlimit = 4\n", 'content = "summary"\n', 'by = ["tag", "author"]\n'])
def test_the_three_formats_agree_in_every_document_of_every_variant(built: Built, settings: str) -> None:
    public = built(settings, told_files())
    for folder in {path.parent for path in public.rglob("rss.xml")}:
        atom, rss, from_json = (read(folder) for read in READERS.values())
        assert atom == from_json, folder
        assert [one.__dict__ | {"updated": None} for one in atom] == [one.__dict__ for one in rss], folder


def test_a_feed_is_as_new_as_its_newest_change_in_every_format(built: Built) -> None:
    public = built("archive = true\nlimit = 4\n", told_files())
    for folder in {path.parent for path in public.rglob("rss.xml")}:
        newest = max(one.updated for one in read_atom(folder) if one.updated)
        feeds = {name: parsed(folder, name).feed for name in ("atom.xml", "rss.xml")}
        assert {moment(feed.updated_parsed) for feed in feeds.values()} == {newest}, folder


def test_titles_of_the_site_and_of_groups_read_back(built: Built) -> None:
    base = '[site]\ntitle = "A & <b>B</b> ]]>"\ndescription = "1 < 2 & \\"3\\""\nurl = "https://news.example.org"\n'
    public = built("", told_files(), base=base)
    for folder, title in (("", "A & <b>B</b> ]]>"), ("cloud-infrastructure", "A & <b>B</b> ]]>: Cloud & Infrastructure")):
        read = json.loads((public / folder / "feed.json").read_bytes())
        assert {parsed(public / folder, name).feed.title for name in ("atom.xml", "rss.xml")} == {title} == {read["title"]}
    assert {parsed(public, name).feed.subtitle for name in ("atom.xml", "rss.xml")} == {'1 < 2 & "3"'}
