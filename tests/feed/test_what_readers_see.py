"""What was written is what a reader reads: feedparser, and the three formats beside each other."""

import json
import re
from calendar import timegm
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
import lxml.html
import pytest

from tests.conftest import SETTINGS, article
from tests.feed.clauses import ATOM, texts
from tests.feed.conftest import TITLES, VARIANTS, articles, xml

Built = Callable[..., Path]


def entries(public: Path, folder: str = "") -> dict[str, list[tuple[str, str, float, str]]]:
    """Id, title, instant of publication and link of each entry, in order, by format, as a reader reads them."""
    read = {name: feedparser.parse((public / folder / name).read_bytes()) for name in ("rss.xml", "atom.xml")}
    assert not any(feed.bozo for feed in read.values())
    items = json.loads((public / folder / "feed.json").read_bytes())["items"]
    found = {
        name: [(e.id, e.title, float(timegm(e.published_parsed)), e.link) for e in feed.entries] for name, feed in read.items()
    }
    moment = datetime.fromisoformat
    return found | {"feed.json": [(i["id"], i["title"], moment(i["date_published"]).timestamp(), i["url"]) for i in items]}


@pytest.mark.parametrize("variant", ["plain", "everything", "archive", "summary"])
def test_the_formats_agree_entry_for_entry(built: Built, variant: str) -> None:
    public = built(VARIANTS[variant])
    for folder in {path.parent.relative_to(public).as_posix() for path in public.rglob("rss.xml")}:
        found = entries(public, folder)
        assert found["rss.xml"] == found["atom.xml"] == found["feed.json"]


def test_titles_read_back_as_they_were_written(built: Built) -> None:
    public = built()
    wanted = set(TITLES.values()) | {"ABCD"}
    for name, path in (("rss.xml", "channel/item/title"), ("atom.xml", "a:entry/a:title")):
        assert wanted <= set(texts(xml(public / name), path))
    assert wanted <= {item["title"] for item in json.loads((public / "feed.json").read_bytes())["items"]}


def test_newest_first_by_instant_and_ties_by_slug(built: Built) -> None:
    order = [title for _, title, _, _ in entries(built())["rss.xml"]]
    assert order[:2] == ["Late", "Early"]
    ids = [one for one, title, _, _ in entries(built(name="again"))["rss.xml"] if title == "Tie"]
    assert [one.rpartition(":")[2] for one in ids] == ["tie-a", "tie-b"]


def test_authors_categories_summary_and_content_read_back(built: Built) -> None:
    public = built()
    atom = {e.title: e for e in feedparser.parse((public / "atom.xml").read_bytes()).entries}
    rss = {e.title: e for e in feedparser.parse((public / "rss.xml").read_bytes()).entries}
    assert [a.name for a in atom["Late"].authors] == ["Ada", "Bob", "Zoë"]
    late = xml(public / "rss.xml").xpath("//item[title='Late']")[0]
    assert [one.text for one in late.findall("{http://purl.org/dc/elements/1.1/}creator")] == ["Ada", "Bob", "Zoë"]
    assert [one.text for one in late.findall("author")] == ["a@b.example (Ada)"]
    assert [tag.term for tag in atom["<b>A</b> & B"].tags] == ["Cloud & Infrastructure", "Tag 0", "t"]
    # RSS readers take a description for HTML; Atom's says that it is text.
    assert rss["Lead"].summary == "With &amp; without &lt;tags&gt;"
    assert texts(xml(public / "atom.xml").xpath("//*[local-name()='entry'][*='Lead']")[0], "a:summary") == [
        "With & without <tags>"
    ]
    assert atom["Early"].updated == "2025-12-24T11:00:00+00:00"
    assert "<p>Some text.</p>" in rss["Lead"].content[0].value
    assert atom["Lead"].links[1] | {"rel": "enclosure", "length": "321", "type": "image/png"} == atom["Lead"].links[1]


def test_a_feed_was_updated_when_its_newest_change_was(built: Built) -> None:
    public = built()
    for path in public.rglob("atom.xml"):
        feed = xml(path)
        assert texts(feed, "a:updated") == [max(texts(feed, "a:entry/a:updated"), key=datetime.fromisoformat)]


