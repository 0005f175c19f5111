"""A slot that nobody is there for, that has not come, or that a wrong clock showed, silences nothing and spends nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine

from feedpub.loading import load_articles, load_site
from feedpub.mailing.newsletter import due, welcome
from feedpub.mailing.turn import make, put_right
from feedpub.site import Site
from feedpub.store import add_subscriber, ask_note, claim_notes, considered, settle_note
from feedpub.store.notes import Outcome
from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured
from tests.send.conftest import SLOT

Run = Callable[..., Result]
ONE = timedelta(minutes=1)
FUTURE = datetime(2031, 3, 3, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)


@pytest.fixture
def folder(write_site: Write) -> Path:
    return write_site({"articles/a.md": featured("A story", "2025-11-11")}, DIGEST + '[mail]\nurl = "smtp://127.0.0.1:9"\n')


@pytest.fixture
def site(folder: Path) -> Site:
    return load_site(folder)


def turn(engine: Engine, folder: Path, site: Site, now: datetime) -> list[str]:
    """What a scheduler does at `now`, and what it tells."""
    told = put_right(engine, site, now=now)
    with engine.begin() as conn:
        welcome(conn, site, now=now)
        slots = due(conn, site, now=now)
    return told + [one.told for one in make(engine, folder, site, slots, lambda: load_articles(folder, site)[0], now=now)]


def subscribe(engine: Engine) -> None:
    with engine.begin() as conn:
        add_subscriber(conn, "ada@example.org", "weekly", now=SLOT, how="a form")


def test_without_a_subscriber_nothing_is_spent(feedpub: Run, folder: Path) -> None:
    result = feedpub("send", "weekly", "--site", folder)
    assert result.exit_code == 0
    assert (
        "the digest has no subscriber, so nothing is made or sent; add one with feedpub subscribers add ADDRESS" in result.stdout
    )
    feedpub("subscribers", "add", "ada@example.org", "--site", folder)
    assert "A story: 1 delivery queued" in feedpub("send", "weekly", "--site", folder).stdout


def test_a_scheduler_keeps_a_slot_for_the_first_subscriber(engine: Engine, folder: Path, site: Site) -> None:
    assert turn(engine, folder, site, SLOT - ONE) == []
    (told,) = turn(engine, folder, site, SLOT + ONE)
    assert "no subscriber" in told
    subscribe(engine)
    assert turn(engine, folder, site, SLOT + 2 * ONE) == ["A story: 1 delivery queued"]
    assert turn(engine, folder, site, SLOT + 3 * ONE) == []


def test_a_slot_that_has_not_come_is_refused_and_notes_nothing(feedpub: Run, folder: Path) -> None:
    feedpub("subscribers", "add", "ada@example.org", "--site", folder)
    for options, words in (
        ((), "has not come yet, so nothing was made or sent"),
        (("--early",), "only the next can go out early"),
    ):
        result = feedpub("send", "weekly", "--at", "2093-01-01", *options, "--site", folder)
        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1
        assert words in result.stderr
    assert "older than 3650d" in feedpub("send", "weekly", "--at", "2093-01-01", "--dry-run", "--site", folder).stdout
    assert "A story: 1 delivery queued" in feedpub("send", "weekly", "--site", folder).stdout


def test_the_next_issue_may_go_out_early_and_does_not_go_out_again(engine: Engine, folder: Path, site: Site) -> None:
    subscribe(engine)
    turn(engine, folder, site, SLOT - WEEK - ONE)
    (folder / "articles/later.md").write_text(featured("Not yet", "2025-11-16"))
    early = SLOT - timedelta(days=2)
    (made,) = make(engine, folder, site, [(site.digests[0], SLOT)], lambda: load_articles(folder, site)[0], now=early)
    assert made.told == "A story: 1 delivery queued"
    assert turn(engine, folder, site, early + ONE) == ["nothing new, no issue"]  # that of the slot before
    assert turn(engine, folder, site, SLOT + ONE) == []
    assert turn(engine, folder, site, SLOT + WEEK + ONE) == ["Not yet: 1 delivery queued"]


def test_a_clock_that_was_wrong_once_is_told_and_silences_nothing(engine: Engine, folder: Path, site: Site) -> None:
    subscribe(engine)
    turn(engine, folder, site, SLOT - ONE)
    assert turn(engine, folder, site, FUTURE) == ["A story: 1 delivery queued"]
    (folder / "articles/b.md").write_text(featured("Another", "2025-11-12"))
    told = turn(engine, folder, site, SLOT + ONE)
    assert told == [
        "weekly: its slot Mon 2031-03-03 08:00 CET was looked at, and has not come: a clock was wrong. "
        "That is taken back: the slots before it are not skipped.",
        "Another: 1 delivery queued",
    ]
    assert turn(engine, folder, site, SLOT + 2 * ONE) == []


def test_a_first_look_by_a_wrong_clock_is_none(engine: Engine, folder: Path, site: Site) -> None:
    subscribe(engine)
    turn(engine, folder, site, FUTURE)
    assert len(turn(engine, folder, site, SLOT + ONE)) == 1  # told; the digest is new, and its last slot is an old one
    assert turn(engine, folder, site, SLOT + WEEK + ONE) == ["A story: 1 delivery queued"]


def test_a_clock_that_is_corrected_by_little_is_no_news(engine: Engine, folder: Path, site: Site) -> None:
    subscribe(engine)
    turn(engine, folder, site, SLOT - ONE)
    assert turn(engine, folder, site, SLOT) == ["A story: 1 delivery queued"]
    assert turn(engine, folder, site, SLOT - timedelta(seconds=3)) == []
    assert turn(engine, folder, site, SLOT + ONE) == []
    with engine.begin() as conn:
        assert considered(conn, "weekly", now=SLOT + ONE) == SLOT.timestamp()


def test_a_mail_to_one_person_waits_for_no_wrong_clock(engine: Engine) -> None:
    subscribe(engine)
    with engine.begin() as conn:
        assert ask_note(conn, "confirm", "ada@example.org", ["weekly"], now=FUTURE)
        (one,) = claim_notes(conn, now=FUTURE, lease=ONE)
        settle_note(conn, one.id, Outcome("queued", "later", FUTURE + ONE))
        assert len(claim_notes(conn, now=SLOT, lease=ONE)) == 1
        assert ask_note(conn, "confirm", "ada@example.org", ["weekly"], now=SLOT)  # nor is it counted as of the last hour
