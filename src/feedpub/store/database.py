"""Opening the database, and bringing its schema up to date."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec
from sqlalchemy import URL, Column, Connection, Engine, NullPool, create_engine, event, func, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.schema import CreateColumn

from feedpub.errors import FeedpubError, Problem
from feedpub.store.private import keep_private
from feedpub.store.schema import (
    KEY,
    LAST_UNSEALED,
    about,
    changes,
    deliveries,
    issues,
    looks,
    metadata,
    notes,
    relays,
    reports,
    subscribers,
    suppressions,
    tallies,
    thinned,
)


def open_store(url: str, folder: Path, *, patience: int = 60) -> Engine:
    """The database at `url`, its tables made or brought up to date; a SQLite path is relative to `folder`.

    `patience` is how many seconds to wait for another that writes into SQLite.
    Raises FeedpubError when it can't be opened, or is of a newer feedpub.
    """
    with _clear_errors():
        place = _placed(url, folder)
        # Errors are logged: no address is to be in them.
        engine = create_engine(place, pool_size=20, max_overflow=40, hide_parameters=True)
        if engine.dialect.name == "sqlite":
            keep_private(Path(place.database or ""))
            event.listen(engine, "connect", partial(_set_up_sqlite, patience))
            # A transaction that reads first and writes later would fail where another writes in between.
            event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE"))
        try:
            with engine.begin() as conn:
                _migrate(conn)
        except BaseException:
            engine.dispose()
            raise
    return engine


def find_store(url: str, folder: Path) -> Engine | None:
    """The database at `url` for reading alone, as it is; None where none was made yet. No reader makes a sender wait.

    Raises FeedpubError when it can't be opened, or is of another version of feedpub.
    """
    with _clear_errors():
        place = _placed(url, folder)
        sqlite = place.get_backend_name() == "sqlite"
        if sqlite and not Path(place.database or "").is_file():
            return None
        # A page waits for this one: five seconds must do.
        engine = create_engine(
            place, poolclass=NullPool, hide_parameters=True, connect_args={} if sqlite else {"connect_timeout": 5}
        )
        if sqlite:
            event.listen(engine, "connect", _set_up_reader)
            event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN"))
        with engine.begin() as conn:
            if not inspect(conn).has_table(about.name):
                return None
            if _version(conn) != len(_STEPS):
                mend = "run any command of the newsletter, such as feedpub status, with the newest feedpub"
                raise FeedpubError([Problem("feedpub.toml", 0, "store.url", "this database is of another version", mend)])
    return engine


def _placed(url: str, folder: Path) -> URL:
    place = make_url(url)
    if place.get_backend_name() == "sqlite" and place.database and place.database != ":memory:":
        return place.set(database=str(folder / place.database))
    return place


def check_driver(url: str) -> None:
    """Raises FeedpubError when no database can be opened at `url`, as what speaks to it is not installed. Opens none."""
    with _clear_errors():
        create_engine(url)


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        mend = 'write "sqlite:///feedpub.db", or "postgresql+psycopg://user@host/name" with feedpub[postgres] installed'
        raise FeedpubError([Problem("feedpub.toml", 0, "store.url", f"can't be used: {error}", mend)]) from error
    except SQLAlchemyError as error:
        raise refused(error) from error


def erase_traces(engine: Engine) -> None:
    """Take what was deleted out of SQLite's log too, where it would be found until the log is written anew."""
    checkpoint(engine, "TRUNCATE")


