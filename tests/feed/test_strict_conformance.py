"""Every file of every variant of a site keeps every clause; a failure names the clause, the variant and the file."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.conftest import SETTINGS, tree
from tests.feed import clauses, clauses_json
from tests.feed.clauses_strict import STRICT
from tests.feed.told import told_files

Built = Callable[..., Path]
GROUPS = 'by = ["category", "tag", "author"]\n'
UNICODE = SETTINGS.replace("https://news.example.org", "https://bücher.example/ä") + 'language = "pt-BR"\n'
VARIANTS = {
    "plain": ("", SETTINGS),
    "summary": ('content = "summary"\n', SETTINGS),
    "groups, hub and image": (f'{GROUPS}hub = "https://hub.example/"\nimage = "/logo.png"\n', SETTINGS),
    "archive": (f'{GROUPS}archive = true\nlimit = 2\nhub = "https://hub.example/"\n', SETTINGS),
    "complete": ("archive = true\n", SETTINGS),
    "everything alone": ("by = []\n", SETTINGS),
    "elsewhere": ('url = "https://cdn.example.net/feeds"\n', SETTINGS),
    "other scripts in the address": ("", UNICODE),
    "without author and id": (GROUPS, '[site]\ntitle = "A & <b>"\nurl = "https://news.example.org/blog/"\n'),
    "Atom alone": ('formats = ["atom"]\n', SETTINGS),
    "RSS alone": ('formats = ["rss"]\n', SETTINGS),
    "JSON alone": ('formats = ["json"]\n', SETTINGS),
}
SITE_CLAUSES = {
    "atom.xml": (*clauses.ATOM_CLAUSES, *STRICT["atom.xml"]),
    "rss.xml": (*clauses.RSS_CLAUSES, *STRICT["rss.xml"]),
    "feed.json": (*clauses_json.JSON_CLAUSES, *STRICT["feed.json"]),
    ".opml": (*clauses.OPML_CLAUSES, *STRICT[".opml"]),
}


@pytest.fixture(scope="session")
def kept() -> dict[str, dict[str, bytes]]:
    return {}


@pytest.fixture
def published(built: Built, kept: dict[str, dict[str, bytes]]) -> Callable[[str], dict[str, bytes]]:
    """The files of a variant, built once."""

    def files(variant: str) -> dict[str, bytes]:
        if variant not in kept:
            feeds, base = VARIANTS[variant]
            kept[variant] = tree(built(feeds, told_files(), base=base))
        return kept[variant]

    return files


def faults(clause: Callable[[Any], Iterator[str] | None], document: Any) -> list[str]:
    """What is at fault by `clause`, whether it yields or asserts."""
    try:
        return list(clause(document) or ())
    except AssertionError as error:
        return [str(error) or "refused"]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(
    ("ending", "clause"), [pytest.param(e, c, id=c.__name__ + "-" + e) for e, some in SITE_CLAUSES.items() for c in some]
)
def test_every_file_keeps_the_clause(
    published: Callable[[str], dict[str, bytes]], variant: str, ending: str, clause: Callable[[Any], Iterator[str] | None]
) -> None:
    read = json.loads if ending == "feed.json" else etree.fromstring
    found = {path: faults(clause, read(data)) for path, data in published(variant).items() if path.endswith(ending)}
    assert {path: some for path, some in found.items() if some} == {}


def test_every_variant_has_the_files_that_it_asks_for(published: Callable[[str], dict[str, bytes]]) -> None:
    endings = {variant: {path.rpartition("/")[2] for path in published(variant)} for variant in VARIANTS}
    for variant, format_file in (("Atom alone", "atom.xml"), ("RSS alone", "rss.xml"), ("JSON alone", "feed.json")):
        assert endings[variant] & {"atom.xml", "rss.xml", "feed.json"} == {format_file}
    assert any("/archive/" in path for path in published("archive") if path.startswith("author/"))
    assert "categories.opml" not in endings["everything alone"]
