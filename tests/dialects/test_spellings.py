"""Two spellings of one person or tag are one feed, with a warning, and no article is lost."""

import feedparser

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
