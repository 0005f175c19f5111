"""Links that nobody can make but us: signed, good for one purpose, and for a time. The only file that knows itsdangerous."""

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from itsdangerous import BadData, TimestampSigner

from feedpub.errors import FeedpubError, Problem

VARIABLE = "FEEDPUB_KEY"
Purpose = Literal["confirm", "undo", "preferences"]
AGES: dict[Purpose, timedelta] = {
    "confirm": timedelta(days=7),
    "undo": timedelta(days=30),
    "preferences": timedelta(days=365),
}
_SHORTEST = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link says: whose it is (a subscriber's token), which digests it is about, and whether its time is over."""

    token: str
    digests: tuple[str, ...] = ()
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that sign links: the first signs, all are believed. So a new one is put before the old, and nothing breaks."""

    secrets: tuple[str, ...] = field(repr=False)

    def link(self, purpose: Purpose, ticket: Ticket, now: datetime) -> str:
        """The end of a link: it holds the subscriber's token and names of digests, and no address."""
        return self._signer(purpose, now).sign(".".join((ticket.token, *ticket.digests))).decode()

    def read(self, purpose: Purpose, link: str, now: datetime) -> Ticket | None:
        """What a link of ours says; None if it was not made by us, or for another purpose."""
        try:
            value, made = self._signer(purpose, now).unsign(link, return_timestamp=True)
        except BadData:
            return None
        token, *digests = value.decode().split(".")
        # One that was made in times to come is ours: a clock was set back since.
        return Ticket(token, tuple(digests), expired=now - made > AGES[purpose])

    def _signer(self, purpose: Purpose, now: datetime) -> TimestampSigner:
        class Signer(TimestampSigner):
            def get_timestamp(self) -> int:
                return int(now.timestamp())

        # itsdangerous signs with the last of its keys.
        return Signer(self.secrets[::-1], salt=f"feedpub/{purpose}", key_derivation="hmac", digest_method=hashlib.sha256)


def read_keys(folder: Path, name: str, environ: Mapping[str, str]) -> Keys:
    """The keys in FEEDPUB_KEY (commas or line ends between them), else in the file `name` of `folder`, one a line.

    Raises FeedpubError when there is none, one is short, or others can read the file.
    """
    text = environ.get(VARIABLE)
    source, path = VARIABLE if text is not None else name, folder / name

    def problem(what: str, mend: str) -> FeedpubError:
        return FeedpubError([Problem(source, 0, "", what, mend)])

    if text is None:
        try:
            text = path.read_text(encoding="utf-8")
            mode = path.stat().st_mode
        except FileNotFoundError:
            mend = f"make it with feedpub init, which keeps what is there, or set {VARIABLE}"
            raise problem("there is no key to sign links with", mend) from None
        except (OSError, UnicodeDecodeError) as error:
            what = f"this file can't be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
            raise problem(what, f"mend that, or set {VARIABLE}") from error
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise problem("others on this machine can read the keys in it", f"run: chmod 600 {name}")
    secrets = tuple(filter(None, (line.strip() for line in re.split(r"[,\n]", text))))
    if not secrets:
        raise problem("holds no key", f"write one of {_SHORTEST} random characters or more on a line")
    if any(len(secret) < _SHORTEST for secret in secrets):
        raise problem("holds a key that could be guessed", f"write {_SHORTEST} random characters or more")
    return Keys(secrets)