def test_summary_feeds_hold_no_content(built: Built) -> None:
    public = built('content = "summary"\n')
    assert "encoded>" not in (public / "rss.xml").read_text()
    assert not list(xml(public / "atom.xml").iter(f"{ATOM}content"))
    assert all("content_text" in item for item in json.loads((public / "feed.json").read_bytes())["items"])


def contents(public: Path) -> list[str]:
    return [element.text or "" for element in xml(public / "atom.xml").iter(f"{ATOM}content")]


def test_every_address_in_content_is_whole_and_nothing_in_it_acts(built: Built) -> None:
    for content in filter(None, contents(built())):
        for element, attribute, url, _ in lxml.html.fromstring(f"<div>{content}</div>").iterlinks():
            assert re.match("https?://", url), (element.tag, attribute, url)
        assert not re.search(r"<script|\son\w+=|javascript:|token=", content)


def test_a_lead_image_stands_on_top_unless_the_body_shows_it(built: Built) -> None:
    image = "https://i.example/a.png"
    public = built("", {
        "articles/a.md": article("Not shown", image=image),
        "articles/b.md": article("Shown", image=image, body=f"Text.\n\n![It]({image})\n"),
    })  # fmt: skip
    shown, not_shown = sorted(contents(public), key=lambda content: content.startswith("<p><img"))
    assert not_shown.startswith(f'<p><img src="{image}" alt="Not shown"></p>')
    assert shown.count(image) == 1


CHANGES: dict[str, Any] = {
    "title": {"title": "Another"},
    "date": {"published": "2024-01-01"},
    "category": {"category": "Other"},
    "author": {"author": "Bob"},
    "excerpt": {"excerpt": "Another"},
    "image": {"image": "https://i.example/?token=x"},
}


@pytest.mark.parametrize("change", [*CHANGES, "host", "article_url"])
def test_no_correction_changes_an_id(built: Built, change: str) -> None:
    fields = {"slug": "fixed", "category": "One"}
    before = entries(built("", {"articles/a.md": article(**fields)}))  # type: ignore[arg-type]
    base = SETTINGS
    if change == "host":
        base = base.replace('url = "https://news.example.org"', 'url = "https://moved.example.com/blog"')
    if change == "article_url":
        base += 'article_url = "/{category}/{year}/{slug}"\n'
    after = entries(built("", {"articles/b.md": article(**fields | CHANGES.get(change, {}))}, base=base, name="after"))
    for name in before:
        assert [entry[0] for entry in before[name]] == [entry[0] for entry in after[name]] == ["tag:news.example.org,2025:fixed"]


@pytest.mark.parametrize("feeds", ["", 'url = "https://cdn.example.net/feeds"\n', "archive = true\nlimit = 2\n"])
def test_the_self_link_names_the_files_own_address(built: Built, feeds: str) -> None:
    public = built(feeds)
    base = "https://cdn.example.net/feeds/" if "cdn" in feeds else "https://news.example.org/"
    for path in (*public.rglob("atom.xml"), *public.rglob("rss.xml")):
        (link,) = xml(path).xpath("//*[local-name()='link'][@rel='self']")
        assert link.get("href") == base + path.relative_to(public).as_posix()
    for path in public.rglob("feed.json"):
        assert json.loads(path.read_bytes())["feed_url"] == base + path.relative_to(public).as_posix()


def test_a_hub_and_an_icon_are_named_in_every_format(built: Built) -> None:
    public = built('hub = "https://hub.example/"\nimage = "/logo.png"\n')
    for name in ("rss.xml", "atom.xml", "feed.json"):
        text = (public / name).read_text()
        assert "https://hub.example/" in text
        assert "https://news.example.org/logo.png" in text


def test_the_page_names_every_feed_and_title_and_runs_nothing(built: Built) -> None:
    public = built(VARIANTS["everything"])
    page = lxml.html.fromstring((public / "index.html").read_bytes())
    alternates = {link.get("href") for link in page.xpath("//link[@rel='alternate']")}
    files = {p.relative_to(public).as_posix() for p in public.rglob("*") if p.suffix in (".xml", ".json") and p.name[0] != "."}
    assert alternates == files
    assert not page.xpath("//script | //*[@onclick] | //iframe")
    assert "]]> & <![CDATA[" in page.text_content()
    assert all((public / link).exists() for link in page.xpath("//a/@href") if not link.startswith("https:"))


def test_articles_of_this_test_cover_the_format() -> None:
    assert len(articles()) > 15
