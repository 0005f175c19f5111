"""Old deliveries are thinned out: nothing that anybody is owed goes with them, and nobody has to wait."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine, func, select

from feedpub.mailing.bounces import read_bounces
from feedpub.mailing.tidying import tidy, untidy
from feedpub.store import (
    add_subscriber,
    archived_issues,
    find_subscriptions,
    forget_subscriber,
    issue_figures,
    issue_size,
    issued_slugs,
    open_store,
    standings,
    suppress_subscriber,
    suppression_kind,
)
from feedpub.store.schema import deliveries, reports
from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured
from tests.send.conftest import SLOT, Desk

LATE = SLOT + timedelta(days=400)


def three_issues(desk: Desk, people: int = 4) -> None:
    """Two old ones and the latest, each of which one mailbox refused."""
    desk.subscribe(*(f"reader{n}@example.org" for n in range(people)))
    desk.inbox.answer = lambda to: "550 5.7.1 policy" if to == "reader1@example.org" else ""
    for week in range(3):
        desk.publish() if week == 0 else desk.publish_next()
        desk.deliver()
        desk.clock.now += timedelta(weeks=1)


def rows(engine: Engine) -> int:
    with engine.begin() as conn:
        return conn.scalar(select(func.count()).select_from(deliveries)) or 0


def states(engine: Engine) -> list[dict[str, int]]:
    with engine.begin() as conn:
        return [one.states for one in standings(conn)]


def test_what_was_thinned_out_still_counts_and_the_latest_issue_stays(desk: Desk) -> None:
    three_issues(desk)
    with desk.engine.begin() as conn:
        before = standings(conn), issue_figures(conn, limit=9), archived_issues(conn), issued_slugs(conn, "weekly")
        sizes = [issue_size(conn, one.issue) for one in before[0]]
    assert [one.deliveries for one in untidy(desk.engine, before=LATE)] == [4, 4]
    done = tidy(desk.engine, before=LATE, pause=lambda: False)
    assert (done.deliveries, done.issues, done.whole, done.stuck) == (8, 2, True, False)
    assert rows(desk.engine) == 4
    with desk.engine.begin() as conn:
        after = standings(conn), issue_figures(conn, limit=9), archived_issues(conn), issued_slugs(conn, "weekly")
        assert [one.states for one in after[0]] == [one.states for one in before[0]] == [{"sent": 3, "failed": 1}] * 3
        assert after[1:] == before[1:]
        assert [issue_size(conn, one.issue) for one in after[0]] == sizes
    assert untidy(desk.engine, before=LATE) == []


def test_at_any_step_the_figures_are_exact_and_others_write(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedpub.mailing.tidying._DELIVERIES", 1)
    three_issues(desk)
    expected, left = states(desk.engine), []

    def pause() -> bool:
        left.append(rows(desk.engine))
        assert states(desk.engine) == expected
        with desk.engine.begin() as conn:
            add_subscriber(conn, f"new{len(left)}@example.org", "weekly", now=LATE, how="a form")
        return len(left) == 3  # stopped here, and taken up where it was

    assert not tidy(desk.engine, before=LATE, pause=pause).whole
    assert left == [11, 10, 9]
    assert tidy(desk.engine, before=LATE, pause=lambda: False).deliveries == 5
    assert states(desk.engine) == expected


def test_an_issue_that_is_young_or_not_all_sent_is_left_alone(desk: Desk) -> None:
    desk.inbox.answer = lambda to: "451 4.3.0 later" if to == "reader2@example.org" else ""
    desk.subscribe(*(f"reader{n}@example.org" for n in range(4)))
    desk.publish()
    desk.deliver()  # one of them waits still
    desk.clock.now += timedelta(weeks=1)
    desk.publish_next()
    assert untidy(desk.engine, before=LATE) == []
    with desk.engine.begin() as conn:
        conn.execute(deliveries.update().where(deliveries.c.state == "queued").values(state="failed", settled=0))
    assert untidy(desk.engine, before=SLOT) == []
    assert [one.deliveries for one in untidy(desk.engine, before=LATE)] == [4]


def test_a_no_outlives_its_letter_and_what_comes_back_late_is_told_as_gone(desk: Desk, tmp_path: Path) -> None:
    desk.set_mail(bounce=desk.site.digests[0].sender)
    three_issues(desk)
    with desk.engine.begin() as conn:
        suppress_subscriber(conn, "reader0@example.org", now=desk.clock(), reason="asked by phone")
        forget_subscriber(conn, "reader3@example.org", now=desk.clock())
        soft = conn.scalars(select(deliveries.c.id).order_by(deliveries.c.id)).first()
        row = {"hash": "a", "subscriber_id": 3, "kind": "soft", "status": "4.2.2", "at": SLOT.timestamp(), "delivery_id": soft}
        conn.execute(reports.insert().values(**row))  # counts still
        done = {"hash": "b", "delivery_id": (soft or 0) + 1, "acted": SLOT.timestamp()}
        conn.execute(reports.insert().values(row | done))
    assert tidy(desk.engine, before=LATE, pause=lambda: False).deliveries == 7
    with desk.engine.begin() as conn:
        assert list(conn.scalars(select(reports.c.hash))) == ["a"]
        assert suppression_kind(conn, "reader0@example.org") == "hand"
        assert suppression_kind(conn, "reader3@example.org") == "removed"
        assert [one.state for one in find_subscriptions(conn) if one.address == "reader0@example.org"] == ["suppressed"]
    late = tmp_path / "late.mbox"
    late.write_bytes(b"From x Mon Nov 17 08:00:00 2025\n" + dsn(desk.inbox.senders[1]))
    assert read_bounces(desk.engine, desk.site, late, now=LATE).kinds == {"gone": 1}


def dsn(to: str) -> bytes:
    return (
        f"From: <>\nTo: {to}\nSubject: failed\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n--x\nContent-Type: message/delivery-status'
        "\n\nReporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; reader1@example.org\nAction: failed\nStatus: 5.1.1\n"
        "\n--x--\n"
    ).encode()


def test_space_is_given_back_though_somebody_reads(tmp_path: Path) -> None:
    engine = open_store("sqlite:///feedpub.db", tmp_path)
    with engine.begin() as conn:
        for number in (1, 2):
            columns = "id, digest, slot, subject, letter, made"
            conn.exec_driver_sql(f"INSERT INTO issues ({columns}) VALUES ({number}, 'weekly', {number}, 'x', '', {number})")
            into = "INSERT INTO deliveries (issue_id, state, settled, reason)"
            many = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20000)"
            conn.exec_driver_sql(f"{into} {many} SELECT {number}, 'failed', 1, 'no such mailbox' FROM n")
    reader = open_store("sqlite:///feedpub.db", tmp_path)
    size = (tmp_path / "feedpub.db").stat().st_size
    with reader.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM issues").scalar() == 2
        conn.rollback()
        assert tidy(engine, before=LATE, pause=lambda: False).whole
    assert (tmp_path / "feedpub.db").stat().st_size < 0.7 * size
    with engine.begin() as conn:
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert conn.exec_driver_sql("PRAGMA freelist_count").scalar() == 0
    for one in (engine, reader):
        one.dispose()


def test_as_a_command(write_site: Write, feedpub: Callable[..., Result]) -> None:
    site = write_site({"articles/a.md": featured("A story", "2025-11-11")}, DIGEST)
    result = feedpub("tidy", "--site", site)
    assert result.exit_code == 2
    assert 'keep = "400d"' in result.stderr
    assert "write 30d or more" in feedpub("tidy", "--older-than", "2d", "--site", site).stderr
    # A file that an earlier feedpub made gives nothing back until it is written anew.
    with sqlite3.connect(site / "feedpub.db") as old:
        old.execute("CREATE TABLE x (y)")
        old.execute("DROP TABLE x")
    old.close()
    (site / "feedpub.toml").write_text((site / "feedpub.toml").read_text() + '\n[store]\nkeep = "400d"\n')
    assert "0 deliveries would go; nothing was changed." in feedpub("tidy", "--dry-run", "--site", site).stdout
    assert "feedpub tidy --compact" in feedpub("tidy", "--site", site).stdout
    assert "written anew" in feedpub("tidy", "--compact", "--site", site).stdout
    assert feedpub("tidy", "--site", site).stdout == "0 deliveries of 0 issues thinned out.\n"
