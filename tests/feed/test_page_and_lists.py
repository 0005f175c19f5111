"""index.html and the OPML files: what a person, a browser and a reader find in them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import lxml.html
import pytest

from tests.conftest import article
from tests.digest.conftest import DIGEST
from tests.feed.conftest import xml
from tests.feed.told import TOLD, told_files, yaml

Built = Callable[..., Path]
GROUPS = 'by = ["category", "tag", "author"]\n'
TYPES = {"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}
ROOT = "https://news.example.org/"


def page(public: Path) -> Any:
    return lxml.html.document_fromstring((public / "index.html").read_bytes())


@pytest.mark.parametrize("settings", ["", GROUPS, 'formats = ["rss", "json"]\n', "by = []\n", "archive = true\nlimit = 3\n"])
def test_the_page_offers_each_feed_to_the_browser_by_its_type(built: Built, settings: str) -> None:
    public = built(settings, told_files())
    offered = {link.get("href"): link.get("type") for link in page(public).xpath("//head/link[@rel='alternate']")}
    files = [path.relative_to(public).as_posix() for name in TYPES for path in public.rglob(name)]
    assert offered == {path: TYPES[path.rpartition("/")[2]] for path in files if "archive/" not in path}


@pytest.mark.parametrize("settings", ["", GROUPS, 'formats = ["json"]\nby = []\n'])
def test_every_link_to_a_file_leads_to_one_and_every_anchor_to_a_place(built: Built, settings: str) -> None:
    public = built(settings, told_files())
    document = page(public)
    anchors = set(document.xpath("//@id"))
    for url in document.xpath("//@href"):
        path = urljoin(ROOT, url).removeprefix(ROOT)
        if path.startswith("#"):
            assert path[1:] in anchors
        elif not path.startswith("blog/") and path:
            assert (public / path).is_file(), url


def test_the_page_runs_and_loads_nothing(built: Built) -> None:
    document = page(built(GROUPS, told_files()))
    assert not document.xpath("//script | //iframe | //object | //embed | //img | //form | //link[@rel='stylesheet']")
    assert not [name for element in document.iter() for name in element.attrib if name.startswith("on")]
    assert not document.xpath("//@href[starts-with(., 'javascript:')]")


def test_every_title_stands_on_the_page_as_text(built: Built) -> None:
    titles = [told.title for told in TOLD.values()]
    each = {f"articles/n{n}.md": article(yaml(title), category=f"Category {n}") for n, title in enumerate(titles)}
    document = page(built("", each))
    shown = {" ".join(link.text_content().split()) for link in document.xpath("//ul[@class='titles']//a")}
    assert shown == {" ".join(title.split()) for title in titles}
    assert not document.xpath("//ul[@class='titles']//b")


def test_names_and_titles_of_the_site_are_text_and_no_markup(built: Built) -> None:
    base = '[site]\ntitle = "A & <b>B</b>"\ndescription = "<script>x</script>"\nurl = "https://news.example.org"\n'
    files: dict[str, str | bytes] = {"articles/a.md": article(category=yaml('"><script>y</script>'), tags='["<i>"]')}
    document = page(built(GROUPS, files, base=base))
    assert not document.xpath("//script | //b | //i")
    assert document.findtext("head/title") == "Feeds of A & <b>B</b>"
    assert '"><script>y</script>' in document.text_content()


def test_the_page_says_its_language_title_and_own_address(built: Built) -> None:
    document = page(built('url = "https://cdn.example.net/feeds"\n', told_files()))
    assert document.get("lang") == "en"
    assert document.xpath("//link[@rel='canonical']/@href") == ["https://cdn.example.net/feeds/"]
    assert len(document.xpath("//h1")) == 1
    # https://html.spec.whatwg.org, 4.2.5.4: within the first 1024 bytes.
    assert document.xpath("//meta[@charset='utf-8']")


@pytest.mark.parametrize(
    "files",
    [
        {"articles/a.md": article(category="Foo", tags="[x]"), "articles/b.md": article("B", category="Foo name")},
        {"articles/a.md": article(category="Tag x", tags="[x]")},
        {"articles/a.md": article(category="Author Ada Lovelace")},
    ],
    ids=["foo and foo name", "a category called as a tag", "a category called as an author"],
)
def test_no_id_stands_twice_on_the_page(built: Built, files: dict[str, str | bytes]) -> None:
    """HTML, 3.2.6: an id "must be unique amongst all the IDs in the element's tree"; each feed's own link leads to one."""
    public = built(GROUPS, files)
    found = page(public).xpath("//@id")
    assert sorted(found) == sorted(set(found))
    links = [xml(path).findtext("channel/link") for path in public.rglob("rss.xml")]
    assert len(links) == len(set(links))


def subscriptions(path: Path) -> list[str]:
    return [outline.get("xmlUrl") for outline in xml(path).iter("outline") if outline.get("xmlUrl")]


@pytest.mark.parametrize(("settings", "file"), [("", "atom.xml"), ('formats = ["json", "rss"]\n', "rss.xml")])
def test_feeds_opml_subscribes_to_everything_by_one_feed(built: Built, settings: str, file: str) -> None:
    assert subscriptions(built(settings + GROUPS, told_files()) / "feeds.opml") == [ROOT + file]


@pytest.mark.parametrize(("group", "file"), [("category", "categories"), ("tag", "tags"), ("author", "authors")])
def test_every_other_list_names_each_feed_of_its_group_once(built: Built, group: str, file: str) -> None:
    public = built(GROUPS, told_files())
    found = subscriptions(public / f"{file}.opml")
    folders = {path.parent.relative_to(public).as_posix() for path in public.rglob("atom.xml")} - {"."}
    mine = {f for f in folders if (f.partition("/")[0] if "/" in f else "category") == group}
    assert sorted(found) == sorted(f"{ROOT}{folder}/atom.xml" for folder in mine)
    assert all((public / url.removeprefix(ROOT)).is_file() for url in found)


def test_whoever_imports_the_list_of_categories_reads_each_article_once(built: Built) -> None:
    public = built("", told_files())
    seen = [
        guid.text
        for url in subscriptions(public / "categories.opml")
        for guid in xml(public / url.removeprefix(ROOT).replace("atom.xml", "rss.xml")).iter("guid")
    ]
    assert len(seen) == len(set(seen)) == len(TOLD)


def test_a_list_shows_names_as_they_are_written_and_includes_only_lists_that_exist(built: Built) -> None:
    public = built(GROUPS, {"articles/a.md": article(category=yaml('A & "<b>"'), tags="[x]")})
    assert [one.get("text") for one in xml(public / "categories.opml").iter("outline")] == ["By category", 'A & "<b>"']
    included = [one.get("url") for one in xml(public / "feeds.opml").iter("outline") if one.get("type") == "include"]
    assert len(included) == 3
    assert all((public / url.removeprefix(ROOT)).is_file() for url in included)
    alone = built("by = []\n", {}, name="alone")
    assert not [one for one in xml(alone / "feeds.opml").iter("outline") if one.get("type") == "include"]


def test_the_page_leads_to_the_sign_up_of_a_site_that_serves_one(built: Built) -> None:
    web = '[web]\nurl = "https://feeds.example.org"\n'
    assert "Subscribe to the newsletter" not in (built(web) / "index.html").read_text()
    page = (built(web + DIGEST, name="mail") / "index.html").read_text()
    assert '<a href="https://feeds.example.org/subscribe">Subscribe to the newsletter</a>' in page
