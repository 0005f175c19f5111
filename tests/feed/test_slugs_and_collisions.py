"""Folders of categories, tags and authors: each has its own, whatever its name; and a collision is mended by its message."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article
from tests.feed.clauses import texts
from tests.feed.conftest import xml
from tests.feed.told import yaml

Built = Callable[..., Path]
Run = Callable[..., Result]
NAMES = [
    "C", "C++", "C#", "F#", ".NET", "Node.js", "日本語", "🚀", "!!!", "CON", "con-category-2", ".git", "index.html",
    "tag", "author", "archive", "NUL", "com1", "x" * 120, "ü " * 60, 'He said "hi"', "It's", "a/b", "..\\y", "../x", "rss.xml",
    "feeds.opml", "€", "A%B",
]  # fmt: skip
WINDOWS = {"con", "prn", "aux", "nul", *(f"{device}{n}" for device in ("com", "lpt") for n in range(10))}


def of_categories(names: list[str]) -> dict[str, str | bytes]:
    return {f"articles/n{n}.md": article(f"Title {n}", category=yaml(name)) for n, name in enumerate(names)}


def folders(public: Path) -> dict[str, str]:
    """The folder of each feed, by the feed's title without the site's."""
    found = {path.parent.relative_to(public).as_posix(): texts(xml(path), "a:title")[0] for path in public.rglob("atom.xml")}
    return {title.removeprefix("The Signal: "): folder for folder, title in found.items()}


def test_every_name_has_a_folder_of_its_own_that_any_file_system_takes(built: Built) -> None:
    found = folders(built("", of_categories(NAMES)))
    assert found.keys() == {" ".join(name.split()) for name in NAMES} | {"The Signal"}
    assert len(set(found.values())) == len(NAMES) + 1
    own = [folder for folder in found.values() if folder != "."]
    assert all(re.fullmatch("[a-z0-9][a-z0-9_-]{0,79}", folder) for folder in own)
    assert not WINDOWS & set(own)
    assert not {"tag", "author", "archive"} & set(own)


@pytest.mark.parametrize("group", ["tag", "author"])
def test_tags_and_authors_have_folders_that_any_file_system_takes(built: Built, group: str) -> None:
    field = {"tag": "tags", "author": "author"}[group]
    files: dict[str, str | bytes] = {
        f"articles/n{n}.md": article(f"Title {n}", **{field: f"[{yaml(name)}]"}) for n, name in enumerate(NAMES)
    }
    own = [folder.removeprefix(f"{group}/") for folder in folders(built(f'by = ["{group}"]\n', files)).values() if folder != "."]
    assert len(own) == len(NAMES)
    assert all(re.fullmatch("[a-z0-9][a-z0-9_-]{0,79}", folder) for folder in own)
    assert not WINDOWS & set(own)


def test_a_slug_does_not_depend_on_the_other_categories(built: Built) -> None:
    alone = {
        name: folders(built("", of_categories([name]), name=f"s{n}"))[name] for n, name in enumerate(["C#", "日本語", "CON"])
    }
    together = folders(built("", of_categories(NAMES)))
    assert {name: together[name] for name in alone} == alone


@pytest.mark.parametrize(
    "names",
    [["Go", "go", "GO"], ["Go  lang", "Go lang"], ["Go\u00a0lang", "Go lang", "Go lang"], ["Straße", "STRASSE", "Straße"]],
    ids=ascii,
)
def test_spellings_that_differ_in_case_or_white_space_are_one_category(built: Built, names: list[str]) -> None:
    public = built("", of_categories(names))
    assert len(folders(public)) == 2
    assert len(list(public.rglob("atom.xml"))) == 2


@pytest.mark.parametrize(
    "names",
    [
        ["Cloud Infrastructure", "Cloud Infrastructure", "Cloud & Infrastructure"],
        ["Cloud Infrastructure", "Cloud Infrastructure", "Cloud & Infrastructure", "Cloud, Infrastructure"],
        ["Cloud", "Cloud", "& Cloud", "Cloud 2", "cloud-3"],
        ["Cloud", "Cloud", 'The "Cloud"', '"Cloud"', "Cloud\\", "'Cloud'"],
        ["Launch", "Launch", "Launch 👩‍🚀"],
        ["Launch", "Launch", "Launch\u200b"],
        ["Launch", "Launch", "Launch\u202e"],
        ["Launch", "Launch", "Launch\u007f"],
        ["CON", "CON", "CON category"],
        ["x" * 90 + "a", "x" * 90 + "a", "x" * 90 + "b"],
        ["Cloud", "Cloud", "Cloud", "Cloud", "Cloud!", "cloud!", "CLOUD!"],
    ],
    ids=ascii,
)
def test_pasting_the_lines_of_a_collision_mends_it_and_moves_no_other_category(
    write_site: Write, feedpub: Run, names: list[str]
) -> None:
    site = write_site(of_categories(names))
    refused = feedpub("build", site)
    assert refused.exit_code == 1
    assert not (site / "public").exists()
    lines = dict.fromkeys(re.findall(r"\[categories\] in feedpub\.toml: (.*)$", refused.stderr, re.MULTILINE))
    # A person pastes a line once for each category, however many of its spellings the messages name.
    chosen = {tomllib.loads(line).popitem()[0].casefold(): line for line in lines}
    with (site / "feedpub.toml").open("a") as settings:
        settings.write("\n[categories]\n" + "\n".join(chosen.values()) + "\n")
    result = feedpub("build", site)
    assert result.exit_code == 0, result.stderr
    found = folders(site / "public")
    assert len(found) == len({name.casefold() for name in names}) + 1
    before = folders_of(write_site, feedpub, names[:1])
    assert found[names[0]] == before[names[0]]


def folders_of(write_site: Write, feedpub: Run, names: list[str]) -> dict[str, str]:
    site = write_site(of_categories(names), name="alone")
    assert feedpub("build", site).exit_code == 0
    return folders(site / "public")


@pytest.mark.parametrize(("group", "field"), [("category", "category"), ("author", "author")])
def test_a_collision_names_file_line_field_and_the_other_name(write_site: Write, feedpub: Run, group: str, field: str) -> None:
    names = ["Ada & Co", "Ada & Co", "Ada, Co"]
    site = write_site(
        {f"articles/n{n}.md": article(f"Title {n}", **{field: yaml(name)}) for n, name in enumerate(names)},
        f'[feeds]\nby = ["{group}"]\n',
    )
    said = feedpub("build", site).stderr
    assert re.search(rf'articles/n2\.md:4: {field}: "Ada, Co" .*"Ada & Co"', said)
    assert "1 problem in 1 file; nothing was written." in said


def test_the_category_with_the_most_articles_keeps_the_slug_however_it_is_spelled(write_site: Write, feedpub: Run) -> None:
    said = feedpub("build", write_site(of_categories(["Cloud", "Cloud", "Cloud!", "cloud!", "CLOUD!"]))).stderr
    assert set(re.findall(r"articles/(n\d)\.md:", said)) == {"n0", "n1"}


def test_tags_of_one_slug_are_one_tag(built: Built) -> None:
    tags = ["open-source", "Open Source", "Open Source"]
    public = built('by = ["tag"]\n', {f"articles/n{n}.md": article(f"T{n}", tags=f"[{tag}]") for n, tag in enumerate(tags)})
    assert folders(public) == {"The Signal": ".", "Open Source": "tag/open-source"}
    assert len(json.loads((public / "tag/open-source/feed.json").read_bytes())["items"]) == 3
