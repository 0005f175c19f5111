"""Figures over time, on SQLite and on PostgreSQL."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, insert, select, text

from feedpub.content import read_article
from feedpub.digest import Letter
from feedpub.errors import FeedpubError
from feedpub.model import Issue
from feedpub.site import read_site
from feedpub.store import (
    Movement,
    Outcome,
    active_subscribers,
    add_issue,
    add_subscriber,
    claim,
    delivery,
    end_subscription,
    failure_causes,
    find_store,
    forget_subscriber,
    issue_figures,
    movements,
    note_return,
    open_store,
    settle,
    suppress_subscriber,
)
from feedpub.store.schema import about, deliveries, subscribers
from tests.conftest import SETTINGS, article

NOW = datetime(2025, 11, 17, 7, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MALTA = ZoneInfo("Europe/Malta")


LETTER = Letter("example.org", "weekly", b"Subject: x\r\n\r\n", (b"Hello",))


def subscribe(engine: Engine, *names: str, at: datetime = NOW) -> None:
    with engine.begin() as conn:
        for name in names:
            add_subscriber(conn, f"{name}@example.org", "weekly", now=at, how="a form")


def issue(engine: Engine, outcomes: list[Outcome], slot: datetime = NOW) -> None:
    """Publish an issue, and settle as many of its deliveries."""
    story = read_article(article(f"Story of {slot:%d %b}"), f"articles/{slot:%Y-%m-%d}.md", read_site(SETTINGS))
    with engine.begin() as conn:
        add_issue(conn, "weekly", slot, (Issue("weekly", slot, (story,)), f"Issue of {slot:%d %b}", LETTER), now=slot)
        held = claim(conn, "me", now=slot, lease=timedelta(minutes=5), limit=len(outcomes)) if outcomes else []
        settle(conn, "me", [(one.id, outcome) for one, outcome in zip(held, outcomes, strict=True)], now=slot)


def test_an_empty_ledger_has_no_figures(engine: Engine) -> None:
    with engine.begin() as conn:
        assert issue_figures(conn, limit=10) == ()
        assert movements(conn, MALTA, since=LONG_AGO) == ()
        assert failure_causes(conn, since=LONG_AGO, limit=5) == ()
        assert active_subscribers(conn) == {}


def test_each_issue_tells_what_became_of_its_deliveries(engine: Engine) -> None:
    issue(engine, [])
    subscribe(engine, "ada", "bob", "eve")
    issue(engine, [Outcome("sent"), Outcome("failed", "550 no")], NOW + timedelta(days=7))
    with engine.begin() as conn:
        newest, oldest = issue_figures(conn, limit=10)
        assert issue_figures(conn, limit=1) == (newest,)
    assert (newest.slot, newest.subject, newest.sent, newest.failed, newest.waiting) == (
        NOW + timedelta(days=7), "Issue of 24 Nov", 1, 1, 1,
    )  # fmt: skip
    assert (oldest.sent, oldest.failed, oldest.waiting) == (0, 0, 0)


def test_gains_and_losses_are_counted_on_the_days_of_the_zone(engine: Engine) -> None:
    late = datetime(2025, 11, 10, 23, 30, tzinfo=UTC)  # the eleventh already, in Malta
    subscribe(engine, "ada", "bob", at=late)
    subscribe(engine, "eve", at=NOW)
    with engine.begin() as conn:
        end_subscription(conn, "ada@example.org", "weekly", now=NOW, how="a link")
        suppress_subscriber(conn, "ada@example.org", now=NOW + timedelta(days=1), reason="asked for it")
        suppress_subscriber(conn, "bob@example.org", now=NOW + timedelta(days=1), reason="hard bounce")
    eleventh, seventeenth = date(2025, 11, 11), date(2025, 11, 17)
    expected = (Movement(eleventh, 2, 0), Movement(seventeenth, 1, 1), Movement(date(2025, 11, 18), 0, 1))
    with engine.begin() as conn:
        assert movements(conn, MALTA, since=LONG_AGO) == expected
        assert movements(conn, MALTA, since=NOW - timedelta(hours=1)) == expected[1:]
        assert movements(conn, ZoneInfo("UTC"), since=LONG_AGO)[0].day == date(2025, 11, 10)
        assert active_subscribers(conn) == {"weekly": 1}


def test_who_never_confirmed_is_not_lost_and_who_was_forgotten_never_was(engine: Engine) -> None:
    with engine.begin() as conn:
        add_subscriber(conn, "ada@example.org", "weekly", now=NOW, how="a form", state="pending")
        end_subscription(conn, "ada@example.org", None, now=NOW, how="a link")
    subscribe(engine, "bob")
    with engine.begin() as conn:
        assert movements(conn, MALTA, since=LONG_AGO) == (Movement(date(2025, 11, 17), 1, 0),)
        forget_subscriber(conn, "bob@example.org", now=NOW)
        assert movements(conn, MALTA, since=LONG_AGO) == ()


def test_a_cause_is_one_whatever_address_the_server_named(engine: Engine) -> None:
    subscribe(engine, "ada", "bob", "eve", "kim")
    reasons = ["550 5.1.1 <ada@example.org>: unknown", "550 5.1.1 <bob@example.org>: unknown", "552 full", "554 spam"]
    issue(engine, [Outcome("failed", reason) for reason in reasons])
    with engine.begin() as conn:
        number = conn.scalar(select(deliveries.c.id).join(subscribers).where(subscribers.c.key == "kim@example.org"))
        sent = delivery(conn, number or 0)
        assert sent
        note_return(conn, "one", sent, "soft", "5.2.1", now=NOW)
        assert failure_causes(conn, since=LONG_AGO, limit=2) == (
            ("550 5.1.1 …: unknown", 2), ("552 full", 1), ("other causes", 2),
        )  # fmt: skip
        assert ("reported: soft bounce 5.2.1", 1) in failure_causes(conn, since=LONG_AGO, limit=9)
        assert failure_causes(conn, since=NOW + timedelta(days=1), limit=9) == ()


def test_looking_for_a_store_makes_none(tmp_path: Path) -> None:
    assert find_store("sqlite:///feedpub.db", tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    assert find_store("sqlite:///empty.db", tmp_path) is None
    assert (tmp_path / "empty.db").read_bytes() == b""


def test_a_store_that_is_there_is_read_and_never_written(engine: Engine, tmp_path: Path) -> None:
    subscribe(engine, "ada")
    found = find_store(engine.url.render_as_string(hide_password=False), tmp_path)
    assert found
    with engine.begin() as writer:  # holds the write lock
        writer.execute(insert(about).values(name="x", value="y"))
        with found.begin() as conn:
            assert active_subscribers(conn) == {"weekly": 1}
    if found.dialect.name == "sqlite":
        with pytest.raises(Exception, match="readonly"), found.begin() as conn:
            conn.execute(text("DELETE FROM subscribers"))
    found.dispose()


def test_a_store_of_another_version_is_told(tmp_path: Path) -> None:
    engine = open_store("sqlite:///feedpub.db", tmp_path)
    with engine.begin() as conn:
        conn.execute(about.update().where(about.c.name == "version").values(value="99"))
    engine.dispose()
    with pytest.raises(FeedpubError, match="another version"):
        find_store("sqlite:///feedpub.db", tmp_path)
    (tmp_path / "text.db").write_text("not a database, but a text that is long enough to be looked at " * 20)
    with pytest.raises(FeedpubError, match="refused"):
        find_store("sqlite:///text.db", tmp_path)
