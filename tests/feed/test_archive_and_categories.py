"""Complete history (RFC 5005), slugs of categories, and lists that subscribe nobody twice."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article, tree
from tests.feed.clauses import ATOM, HISTORY, texts
from tests.feed.conftest import VARIANTS, xml

Built = Callable[..., Path]
Run = Callable[..., Result]
ARCHIVE = "archive = true\nlimit = 3\n"


def numbered(count: int) -> dict[str, str | bytes]:
    return {f"articles/n{n:02}.md": article(f"T{n}", f"2025-01-{n + 1:02}") for n in range(count)}


def slugs(public: Path, folder: str) -> list[str]:
    return [one.rpartition(":")[2] for one in texts(xml(public / folder / "atom.xml"), "a:entry/a:id")]


def previous(public: Path, path: Path) -> Path | None:
    """The document that `path` names as the next older one."""
    if path.suffix == ".json":
        url = json.loads(path.read_bytes()).get("next_url")
    else:
        found = xml(path).xpath("//*[local-name()='link'][@rel='prev-archive']/@href")
        url = found[0] if found else None
    return public / url.removeprefix("https://news.example.org/") if url else None


@pytest.mark.parametrize("count", [4, 6, 7, 10])
@pytest.mark.parametrize("name", ["atom.xml", "rss.xml", "feed.json"])
def test_the_chain_from_the_current_document_holds_every_article(built: Built, count: int, name: str) -> None:
    public = built(ARCHIVE, numbered(count))
    found: set[str] = set()
    path: Path | None = public / name
    while path:
        found.update(re.findall(r"tag:news.example.org,2025:(n\d\d)", path.read_text()))
        path = previous(public, path)
    assert found == {f"n{n:02}" for n in range(count)}
    assert slugs(public, "") == [f"n{n:02}" for n in range(count - 1, count - 4, -1)]
    assert slugs(public, "archive/1") == ["n02", "n01", "n00"]


def test_a_full_page_keeps_its_bytes_when_an_article_is_added(built: Built) -> None:
    before = {path: data for path, data in tree(built(ARCHIVE, numbered(7))).items() if "archive/" in path}
    after = tree(built(ARCHIVE, numbered(12), name="after"))
    assert len(before) == 12
    assert {path: after[path] for path in before} == before


def test_pages_say_that_they_are_archives_and_the_current_document_does_not(built: Built) -> None:
    public = built(ARCHIVE, numbered(7))
    assert xml(public / "atom.xml").find(f"{HISTORY}archive") is None
    assert previous(public, public / "archive/1/atom.xml") is None
    page = xml(public / "archive/2/atom.xml")
    assert page.find(f"{HISTORY}archive") is not None
    links = {link.get("rel"): link.get("href") for link in page.findall(f"{ATOM}link")}
    assert links["prev-archive"] == "https://news.example.org/archive/1/atom.xml"
    assert links["current"] == "https://news.example.org/atom.xml"


def test_a_feed_that_holds_all_is_complete(built: Built) -> None:
    public = built(ARCHIVE, numbered(3))
    assert xml(public / "atom.xml").find(f"{HISTORY}complete") is not None
    assert xml(public / "rss.xml").find(f"channel/{HISTORY}complete") is not None
    assert not (public / "archive").exists()


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("C", "c"), ("C++", "c-plus-plus"), ("C#", "c-sharp"), (".NET", "dot-net"), ("Node.js", "node-js"),
        ("日本語", "ri-ben-yu"),
        ("🚀", "rocket"), ("CON", "con-category"), (".git", "dot-git"), ("index.html", "index-html"), ("tag", "tag-category"),
        ("author", "author-category"), ("archive", "archive-category"), ("../x", "x"), ("a/b", "a-b"),
        ("Straße & Söhne", "strasse-sohne"),
        ("!!!", "exclamation-mark-exclamation-mark-exclamation-mark"),
    ],
)  # fmt: skip
def test_a_category_has_a_sensible_folder(built: Built, name: str, folder: str) -> None:
    public = built("", {"articles/a.md": article(category=json.dumps(name, ensure_ascii=False))})
    assert {path.parent.relative_to(public).as_posix() for path in public.rglob("rss.xml")} == {".", folder}


def test_all_of_these_stand_beside_each_other(built: Built) -> None:
    names = ["C", "C++", "C#", "日本語", "CON", ".git", "index.html", "tag", "x" * 200]
    public = built("", {f"articles/{n}.md": article(f"T{n}", category=json.dumps(c)) for n, c in enumerate(names)})
    assert len(list(public.rglob("rss.xml"))) == len(names) + 1
    assert all(len(path.parent.name) <= 80 for path in public.rglob("rss.xml"))


def test_spellings_that_differ_in_case_are_one_category(built: Built) -> None:
    public = built("", {f"articles/{n}.md": article(f"T{n}", category=c) for n, c in enumerate(["go", "Go", "Go"])})
    assert sorted(slugs(public, "go")) == ["0", "1", "2"]
    assert texts(xml(public / "go/atom.xml"), "a:title") == ["The Signal: Go"]


def test_a_collision_shows_the_line_that_mends_it(write_site: Write, feedpub: Run) -> None:
    names = ["Cloud & Infrastructure", "Cloud & Infrastructure", 'Cloud "Infrastructure"']
    site = write_site({f"articles/{n}.md": article(f"T{n}", category=f"'{c}'") for n, c in enumerate(names)})
    result = feedpub("build", site)
    assert result.exit_code == 1
    assert 'articles/2.md:4: category: "Cloud "Infrastructure"" has the slug "cloud-infrastructure"' in result.stderr
    line = re.search(r"feedpub\.toml: (.*)", result.stderr)
    assert line
    with (site / "feedpub.toml").open("a") as settings:
        settings.write(f"[categories]\n{line[1]}\n")
    assert feedpub("build", site).exit_code == 0
    assert slugs(site / "public", "cloud-infrastructure-2") == ["2"]


def test_a_list_subscribes_nobody_twice_to_one_article(built: Built) -> None:
    public = built(VARIANTS["everything"])
    everything = [outline.get("xmlUrl") for outline in xml(public / "feeds.opml").iter("outline") if outline.get("xmlUrl")]
    assert everything == ["https://news.example.org/atom.xml"]
    included = [outline.get("url") for outline in xml(public / "feeds.opml").iter("outline") if outline.get("type") == "include"]
    assert included == [f"https://news.example.org/{name}.opml" for name in ("categories", "tags", "authors")]
    seen: list[str] = []
    for outline in xml(public / "categories.opml").iter("outline"):
        if url := outline.get("xmlUrl"):
            seen += slugs(public, url.removeprefix("https://news.example.org/").removesuffix("atom.xml"))
    assert len(seen) == len(set(seen)) == len(slugs(public, ""))
