"""A database of an earlier feedpub is brought up to date, and keeps what it holds."""

from pathlib import Path

from sqlalchemy import Engine, func, inspect, select, update

from feedpub.store import add_subscriber, open_store
from feedpub.store.schema import about, notes, subscribers
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
            assert conn.scalar(select(about.c.value).where(about.c.name == "version")) == "2"
            assert conn.scalar(select(func.count()).select_from(subscribers)) == 1
        newer.dispose()
