"""A key of this user's own, outside of every site: with it a record proves that nobody else wrote it."""

import os
import sys
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from feedpub.errors import FeedpubError, Problem

VARIABLE = "FEEDPUB_CACHE_KEY"
_LENGTH, _SHORTEST = 32, 16


def seal_key() -> bytes | None:
    """64 octets: made of FEEDPUB_CACHE_KEY where that is set, else of a file in the user's folder for state, which is made
    if it isn't there, for the user alone (0600). None where no such folder can be used.

    Machines that are to share what one of them built are given the same variable. Raises FeedpubError for a short one.
    """
    if given := os.environ.get(VARIABLE):
        if len(given) < _SHORTEST:
            what, mend = f"has {len(given)} characters, and can be guessed", "write 32 or more, by chance: openssl rand -hex 32"
            raise FeedpubError([Problem(VARIABLE, 0, "", what, mend)])
        return blake2b(given.encode("utf-8", "surrogateescape")).digest()
    try:
        path = _folder() / "cache.key"
        if not path.is_file():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path)
        key = path.read_bytes()
    except (OSError, RuntimeError):  # read-only, or a user without a home
        return None
    return blake2b(key).digest() if len(key) >= _LENGTH else None


def _write(path: Path) -> None:
    """A new key. Of two that are made at once the later stays, and what the other sealed is made again."""
    staged = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(os.urandom(_LENGTH))
        os.replace(staged, path)
    finally:
        with suppress(OSError):
            staged.unlink(missing_ok=True)


def _folder() -> Path:
    """Where programs keep what they know from one run to the next (XDG Base Directory: XDG_STATE_HOME)."""
    home = {"win32": "AppData/Local", "darwin": "Library/Application Support"}.get(sys.platform, ".local/state")
    given = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", "")
    return (Path(given) if os.path.isabs(given) else Path.home() / home) / "feedpub"  # noqa: PTH117
