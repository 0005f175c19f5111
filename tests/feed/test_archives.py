"""RFC 5005 in all three formats: a history that is whole, and whose pages stay as they are."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import article, tree
from tests.feed.clauses import HISTORY
from tests.feed.conftest import xml

Built = Callable[..., Path]
FILES = ("atom.xml", "rss.xml", "feed.json")
ROOT = "https://news.example.org/"
LIMITED = 'archive = true\nlimit = 2\nhub = "https://hub.example/"\n'


def days(*numbers: int) -> dict[str, str | bytes]:
    """An article for each day, every third in the category Craft."""
    return {
        f"articles/n{n:02}.md": article(f"Title {n}", f"2025-01-{n:02}", category="Cloud" if n % 3 else "Craft") for n in numbers
    }


def slugs(path: Path) -> list[str]:
    if path.suffix == ".json":
        found = [item["id"] for item in json.loads(path.read_bytes())["items"]]
    else:
        found = xml(path).xpath("//*[local-name()='entry']/*[local-name()='id']/text() | //guid/text()")
    return [one.rpartition(":")[2] for one in found]


def link(path: Path, rel: str) -> str | None:
    """Where a document's link of `rel` leads, as a path below the output; JSON Feed has next_url for prev-archive."""
    if path.suffix == ".json":
        url = json.loads(path.read_bytes()).get("next_url") if rel == "prev-archive" else None
    else:
        url = next(iter(xml(path).xpath(f"//*[local-name()='link'][@rel='{rel}']/@href")), None)
    assert url is None or url.startswith(ROOT) or rel == "hub"
    return url.removeprefix(ROOT) if url else None


def chain(public: Path, start: str) -> list[str]:
    """Documents from the current one back to the oldest."""
    found = [start]
    while (older := link(public / found[-1], "prev-archive")) is not None:
        assert older not in found, "a circle"
        found.append(older)
    return found


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("folder", ["", "cloud/", "craft/"])
def test_the_chain_reaches_every_document_and_every_article(built: Built, folder: str, file: str) -> None:
    public = built(LIMITED, days(*range(1, 14)))
    walked = chain(public, folder + file)
    archives = {path.relative_to(public).as_posix() for path in (public / folder / "archive").glob(f"*/{file}")}
    assert set(walked[1:]) == archives
    assert walked[-1] == f"{folder}archive/1/{file}"
    wanted = {f"n{n:02}" for n in range(1, 14) if folder in ("", "cloud/" if n % 3 else "craft/")}
    assert {slug for path in walked for slug in slugs(public / path)} == wanted


@pytest.mark.parametrize("file", FILES)
def test_an_article_stands_in_one_archive_document_at_most_and_the_newest_in_the_current_one(built: Built, file: str) -> None:
    public = built(LIMITED, days(*range(1, 10)))
    assert slugs(public / file) == ["n09", "n08"]
    archived = [slug for path in chain(public, file)[1:] for slug in slugs(public / path)]
    assert archived == sorted(archived, reverse=True)
    assert len(archived) == len(set(archived))


@pytest.mark.parametrize("file", ["atom.xml", "rss.xml"])
def test_archive_documents_say_so_and_name_the_current_one_and_no_hub(built: Built, file: str) -> None:
    public = built(LIMITED, days(1, 2, 3, 4, 5))
    for path in chain(public, file)[1:]:
        assert len(list(xml(public / path).iter(f"{HISTORY}archive"))) == 1
        assert link(public / path, "current") == file
        assert link(public / path, "hub") is None
    assert not list(xml(public / file).iter(f"{HISTORY}archive", f"{HISTORY}complete"))
    assert link(public / file, "hub") == "https://hub.example/"
    assert link(public / file, "current") is None


@pytest.mark.parametrize("file", FILES)
def test_the_first_page_names_no_older_one(built: Built, file: str) -> None:
    assert link(built(LIMITED, days(1, 2, 3)) / "archive/1" / file, "prev-archive") is None


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_full_pages_keep_their_bytes_when_newer_articles_come(built: Built, count: int) -> None:
    before = tree(built(LIMITED, days(*range(1, count + 1))))
    after = tree(built(LIMITED, days(*range(1, count + 4)), name="after"))
    pages = {path: data for path, data in before.items() if path.startswith("archive/") or "/archive/" in path}
    assert pages
    assert {path: after.get(path) for path in pages} == pages


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_feed_that_fits_in_one_document_is_complete_and_has_no_archive(built: Built, count: int) -> None:
    public = built(LIMITED, days(*range(1, count + 1)))
    for file in ("atom.xml", "rss.xml"):
        assert len(list(xml(public / file).iter(f"{HISTORY}complete"))) == 1
    assert [chain(public, file) for file in FILES] == [[file] for file in FILES]
    assert not (public / "archive").exists()


def test_without_archive_older_articles_are_left_out_and_nothing_claims_to_be_complete(built: Built) -> None:
    public = built("limit = 2\n", days(1, 2, 3))
    assert [slugs(public / file) for file in FILES] == [["n03", "n02"]] * 3
    assert not any(list(xml(public / file).iter(f"{HISTORY}complete", f"{HISTORY}archive")) for file in FILES[:2])


def test_a_removed_article_leaves_and_so_do_pages_that_are_empty(built: Built) -> None:
    assert (built(LIMITED, days(1, 2, 3, 4, 5)) / "archive/2/atom.xml").exists()
    again = built(LIMITED, {f"articles/n{n:02}.md": article("Draft", f"2025-01-{n:02}", draft="true") for n in (4, 5)})
    assert not (again / "archive/2").exists()
    assert slugs(again / "atom.xml") == ["n03", "n02"]
