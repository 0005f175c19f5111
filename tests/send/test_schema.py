"""A database of an earlier feedpub is brought up to date, and keeps what it holds."""

from pathlib import Path

from sqlalchemy import Engine, func, inspect, select, text, update

from feedpub.store import add_subscriber, open_store
from feedpub.store.database import _STEPS
from feedpub.store.schema import about, notes, subscribers, suppressions
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
