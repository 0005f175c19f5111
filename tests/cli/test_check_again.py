"""A check that knows what the last one found says what one says that knows nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article
from tests.digest.conftest import DIGEST

Run = Callable[..., Result]
BODY = "A [link](b.md), an image ![](gone.png), and {{image: x.png, width: wide}}.\n"


def tree(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below `folder`."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def site(write_site: Write) -> Path:
    files = {
        "articles/a.md": article("A", body=BODY),
        "articles/b.md": article("B", body=BODY, draft="true"),
        "articles/c.md": article("C", body="See [a](a.md).\n", featured="true"),
    }
    return write_site(files, DIGEST)


def test_after_each_edit_it_says_what_a_first_check_says(site: Path, feedpub: Run) -> None:
    articles = site / "articles"
    edits: list[Callable[[], object]] = [
        lambda: None,
        lambda: (articles / "gone.png").write_bytes(b"12345"),
        lambda: (articles / "b.md").rename(articles / "elsewhere.md"),
        lambda: (articles / "a.md").write_text(article("A", body=f"One more line.\n\n{BODY}", image="data:x")),
        lambda: (articles / "a.md").write_text(article("A", body=f"One more line.\n\n{BODY}")),
        lambda: (site / "feedpub.toml").write_text((site / "feedpub.toml").read_text() + '[redirects]\n"/x/" = "gone"\n'),
        lambda: (articles / "c.md").unlink(),
    ]
    told = set()
    for edit in edits:
        edit()
        first, again = feedpub("check", "--no-cache", site), feedpub("check", site)
        assert (again.stdout, again.stderr, again.exit_code) == (first.stdout, first.stderr, first.exit_code)
        told.add(first.stdout)
    assert len(told) > 4
    assert "this image can't be read" in first.stdout


def test_what_a_check_knows_changes_no_build(site: Path, feedpub: Run) -> None:
    assert feedpub("build", "--no-cache", site, "-o", site / "first").exit_code == 0
    feedpub("check", site)
    assert feedpub("build", site, "-o", site / "second").exit_code == 0
    feedpub("check", site)
    assert feedpub("build", site, "-o", site / "second").exit_code == 0
    assert tree(site / "first") == tree(site / "second")


def test_several_processes_say_the_same(write_site: Write, feedpub: Run) -> None:
    site = write_site({f"articles/{number:03}.md": article(f"T{number}", body=BODY) for number in range(100)})
    alone, together = feedpub("check", "--all", "--no-cache", "-j", "1", site), feedpub("check", "--all", site, "-j", "3")
    assert alone.stdout.count("has no alt text") == 100
    assert together.stdout == alone.stdout


def test_of_a_stranger_nothing_is_kept(site: Path, feedpub: Run) -> None:
    before = tree(site)
    feedpub("check", "--untrusted", site)
    feedpub("check", "--no-cache", site)
    assert tree(site) == before


def test_a_text_that_takes_long_is_told_with_its_time(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article(body="*a* `b` [c](https://e.org/) **d**\n\n" * 20_000)})
    (line,) = feedpub("check", site).stdout.splitlines()
    assert "a.md:4: warning: it takes " in line
    assert " seconds to make HTML of this text" in line
