"""What is published does not go without a word."""

import errno
import fcntl
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article

Feedpub = Callable[..., Result]


def shrink(site: Path, left: int) -> None:
    for file in sorted((site / "articles").glob("*.md"))[left:]:
        file.unlink()


@pytest.fixture
def published(write_site: Write, feedpub: Feedpub) -> Path:
    site = write_site({f"articles/{n}.md": article(f"Title {n}", category=f"Category {n % 3}") for n in range(6)})
    assert feedpub("build", site).exit_code == 0
    return site


@pytest.mark.parametrize("options", [(), ("--keep-going",), ("--no-cache",)])
def test_more_than_half_of_what_is_published_goes_only_if_it_is_meant(
    published: Path, feedpub: Feedpub, options: tuple[str, ...]
) -> None:
    before = (published / "public/rss.xml").read_bytes()
    shrink(published, 2)
    refused = feedpub("build", published, *options)
    assert refused.exit_code == 1
    assert "6 articles are published here, and this build would leave 2" in refused.stderr
    assert (published / "public/rss.xml").read_bytes() == before
    assert feedpub("build", published, *options, "--allow-removal").exit_code == 0
    assert b"Title 5" not in (published / "public/rss.xml").read_bytes()
    assert feedpub("build", published, *options).exit_code == 0


def test_half_may_go_and_a_feed_that_goes_is_named(published: Path, feedpub: Feedpub) -> None:
    for n in (2, 5):
        (published / f"articles/{n}.md").unlink()
    done = feedpub("build", published)
    assert done.exit_code == 0
    assert "public/category-2: warning: no article stands in this feed any more" in done.stderr
    assert "category-1" not in done.stderr


def test_a_site_of_three_may_become_empty(write_site: Write, feedpub: Feedpub) -> None:
    site = write_site({f"articles/{n}.md": article(f"Title {n}") for n in range(3)})
    assert feedpub("build", site).exit_code == 0
    shrink(site, 0)
    assert feedpub("build", site).exit_code == 0


def test_articles_with_problems_count_as_gone(published: Path, feedpub: Feedpub) -> None:
    for n in range(4):
        (published / f"articles/{n}.md").write_text("---\ntitle: No date\n---\n\nText.\n")
    refused = feedpub("build", published, "--keep-going")
    assert refused.exit_code == 1
    assert "--allow-removal" in refused.stderr


def test_an_output_of_an_earlier_version_tells_no_number(published: Path, feedpub: Feedpub) -> None:
    manifest = published / "public/.feedpub-manifest.json"
    manifest.write_text(json.dumps({"files": json.loads(manifest.read_text())["files"]}))
    shrink(published, 1)
    assert feedpub("build", published).exit_code == 0
    assert json.loads(manifest.read_text())["articles"] == 1


def test_a_file_system_without_locks_is_told_and_built_into(
    write_site: Write, feedpub: Feedpub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    site = write_site({"articles/one.md": article()})
    done = feedpub("build", site)
    assert done.exit_code == 0
    assert "two builds at once are not kept apart" in done.stderr
    assert (site / "public/rss.xml").is_file()
