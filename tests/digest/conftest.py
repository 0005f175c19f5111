"""A site with a digest, and editions of it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from feedpub.loading import load_articles, load_site
from feedpub.mailing.newsletter import Edition, choose, edition
from tests.conftest import Write, article

DIGEST = """
[[digest]]
name = "weekly"
from = "The Signal <news@news.example.org>"
schedule = "0 8 * * mon"
max_age = "3650d"
postal_address = "1 Long Street, Valletta, Malta"
"""
Make = Callable[..., Edition]


def featured(title: str, published: str = "2025-11-11", body: str = "Some text.\n", **fields: object) -> str:
    """An article that a digest may take."""
    return article(title, published, body, **{"featured": "true", **fields})


@pytest.fixture
def write_digest(write_site: Write) -> Write:
    """Writes a site with the digest `weekly`: files, and more settings of the digest."""

    def write(files: dict[str, str | bytes], settings: str = "", *, digest: str = DIGEST, name: str = "site") -> Path:
        return write_site(files, digest + settings, name=name)

    return write


@pytest.fixture
def make(write_digest: Write) -> Make:
    """The edition of Monday 2025-11-17 of a site of these files."""

    def run(files: dict[str, str | bytes], settings: str = "", *, digest: str = DIGEST) -> Edition:
        folder = write_digest(files, settings, digest=digest)
        site = load_site(folder)
        articles, problems = load_articles(folder, site)
        assert problems == []
        slot = datetime(2025, 11, 17, 8, tzinfo=site.timezone)
        made = edition(folder, site, choose(site, None), articles, slot=slot, issued=())
        assert made
        return made

    return run
