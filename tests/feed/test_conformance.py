"""Every file of every variant of the site holds every clause of its standard."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.feed.clauses import ATOM_CLAUSES, OPML_CLAUSES, RSS_CLAUSES
from tests.feed.clauses_json import JSON_CLAUSES
from tests.feed.conftest import VARIANTS, xml

Built = Callable[..., Path]
variants = pytest.mark.parametrize("variant", VARIANTS)


@variants
def test_every_atom_feed_is_as_rfc_4287_says(built: Built, variant: str) -> None:
    for path in built(VARIANTS[variant]).rglob("atom.xml"):
        for clause in ATOM_CLAUSES:
            clause(xml(path))


@variants
def test_every_rss_feed_is_as_rss_2_says(built: Built, variant: str) -> None:
    for path in built(VARIANTS[variant]).rglob("rss.xml"):
        for clause in RSS_CLAUSES:
            clause(xml(path))


@variants
def test_every_json_feed_is_as_json_feed_1_1_says(built: Built, variant: str) -> None:
    for path in built(VARIANTS[variant]).rglob("feed.json"):
        for clause in JSON_CLAUSES:
            clause(json.loads(path.read_bytes()))


@variants
def test_every_list_is_as_opml_2_says(built: Built, variant: str) -> None:
    found = list(built(VARIANTS[variant]).rglob("*.opml"))
    assert len(found) == (4 if variant == "everything" else 2)
    for path in found:
        for clause in OPML_CLAUSES:
            clause(xml(path))


def test_an_empty_site_has_feeds_that_conform(built: Built) -> None:
    public = built("", {})
    for clause in ATOM_CLAUSES:
        if clause.__name__ != "atom_links":
            clause(xml(public / "atom.xml"))
    for clause in RSS_CLAUSES:
        clause(xml(public / "rss.xml"))
    for check in JSON_CLAUSES:
        check(json.loads((public / "feed.json").read_bytes()))


def test_formats_that_are_not_asked_for_are_not_written(built: Built) -> None:
    public = built('formats = ["atom"]\n')
    assert {path.name for path in public.rglob("*") if path.is_file()} == {
        "atom.xml", "feeds.opml", "categories.opml", "index.html", ".feedpub-manifest.json",
    }  # fmt: skip
