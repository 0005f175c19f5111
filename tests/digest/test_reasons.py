"""Why articles are not in an issue: counted once, and told the same by every command."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from feedpub.digest import age_limit, compose, in_words, left_out, widest_gap
from feedpub.loading import load_articles, load_site
from feedpub.site import Digest, read_site
from tests.conftest import SETTINGS, Write
from tests.digest.conftest import DIGEST, featured

Run = Callable[..., Result]
ARTICLES = {
    "articles/a.md": featured("A"),
    "articles/b.md": featured("B", "2025-11-12"),
    "articles/c.md": featured("C", "2025-11-13"),
    "articles/plain.md": featured("Plain", featured="false"),
    "articles/plain2.md": featured("Plain too", featured="false"),
    "articles/draft.md": featured("Draft", draft="true"),
    "articles/old.md": featured("Old", "2025-09-01"),
    "articles/later.md": featured("Later", "2025-11-18"),
    "articles/sent.md": featured("Sent", "2025-11-09"),
}
WORDS = (
    "2 not featured, 1 draft, 1 published after the issue, 1 older than 30d (max_age), 1 in an earlier issue, "
    "1 more than 2 (limit)"
)


@pytest.fixture
def folder(write_digest: Write) -> Path:
    return write_digest(ARTICLES, "limit = 2\n", digest=DIGEST.replace('max_age = "3650d"\n', ""))


def digest_of(schedule: str, more: str = "") -> Digest:
    lines = DIGEST.replace('max_age = "3650d"\n', more).replace("0 8 * * mon", schedule)
    return read_site(SETTINGS + lines).digests[0]


def test_each_article_that_is_left_out_has_one_reason(folder: Path) -> None:
    site = load_site(folder)
    digest, (articles, _) = site.digests[0], load_articles(folder, site)
    slot = datetime(2025, 11, 17, 8, tzinfo=site.timezone)
    issue = compose(digest, articles, slot=slot, issued={"sent"})
    assert issue
    left = left_out(digest, articles, slot=slot, issued={"sent"}, shown=issue.articles)
    assert sum(left.values()) == len(articles) - len(issue.articles)
    assert sorted(in_words(left, digest)) == sorted(WORDS.split(", "))
    left = left_out(digest, articles, slot=slot, issued={"sent"}, shown=issue.articles[:1])
    assert left["over the size"] == 1
    left = left_out(digest, articles, slot=slot, issued={"sent"}, shown=())
    assert left["too few"] == 3


def test_every_command_tells_the_same_of_one_issue(folder: Path, feedpub: Run) -> None:
    settings = folder / "feedpub.toml"
    settings.write_text(settings.read_text() + '[mail]\nurl = "maildir:spool"\nrehearsal = false\n')
    feedpub("subscribers", "add", "ada@example.org", "--site", folder)
    others = {path: path.read_text() for path in (folder / "articles").iterdir() if path.name != "sent.md"}
    for path in others:
        path.unlink()
    assert "1 put into the folder spool" in feedpub("send", "weekly", "--at", "2025-11-10T08:00", "--site", folder).stdout
    for path, text in others.items():
        path.write_text(text)
    at = ("--at", "2025-11-17T08:00", "--site", folder)
    digest = feedpub("digest", "weekly", *at).stdout
    (line,) = (line for line in digest.splitlines() if line.startswith("Left out: "))
    assert sorted(line.removeprefix("Left out: ").removesuffix(".").split(", ")) == sorted(WORDS.split(", "))
    assert "nothing is known" not in digest
    assert line in feedpub("send", "weekly", "--dry-run", *at).stdout
    listed = feedpub("digest", "--list", "--at", "2025-11-16T08:00", "--site", folder).stdout
    assert line.removeprefix("Left out: ").removesuffix(".") in listed
    assert "went out already (1 sent): Sent" in listed
    again = feedpub("digest", "weekly", "--at", "2025-11-10T08:00", "--site", folder).stdout
    assert "weekly, Mon 2025-11-10 08:00 CET: Sent" in again
    assert "This issue went out already (1 sent)." in again
    assert (
        "went out already (1 sent): Sent; nothing was sent."
        in feedpub("send", "weekly", "--dry-run", "--at", "2025-11-10T08:00", "--site", folder).stdout
    )


def test_to_look_makes_no_ledger(folder: Path, feedpub: Run) -> None:
    for command in (("digest",), ("digest", "--list"), ("send", "weekly", "--dry-run"), ("send", "--due", "--dry-run")):
        assert feedpub(*command, "--site", folder, *(("-o", folder / "x") if command == ("digest",) else ())).exit_code == 0
    assert not list(folder.glob("feedpub.db*"))


@pytest.mark.parametrize(
    ("schedule", "gap", "limit"),
    [
        ("0 8 * * *", 1, 30),
        ("*/5 * * * *", 1, 30),
        ("0 8 * * mon", 7, 30),
        ("0 8 * * tue,fri", 4, 30),
        ("30 7 1 * *", 31, 38),
        ("0 18 last * *", 31, 38),
        ("0 8 1-7 * sun", 35, 42),
        ("0 9 1 jan,apr,jul,oct *", 92, 99),
        ("0 9 1 jan *", 366, 373),
        ("0 9 29 feb *", 1461, 1468),
    ],
)
def test_the_age_limit_follows_the_schedule(schedule: str, gap: int, limit: int) -> None:
    digest = digest_of(schedule)
    assert widest_gap(digest) == timedelta(days=gap)
    assert age_limit(digest) == timedelta(days=limit)
    assert age_limit(digest_of(schedule, 'max_age = "2d"\n')) == timedelta(days=2)


@pytest.mark.parametrize(
    ("schedule", "age", "warned"),
    [("30 7 1 * *", "30d", True), ("30 7 1 * *", "31d", False), ("0 8 * * mon", "6d", True)],
)
def test_check_warns_where_an_article_could_fall_between_two_issues(
    write_digest: Write, feedpub: Run, schedule: str, age: str, warned: bool
) -> None:
    digest = DIGEST.replace("3650d", age).replace("0 8 * * mon", schedule)
    result = feedpub("check", write_digest({"articles/a.md": featured("A")}, digest=digest))
    assert result.exit_code == 0
    assert (f"digest.max_age: {age} is shorter than the longest time between two issues" in result.stdout) is warned


def test_an_article_of_the_first_is_in_the_next_monthly_issue(write_digest: Write, feedpub: Run) -> None:
    digest = DIGEST.replace('max_age = "3650d"\n', "").replace("0 8 * * mon", "30 7 1 * *")
    site = write_digest({"articles/a.md": featured("Of the first", '"2026-10-01 09:00"')}, digest=digest)
    assert "CET: Of the first" in feedpub("digest", "--at", "2026-11-01T08:00", "--site", site).stdout
