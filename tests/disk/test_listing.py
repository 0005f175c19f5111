"""What lies in a folder of articles and is none, or can't be read: told, and never the end of the others."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from click.testing import Result

from tests.conftest import Write, article

Run = Callable[..., Result]
COPIES = {
    "post (Jane's conflicted copy 2025-11-11).md": "Dropbox",
    "post.sync-conflict-20251111-101010-ABCDEFG.md": "Syncthing",
    "~$post.md": "an office program",
    "#post.md": "an editor",
    "post - Copy.md": "a file manager",
}


def published(site: Path) -> list[str]:
    """The titles in the site's feed."""
    return sorted(entry.title for entry in feedparser.parse((site / "public/rss.xml").read_bytes()).entries)


@pytest.fixture
def site(write_site: Write) -> Path:
    return write_site({"articles/a.md": article("A"), "articles/sub/b.md": article("B")})


def test_copies_are_left_out_and_told_by_each_build_and_by_check(site: Path, feedpub: Run) -> None:
    for name in ("post.md", *COPIES):
        (site / "articles" / name).write_text(article("Post"))
    for command in ("build", "build", "check"):
        result = feedpub(command, site)
        assert result.exit_code == 0
        told = result.stderr if command == "build" else result.stdout
        for name, maker in COPIES.items():
            assert f"articles/{name}: warning: is left out: it looks like" in told
            assert maker in next(line for line in told.splitlines() if f"/{name}:" in line)
    assert published(site) == ["A", "B", "Post"]


def test_a_copy_that_comes_after_a_build_changes_nothing_but_what_is_told(site: Path, feedpub: Run) -> None:
    feedpub("build", site)
    before = (site / "public/rss.xml").read_bytes()
    (site / "articles/a copy.md").write_text(article("A"))
    result = feedpub("build", site, "--json")
    assert [warning["source"] for warning in json.loads(result.stdout)["warnings"]] == [f"{site}/articles/a copy.md"]
    assert (site / "public/rss.xml").read_bytes() == before


def test_links_that_lead_nowhere_are_problems_of_their_own(site: Path, feedpub: Run) -> None:
    articles = site / "articles"
    feedpub("build", site)
    (articles / "gone.md").symlink_to("../nowhere.md")
    (articles / "one.md").symlink_to("two.md")
    (articles / "two.md").symlink_to("one.md")
    (articles / "sub/c.md").write_text(article("C"))
    strict = feedpub("build", site)
    assert strict.exit_code == 1
    assert "gone.md: is a link that leads nowhere; mend or remove it" in strict.stderr
    assert "one.md: is a link that can't be followed: too many levels of symbolic links" in strict.stderr
    assert published(site) == ["A", "B"]
    for _ in range(2):
        assert feedpub("build", site, "--keep-going").exit_code == 1
        assert published(site) == ["A", "B", "C"]
    assert feedpub("check", site).stderr == "3 problems and 0 warnings in 6 articles.\n"
    for name in ("gone", "one", "two"):
        (articles / f"{name}.md").unlink()
    assert feedpub("build", site).exit_code == 0


def test_a_folder_that_the_disk_refuses_is_a_problem_of_its_own(site: Path, feedpub: Run) -> None:
    """One too deep for any path, as rights mean nothing to root."""
    place = os.open(site / "articles", os.O_RDONLY)
    for _ in range(18):
        os.mkdir("d" * 250, dir_fd=place)
        deeper = os.open("d" * 250, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = deeper
    os.close(place)
    result = feedpub("build", site, "--keep-going")
    assert result.exit_code == 1
    assert "the disk refused: file name too long" in result.stderr
    assert published(site) == ["A", "B"]


def test_what_is_no_file_is_passed_over_and_told_once(site: Path, feedpub: Run) -> None:
    articles = site / "articles"
    os.mkfifo(articles / "pipe.md")
    (articles / "zero.md").symlink_to("/dev/zero")
    (articles / "up").symlink_to("..")
    (articles / "round").symlink_to("round")
    here = Path.cwd()
    os.chdir(articles)  # the name of a socket may have 107 octets
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.md")
    os.chdir(here)
    assert feedpub("build", site).exit_code == 0
    assert published(site) == ["A", "B"]
    told = feedpub("check", site).stdout
    assert "pipe.md: warning: is passed over, and so are 2 more: it is no file" in told
    assert "up: warning: is passed over: linked folders are not entered" in told
    assert "round: warning: is passed over: it is a link that can't be followed" in told
