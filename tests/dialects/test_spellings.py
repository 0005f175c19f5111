"""Two spellings of one person or tag are one feed, with a warning, and no article is lost."""

import unicodedata
from collections.abc import Callable

import feedparser
from click.testing import Result

from feedpub.publishing import build
from tests.conftest import Write, article

FILES = {
    "articles/a.md": article("A", author="Tomáš Dvořák", tags="[Café, open-source]"),
    "articles/b.md": article("B", author="Tomáš Dvořák", tags="[Café, Open Source]"),
    "articles/c.md": article("C", author="Tomas Dvorak", tags="[cafe]"),
}


def test_two_spellings_are_one_feed_with_a_warning(write_site: Write) -> None:
    site = write_site(FILES, '[feeds]\nby = ["author", "tag"]\n')
    for _ in range(2):
        built = build(site)
        assert [str(warning) for warning in built.warnings] == [
            'articles/c.md:4: warning: author: "Tomas Dvorak" is "Tomáš Dvořák" elsewhere; both are one feed; spell it one way',
            'articles/c.md:5: warning: tags: "cafe" is "Café" elsewhere; both are one feed; spell it one way',
        ]
    for folder in ("author/tomas-dvorak", "tag/cafe"):
        entries = feedparser.parse((built.output / folder / "rss.xml").read_bytes()).entries
        assert {entry.title for entry in entries} == {"A", "B", "C"}


def test_spellings_of_a_category_are_composed(write_site: Write) -> None:
    site = write_site({"articles/a.md": article(category="Caf\u00e9"), "articles/b.md": article(category="Cafe\u0301")})
    assert [feed.folder for feed in build(site).feeds] == ["", "cafe/"]


DIGEST = """
[[digest]]
name = "weekly"
from = "The Signal <weekly@news.example.org>"
schedule = "0 8 * * mon"
featured_only = false
min_articles = 1
max_age = "3650d"
categories = ["Cafe\u0301"]
"""


def test_a_digest_takes_both_spellings_of_its_category_with_a_warning(write_site: Write, feedpub: Callable[..., Result]) -> None:
    files = {
        "articles/a.md": article("Crumb", category="Caf\u00e9"),
        "articles/b.md": article("Crust", category="Cafe"),
        "articles/c.md": article("Maps", category="Maps"),
    }
    site = write_site(files, '[feeds]\nby = ["tag"]\n' + DIGEST)
    result = feedpub("digest", "--site", site, "--at", "2025-11-17T08:00", "-o", site / "issue")
    assert result.exit_code == 0, result.stderr
    text = (site / "issue/issue.txt").read_text()
    assert ("Crumb" in text, "Crust" in text, "Maps" in text) == (True, True, False)
    told = 'digest.categories: "Caf\u00e9" is "Cafe" in articles/b.md; both are taken; spell it one way'
    for said in (result.stderr, feedpub("check", site).stdout):
        assert told in unicodedata.normalize("NFC", said)


def test_a_mark_of_another_script_makes_another_name(write_site: Write, feedpub: Callable[..., Result]) -> None:
    files = {
        "articles/a.md": article("Mine", category="\u043c\u043e\u0439"),
        "articles/b.md": article("Ours", category="\u043c\u043e\u0438"),
    }
    site = write_site(files, DIGEST.replace("Cafe\u0301", "\u043c\u043e\u0439"))
    feedpub("digest", "--site", site, "--at", "2025-11-17T08:00", "-o", site / "issue")
    text = (site / "issue/issue.txt").read_text()
    assert ("Mine" in text, "Ours" in text) == (True, False)