def checkpoint(engine: Engine, how: Literal["TRUNCATE", "PASSIVE"]) -> None:
    """Write SQLite's log into its file; PASSIVE only as far as that makes nobody wait. Nothing on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute(f"PRAGMA wal_checkpoint({how})")
        finally:
            connection.close()


def refused(error: Exception) -> FeedpubError:
    """What the database said, in one line, without the statement and without a password."""
    what = str(getattr(error, "orig", None) or error).partition("\n")[0]
    return FeedpubError(
        [Problem("feedpub.toml", 0, "store", f"the database refused: {what}", "check [store] url, space and rights")]
    )


def _set_up_sqlite(patience: int, connection: object, _: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute(f"PRAGMA busy_timeout = {patience * 1000}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # who is forgotten is not to be found in free pages
    cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")  # only of a file that is new: what is freed can be given back
    with suppress(Exception):  # WAL needs a writable folder; reading works without it
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA journal_size_limit = 67108864")  # what a day's work took is not kept for ever
    # A power cut may forget the last settled messages, which then go out twice; it never forgets one that waits.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _set_up_reader(connection: object, _: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


def _version(conn: Connection) -> int:
    return int(conn.scalar(select(about.c.value).where(about.c.name == "version")) or 0)


def _migrate(conn: Connection) -> None:
    about.create(conn, checkfirst=True)
    version = _version(conn)
    if version > len(_STEPS):
        mend = "install the version of feedpub that wrote it, or a newer one"
        raise FeedpubError([Problem("feedpub.toml", 0, "store.url", "this database was written by a newer feedpub", mend)])
    for step in _STEPS[version:]:
        step(conn)
    if version < len(_STEPS):
        conn.execute(about.delete().where(about.c.name == "version"))
        conn.execute(about.insert().values(name="version", value=str(len(_STEPS))))


def _first(conn: Connection) -> None:
    metadata.create_all(conn)
    conn.execute(about.insert().values(name="salt", value=secrets.token_hex(16)))


def _second(conn: Connection) -> None:
    notes.create(conn, checkfirst=True)  # a new database has it already


def _third(conn: Connection) -> None:
    _add_columns(conn, subscribers.c.name, suppressions.c.kind, suppressions.c.salt)
    kinds = {"hard bounce%": "bounce", "soft bounce%": "bounce", "complaint%": "complaint", "removed": "removed"}
    for reason, kind in kinds.items():
        conn.execute(suppressions.update().where(suppressions.c.reason.like(reason)).values(kind=kind))


def _fourth(conn: Connection) -> None:
    relays.create(conn, checkfirst=True)
    tallies.create(conn, checkfirst=True)


def _fifth(conn: Connection) -> None:
    """Looks at slots take the place of the latest one; a letter's Date is filled in when it is sent."""
    _add_columns(conn, issues.c.rehearsal)
    looks.create(conn, checkfirst=True)
    if inspect(conn).has_table("digests"):
        conn.exec_driver_sql("INSERT INTO looks (digest, slot, rehearsal) SELECT name, slot, false FROM digests")
        conn.exec_driver_sql("DROP TABLE digests")
    for number in list(conn.scalars(select(issues.c.id))):
        letter = msgspec.msgpack.decode(conn.scalar(select(issues.c.letter).where(issues.c.id == number)) or b"")
        letter["head"] = re.sub(rb"^Date: [^\r\n]*\r\n", b"", letter["head"], count=1, flags=re.MULTILINE)
        conn.execute(issues.update().where(issues.c.id == number).values(letter=msgspec.msgpack.encode(letter)))


def _sixth(conn: Connection) -> None:
    """A key for tokens of deliveries; and the last delivery whose letter went out with the subscriber's own token instead."""
    _add_columns(conn, reports.c.delivery_id, reports.c.acted)
    conn.execute(reports.update().where(reports.c.acted.is_(None)).values(acted=reports.c.at))
    for index in reports.indexes:
        index.create(conn, checkfirst=True)
    last = conn.scalar(select(func.max(deliveries.c.id))) or 0
    if conn.scalar(select(about.c.name).where(about.c.name == KEY)) is None:
        rows = {KEY: secrets.token_hex(32), LAST_UNSEALED: str(last)}
        conn.execute(about.insert(), [{"name": name, "value": value} for name, value in rows.items()])


def _seventh(conn: Connection) -> None:
    """What asks how an issue stands reads an index alone; deliveries of old issues can be thinned out."""
    thinned.create(conn, checkfirst=True)
    conn.exec_driver_sql("DROP INDEX IF EXISTS deliveries_settled")
    for index in (*deliveries.indexes, *changes.indexes):
        index.create(conn, checkfirst=True)


def _add_columns(conn: Connection, *columns: Column[Any]) -> None:
    """Add those that are not there; a new database has them already."""
    for column in columns:
        table = column.table.name
        if column.name not in {known["name"] for known in inspect(conn).get_columns(table)}:
            conn.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {CreateColumn(column).compile(dialect=conn.dialect)}")


# Every schema that was ever released, in order; a step is never changed, a new one is added.
_STEPS: list[Callable[[Connection], None]] = [_first, _second, _third, _fourth, _fifth, _sixth, _seventh]
