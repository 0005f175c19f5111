"""The same input gives the same bytes: anywhere, in any order, at any time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedpub.content import read_article, render_body
from feedpub.feed import planned_feeds, publication
from feedpub.model import Article
from feedpub.site import read_site
from tests.conftest import SETTINGS, Write, article, tree

SITE = read_site(SETTINGS + '[feeds]\nby = ["category", "tag", "author"]\nlimit = 3\narchive = true\n')
NAMES = st.sampled_from(["Craft", "craft", "C++", "C", "Cloud & Infrastructure", "日本語", "Tag", "con"])
INSTANTS = st.sampled_from(["2025-11-11", "2025-11-11T00:00:00+01:00", "2025-11-10T23:00:00Z", "2024-02-29 12:00", "2026-01-01"])


@st.composite
def articles(draw: st.DrawFn) -> list[Article]:
    count = draw(st.integers(0, 12))
    return [
        read_article(
            article(f"T{n}", draw(INSTANTS), category=draw(NAMES), tags=f"[{', '.join(draw(st.lists(NAMES, max_size=3)))}]"),
            f"articles/{n}.md",
            SITE,
        )
        for n in range(count)
    ]


def published(some: list[Article]) -> dict[str, bytes]:
    feeds, _ = planned_feeds(some, SITE)
    parts = publication(feeds, SITE, lambda one: one.slug.encode(), {})
    return {path: data for part in parts for path, data in part.draw(lambda one: render_body(one, SITE))().items()}


@given(articles(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_articles_in_any_order_give_the_same_bytes(some: list[Article], random: object) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert list(published(some).items()) == list(published(shuffled).items())


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"TZ": "America/Los_Angeles", "PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"},
    ],
)
def test_zone_locale_hash_seed_and_file_times_change_no_byte(write_site: Write, environment: dict[str, str]) -> None:
    fields = {"tags": "[b, a, B, c]", "author": "[Zoë, Ada]", "updatedAt": "2026-01-01 02:30"}
    site = write_site({f"articles/{n}.md": article(f"Tïtle {n}", category=f"C{n}", **fields) for n in range(5)})
    command = [sys.executable, "-m", "feedpub", "build", str(site)]
    subprocess.run(command, check=True, capture_output=True)
    for path in (site / "articles").iterdir():
        os.utime(path, (1, 1))
    subprocess.run([*command, "-o", str(site / "other")], check=True, capture_output=True, env=os.environ | environment)
    assert tree(site / "other") == tree(site / "public")


def test_the_seeds_build_to_the_golden_site(tmp_path: Path) -> None:
    """To renew the golden site after a wanted change: rm -r tests/golden/seeds; feedpub build seeds -o tests/golden/seeds."""
    root = Path(__file__).parents[2]
    subprocess.run(
        [sys.executable, "-m", "feedpub", "build", str(root / "seeds"), "-o", str(tmp_path)], check=True, capture_output=True
    )
    built, golden = tree(tmp_path), tree(root / "tests/golden/seeds")
    assert built.keys() == golden.keys()
    assert [path for path in built if built[path] != golden[path]] == []
