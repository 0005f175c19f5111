"""A database of an earlier feedpub is brought up to date, and keeps what it holds."""

from pathlib import Path

from sqlalchemy import Engine, func, inspect, select, text, update

from feedpub.digest import Letter
from feedpub.model import Issue
from feedpub.store import add_issue, add_subscriber, archived_letter, considered, has_issue, open_store, sealing_key
from feedpub.store.database import _STEPS
from feedpub.store.schema import (
    KEY,
    LAST_UNSEALED,
    about,
    changes,
    deliveries,
    notes,
    reports,
    subscribers,
    suppressions,
    thinned,
)
from tests.send.conftest import SLOT


def test_a_database_of_the_first_schema_gets_the_table_of_notes(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as conn:
        add_subscriber(conn, "ada@example.org", "weekly", now=SLOT, how="by hand")
        notes.drop(conn)
        conn.execute(update(about).where(about.c.name == "version").values(value="1"))
    for _ in range(2):
        newer = open_store(engine.url.render_as_string(hide_password=False), tmp_path)
        with newer.begin() as conn:
            assert inspect(conn).has_table("notes")
            assert conn.scalar(select(about.c.value).where(about.c.name == "version")) == str(len(_STEPS))
            assert conn.scalar(select(func.count()).select_from(subscribers)) == 1
        newer.dispose()


def test_suppressions_of_the_second_schema_learn_their_kind_from_their_reason(engine: Engine, tmp_path: Path) -> None:
    reasons = ("hard bounce 5.1.1", "soft bounce 4.2.2", "complaint abuse", "removed", "asked by phone")
    with engine.begin() as conn:
        for column in (subscribers.c.name, suppressions.c.kind, suppressions.c.salt):
            conn.execute(text(f"ALTER TABLE {column.table.name} DROP COLUMN {column.name}"))
        for reason in reasons:
            conn.execute(suppressions.insert().values(hash=reason, reason=reason, at=0))
        conn.execute(update(about).where(about.c.name == "version").values(value="2"))
    newer = open_store(engine.url.render_as_string(hide_password=False), tmp_path)
    with newer.begin() as conn:
        kinds = {row.reason: row.kind for row in conn.execute(select(suppressions))}
        assert [kinds[reason] for reason in reasons] == ["bounce", "bounce", "complaint", "removed", "hand"]
        add_subscriber(conn, "ada@example.org", "weekly", now=SLOT, how="by hand")
        assert conn.scalar(select(subscribers.c.name)) == ""
    newer.dispose()


def test_the_latest_slot_of_the_fourth_schema_is_a_look_and_letters_lose_their_date(engine: Engine, tmp_path: Path) -> None:
    head = b"Subject: x\r\nDate: Mon, 17 Nov 2025\r\nFrom: a@b.example"
    letter = Letter("b.example", "weekly/x", head, (b"x",))
    with engine.begin() as conn:
        add_issue(conn, "weekly", SLOT, (Issue("weekly", SLOT, ()), "x", letter), now=SLOT)
        conn.execute(text("CREATE TABLE digests (name VARCHAR(40) PRIMARY KEY, slot FLOAT NOT NULL)"))
        conn.execute(text("INSERT INTO digests VALUES ('weekly', :slot)"), {"slot": SLOT.timestamp()})
        conn.execute(text("DROP TABLE looks"))
        conn.execute(text("ALTER TABLE issues DROP COLUMN rehearsal"))
        conn.execute(update(about).where(about.c.name == "version").values(value="4"))
    newer = open_store(engine.url.render_as_string(hide_password=False), tmp_path)
    with newer.begin() as conn:
        assert considered(conn, "weekly", now=SLOT) == SLOT.timestamp()
        assert has_issue(conn, "weekly", SLOT)
        found = archived_letter(conn, "weekly", SLOT)
        assert found
        assert found[1].head == b"Subject: x\r\nFrom: a@b.example"
        assert not inspect(conn).has_table("digests")
    newer.dispose()


def test_reports_of_the_fifth_schema_are_done_with_and_letters_sent_before_have_no_seal(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as conn:
        add_subscriber(conn, "ada@example.org", "weekly", now=SLOT, how="by hand")
        conn.execute(text("INSERT INTO issues (id, digest, slot, subject, letter, made) VALUES (1, 'weekly', 1, 'x', '', 1)"))
        conn.execute(text("INSERT INTO deliveries (id, issue_id, subscriber_id, state) VALUES (7, 1, 1, 'sent')"))
        for index in reports.indexes:
            index.drop(conn, checkfirst=True)
        for column in (reports.c.delivery_id, reports.c.acted):
            conn.execute(text(f"ALTER TABLE reports DROP COLUMN {column.name}"))
        conn.execute(text("INSERT INTO reports (hash, subscriber_id, kind, status, at) VALUES ('a', 1, 'soft', '4.2.2', 5)"))
        conn.execute(about.delete().where(about.c.name.in_((KEY, LAST_UNSEALED))))
        conn.execute(update(about).where(about.c.name == "version").values(value="5"))
    newer = open_store(engine.url.render_as_string(hide_password=False), tmp_path)
    with newer.begin() as conn:
        assert conn.scalar(select(reports.c.acted)) == 5
        assert conn.scalar(select(about.c.value).where(about.c.name == LAST_UNSEALED)) == "7"
        assert len(sealing_key(conn)) == 64
    newer.dispose()


def test_the_ledger_of_the_sixth_schema_gets_the_indexes_that_answer_for_issues(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as conn:
        for index in (*deliveries.indexes, *changes.indexes):
            if index.name in ("deliveries_of_issue", "deliveries_with_reason", "changes_by_time"):
                index.drop(conn)
        thinned.drop(conn)
        conn.execute(text("CREATE INDEX deliveries_settled ON deliveries (state, settled)"))
        conn.execute(update(about).where(about.c.name == "version").values(value="6"))
    newer = open_store(engine.url.render_as_string(hide_password=False), tmp_path)
    with newer.begin() as conn:
        names = {str(one["name"]) for table in ("deliveries", "changes") for one in inspect(conn).get_indexes(table)}
        assert names >= {"deliveries_due", "deliveries_of_issue", "deliveries_with_reason", "changes_by_time"}
        assert "deliveries_settled" not in names
        assert inspect(conn).has_table("thinned")
    newer.dispose()
