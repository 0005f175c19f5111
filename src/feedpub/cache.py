"""What the last build knew, so that the next does nothing twice. Only ever a shortcut: it changes no byte of the output."""

import os
import sqlite3
import sys
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import msgspec

from feedpub.disk.seal import VARIABLE, seal_key
from feedpub.disk.stamps import Stamp, is_settled
from feedpub.errors import Problem
from feedpub.model import Article

T = TypeVar("T")
Kind = Literal["about", "articles", "bodies", "warnings", "examined", "files"]
_KINDS: tuple[Kind, ...] = ("about", "articles", "bodies", "warnings", "examined", "files")
_REFUSALS = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_READONLY,
}  # fmt: skip
_TABLES = tuple(f"CREATE TABLE {kind} (key BLOB PRIMARY KEY, value BLOB, seal BLOB)" for kind in _KINDS)
_FOLDER, _FILE = ".feedpub", "cache.db"


class Mark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The stamp of a file, and the time of the file system when it was taken."""

    stamp: Stamp
    seen: int

    def vouches(self, stamp: Stamp) -> bool:
        """Whether a file of `stamp` has the bytes that it had then."""
        return self.stamp == stamp and is_settled(stamp, self.seen)


class Known(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An Article without its Markdown, the hash of its file's bytes, and the mark of the file."""

    article: Article
    text: bytes
    mark: Mark


