"""The files of a SQLite database are nobody else's: they hold addresses, and the tokens in people's links."""

import os
from contextlib import suppress
from pathlib import Path


def keep_private(database: Path) -> None:
    """Make the file of `database`, if there is none, for its owner alone, whatever the umask. One that everybody can read,
    as earlier versions made it, becomes such a file too, with those that SQLite puts beside it. Where only a group can, it
    was given that by hand, and keeps it.

    SQLite gives the files beside a database the rights of the database. What cannot be made is left to SQLite to tell.
    """
    if not database.name or str(database) == ":memory:":
        return
    with suppress(OSError):
        file = os.open(database, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        try:
            if os.name == "posix":
                os.fchmod(file, 0o600)  # a umask may take even from the owner
        finally:
            os.close(file)
        return
    if os.name != "posix":
        return
    for name in (database.name, f"{database.name}-wal", f"{database.name}-shm"):
        place = database.with_name(name)
        with suppress(OSError):  # of another owner, or not there
            mode = place.stat().st_mode & 0o777
            if mode & 0o007:
                place.chmod(0o600)
