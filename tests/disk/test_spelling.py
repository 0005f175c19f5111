"""`é` is one character or two: to authors one name, to a disk of Linux two."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from click.testing import Result

from tests.conftest import Write, article

NAMES = {"composed": "NFC", "decomposed": "NFD"}


@pytest.mark.parametrize("disk", NAMES)
@pytest.mark.parametrize("text", NAMES)
def test_a_picture_is_found_however_its_name_is_composed(
    write_site: Write, feedpub: Callable[..., Result], disk: str, text: str
) -> None:
    def named(form: str) -> str:
        return unicodedata.normalize(NAMES[form], "bilder/café à Zürich.png")

    body = f"![A café](<{named(text)}>)\n"
    site = write_site({"articles/a.md": article(image=named(text), body=body), f"articles/{named(disk)}": b"12345"})
    assert feedpub("build", site).exit_code == 0
    entry = feedparser.parse((site / "public/rss.xml").read_bytes()).entries[0]
    assert [link.length for link in entry.links if link.rel == "enclosure"] == ["5"]
    assert feedpub("check", site).stdout == ""


def test_a_name_that_is_nowhere_is_nowhere(write_site: Write, feedpub: Callable[..., Result]) -> None:
    site = write_site({"articles/a.md": article(body="![A café](café/é.png)\n"), "articles/cafe/e.png": b"12345"})
    assert "leads nowhere" in feedpub("check", site).stdout


def test_a_category_is_one_name_in_settings_and_articles(write_site: Write, feedpub: Callable[..., Result]) -> None:
    files = {"articles/a.md": article("A", category="Cafe\u0301"), "articles/b.md": article("B", category="Caf\u00e9")}
    site = write_site(files, '[categories]\n"Cafe\u0301" = "coffee"\n')
    assert feedpub("build", site).exit_code == 0
    assert len(feedparser.parse((site / "public/coffee/rss.xml").read_bytes()).entries) == 2
    twice = write_site(files, '[categories]\n"Cafe\u0301" = "coffee"\n"Caf\u00e9" = "house"\n', name="twice")
    assert "stands twice" in feedpub("build", twice).stderr


def test_an_author_is_one_name_in_settings_and_articles(write_site: Write, feedpub: Callable[..., Result]) -> None:
    files = {
        "articles/a.md": article("A", author="jose\u0301"),
        "articles/b.md": article("B", author="Jos\u00e9 Mart\u00ed"),
    }
    site = write_site(files, '[feeds]\nby = ["author"]\n[authors]\n"jos\u00e9" = "Jose\u0301 Marti\u0301"\n')
    result = feedpub("build", site)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [place.name for place in Path(site, "public/author").iterdir()] == ["jose-marti"]
