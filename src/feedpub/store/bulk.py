"""Many rows at once, by the quickest way of each database."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, func, select, text


def make_room(conn: Connection) -> None:
    """Let SQLite keep 64 MB of its indexes in memory, or it reads and writes their pages again and again."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA cache_size = -65536")


def insert_many(conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    """Insert `rows` into `columns`; in the caller's transaction. A row costs 2 to 4 µs, through SQLAlchemy's own way 10."""
    if not rows:
        return
    names = ", ".join(columns)
    if conn.dialect.name == "postgresql":
        cursor = conn.connection.driver_connection.cursor()  # type: ignore[union-attr]
        with cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(columns))
        conn.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(rows))  # noqa: S608


def next_numbers(conn: Connection, table: Table, count: int) -> Iterable[int]:
    """`count` numbers that no other row of `table` will have; on SQLite in a transaction that writes."""
    if conn.dialect.name == "postgresql":
        sequence = "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
        return conn.scalars(text(sequence), {"name": table.name, "count": count}).all()
    first = (conn.scalar(select(func.max(table.c.id))) or 0) + 1
    return range(first, first + count)
