"""Opening the database, and bringing its schema up to date."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from feedpub.errors import FeedpubError, Problem
from feedpub.store.schema import about, metadata, notes


def open_store(url: str, folder: Path) -> Engine:
    """The database at `url`, its tables made or brought up to date; a SQLite path is relative to `folder`.

    Raises FeedpubError when it can't be opened, or is of a newer feedpub.
    """
    try:
        parsed = make_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        if sqlite and parsed.database and parsed.database != ":memory:":
            parsed = parsed.set(database=str(folder / parsed.database))
        # Errors are logged: no address is to be in them.
        engine = create_engine(parsed, pool_size=20, max_overflow=40, hide_parameters=True)
        if sqlite:
            event.listen(engine, "connect", _set_up_sqlite)
            # A transaction that reads first and writes later would fail where another writes in between.
            event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE"))
        try:
            with engine.begin() as conn:
                _migrate(conn)
        except BaseException:
            engine.dispose()
            raise
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        mend = 'write "sqlite:///feedpub.db", or "postgresql+psycopg://user@host/name" with feedpub[postgres] installed'
        raise FeedpubError([Problem("feedpub.toml", 0, "store.url", f"can't be used: {error}", mend)]) from error
    except SQLAlchemyError as error:
        raise refused(error) from error
    return engine


def erase_traces(engine: Engine) -> None:
    """Take what was deleted out of SQLite's log too, where it would be found until the log is written anew."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def refused(error: Exception) -> FeedpubError:
    """What the database said, in one line, without the statement and without a password."""
    what = str(getattr(error, "orig", None) or error).partition("\n")[0]
    return FeedpubError(
        [Problem("feedpub.toml", 0, "store", f"the database refused: {what}", "check [store] url, space and rights")]
    )


def _set_up_sqlite(connection: object, _: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA busy_timeout = 60000")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # who is forgotten is not to be found in free pages
    with suppress(Exception):  # WAL needs a writable folder; reading works without it
        cursor.execute("PRAGMA journal_mode = WAL")
    # A power cut may forget the last settled messages, which then go out twice; it never forgets one that waits.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _migrate(conn: Connection) -> None:
    about.create(conn, checkfirst=True)
    version = int(conn.scalar(select(about.c.value).where(about.c.name == "version")) or 0)
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


# Every schema that was ever released, in order; a step is never changed, a new one is added.
_STEPS: list[Callable[[Connection], None]] = [_first, _second]