class Cache:
    """Records by kind and key, in a SQLite file of the site's folder, or (`folder` None) in memory.

    A record is kept with a seal, made with a key that is not in the site: one that is damaged, or that somebody else wrote,
    is not there. `clock` is the time of the file system (ns) when the cache was opened. A cache that can't be used is empty;
    `notices` tell why, and of one that was damaged.
    """

    def __init__(self, folder: Path | None) -> None:
        self.notices: list[Problem] = []
        self.clock = 0
        self._path: Path | None = None
        self._conn = _empty(sqlite3.connect(":memory:", isolation_level=None), b"")
        self._key = bytes(32)
        key = seal_key() if folder else None
        if folder and not key:
            what, mend = "isn't used: no key can be kept in the home of this user", f"set {VARIABLE} to 32 letters by chance"
            self.notices.append(Problem(f"{_FOLDER}/{_FILE}", 0, "", what, mend, "warning"))
        elif folder and key:
            # What another version sealed, with the same key, is not believed either.
            self._key, self._tag = (blake2b(_tag(), key=key, person=use, digest_size=32).digest() for use in (b"seal", b"name"))
            with suppress(OSError):  # a folder that is only to be read has no cache
                self._path = _place(folder)
                self.clock = self._path.stat().st_mtime_ns
                self._conn = self._opened(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._conn.close()

    def load(self, kind: Kind, type: type[T]) -> dict[bytes, T]:
        """All records of a kind."""
        found = {}
        decode = msgspec.msgpack.Decoder(type).decode
        for key, value, seal in self._rows(f"SELECT key, value, seal FROM {kind}"):  # noqa: S608
            try:
                if self._sealed(kind, key, value, seal):
                    found[key] = decode(value)
            except (TypeError, msgspec.MsgspecError):  # not bytes, or none that were encoded
                continue
        return found

    def get(self, kind: Kind, key: bytes, type: type[T]) -> T | None:
        """The record of `key`, or None."""
        with suppress(TypeError, msgspec.MsgspecError):
            for value, seal in self._rows(f"SELECT value, seal FROM {kind} WHERE key = ?", (key,)):  # noqa: S608
                if self._sealed(kind, key, value, seal):
                    return msgspec.msgpack.decode(value, type=type)
        return None

    def keys(self, kind: Kind) -> set[bytes]:
        """The keys of all records of a kind."""
        return {key for (key,) in self._rows(f"SELECT key FROM {kind}")}  # noqa: S608

    def save(self, *changes: tuple[Kind, Mapping[bytes, bytes], Iterable[bytes]]) -> None:
        """For each kind the encoded records to put in, and the keys to take out; all of it or, when that fails, nothing."""
        with self._writing() as conn:
            for kind, records, gone in changes:
                conn.executemany(f"DELETE FROM {kind} WHERE key = ?", ((key,) for key in gone))  # noqa: S608
                rows = ((key, value, self._seal(kind, key, value)) for key, value in records.items())
                conn.executemany(f"INSERT OR REPLACE INTO {kind} VALUES (?, ?, ?)", rows)  # noqa: S608

    def _opened(self, path: Path) -> sqlite3.Connection:
        for attempt in ("as it is", "made anew"):
            try:
                conn = sqlite3.connect(path, timeout=5, isolation_level=None)
                conn.text_factory = bytes  # what was damaged may claim to be text
                conn.execute("PRAGMA synchronous = OFF")  # what a power cut damages is noticed, and made anew
                # Nothing in the file may run: no view in the place of a table, no trigger.
                conn.execute("PRAGMA trusted_schema = OFF")
                found = {row[0] for row in conn.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
                if not found:
                    _empty(conn, self._tag)
                elif found != {table.encode() for table in _TABLES}:
                    raise sqlite3.DatabaseError("other tables than ours")
                row = conn.execute("SELECT value FROM about WHERE key = x'00'").fetchone()
                if row is None or row[0] != self._tag:
                    _empty(conn, self._tag)
                return conn
            except (sqlite3.Error, UnicodeDecodeError) as error:
                if not _is_damage(error):
                    return self._fallen_back(f"can't be used ({error}), and this build does without")
            if attempt == "as it is":
                self.notices.append(Problem(f"{_FOLDER}/{_FILE}", 0, "", "was damaged, and is made anew", "", "warning"))
                path.write_bytes(b"")
                Path(f"{path}-journal").unlink(missing_ok=True)
        return self._fallen_back("can't be used, and this build does without")

    def _fallen_back(self, what: str) -> sqlite3.Connection:
        self.notices.append(Problem(f"{_FOLDER}/{_FILE}", 0, "", what, "", "warning"))
        return _empty(sqlite3.connect(":memory:", isolation_level=None), b"")

    def _seal(self, kind: Kind, key: bytes, value: bytes) -> bytes:
        seal = blake2b(b"%s %d " % (kind.encode(), len(key)), key=self._key, digest_size=16)
        seal.update(key)
        seal.update(value)
        return seal.digest()

    def _sealed(self, kind: Kind, key: bytes, value: bytes, seal: bytes) -> bool:
        return compare_digest(self._seal(kind, key, value), seal)

    def _rows(self, query: str, values: tuple[bytes, ...] = ()) -> list[Any]:
        try:
            return self._conn.execute(query, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._give_up(error)
            return self._conn.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            self._conn.execute("BEGIN IMMEDIATE")
            yield self._conn
            self._conn.execute("COMMIT")
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Go on without; a file that is damaged is emptied, so that the next build begins anew."""
        self._conn.close()
        if self._path and _is_damage(error):
            with suppress(OSError):
                self._path.write_bytes(b"")
            self._conn = self._fallen_back("was damaged, and is made anew by the next build")
        else:
            self._conn = self._fallen_back(f"can't be used ({error}), and this build does without")


def _is_damage(error: Exception) -> bool:
    """Whether the file itself is at fault, not a lock, a right or the disk. sqlite3 quotes a damaged name as it is: no UTF-8."""
    return (getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF) not in _REFUSALS


def _place(folder: Path) -> Path:
    """The cache's file, touched; its folder tells git to pass over it."""
    place = folder / _FOLDER
    place.mkdir(exist_ok=True)
    if place.is_symlink() or (place / _FILE).is_symlink():
        raise OSError("a link may lead to a file of others, and this one is written")
    with suppress(FileExistsError), (place / ".gitignore").open("x") as file:
        file.write("*\n")
    (place / _FILE).touch()
    return place / _FILE


def _empty(conn: sqlite3.Connection, tag: bytes) -> sqlite3.Connection:
    conn.execute("BEGIN IMMEDIATE")
    for kind in _KINDS:
        conn.execute(f"DROP TABLE IF EXISTS {kind}")
    for table in _TABLES:
        conn.execute(table)
    conn.execute("INSERT INTO about VALUES (x'00', ?, x'')", (tag,))
    conn.execute("COMMIT")
    return conn


def _tag() -> bytes:
    """What wrote a cache: Python, every library beside feedpub, the tables of time zones, and feedpub's own files."""
    own = []
    for folder, _, files in os.walk(Path(__file__).parent):
        if not folder.endswith("__pycache__"):
            own += [(name, status.st_size, status.st_mtime_ns) for name in files if (status := os.stat(Path(folder, name)))]
    places = [place for place in sys.path if os.path.isdir(place) and os.access(place, os.R_OK)]
    beside = [sorted(name for name in os.listdir(place) if name.endswith("-info")) for place in places]
    zones = [os.stat(place).st_mtime_ns for place in zoneinfo.TZPATH if os.path.isdir(place)]
    return blake2b(repr((sys.version, sorted(own), beside, zones)).encode(), digest_size=16).digest()
