"""The messages of a mailbox: a Maildir, an mbox file, or a folder of messages."""

import mailbox
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from feedpub.errors import FeedpubError, Problem
from feedpub.mailing.bounces.parts import LARGEST

_MEND = "name a Maildir or an mbox file"


def messages(place: Path) -> Iterator[tuple[str, bytes]]:
    """Each message with its name in the mailbox, by name; of a huge one only as much as shows that it is. Nothing is changed.

    Raises FeedpubError when the mailbox can't be read.
    """
    if not place.exists():
        raise FeedpubError([Problem(str(place), 0, "", "there is no such mailbox", _MEND)])
    if place.is_dir() and not ((place / "new").is_dir() or (place / "cur").is_dir()):
        raise FeedpubError([Problem(str(place), 0, "", "this folder is no Maildir: it has no folder new or cur", _MEND)])
    try:
        yield from _maildir(place) if place.is_dir() else _mbox(place)
    except (OSError, mailbox.Error) as error:
        what = f"this mailbox can't be read: {getattr(error, 'strerror', None) or error}"
        raise FeedpubError([Problem(str(place), 0, "", what, _MEND)]) from error


def _maildir(place: Path) -> Iterator[tuple[str, bytes]]:
    """Read as files: another program may move one from `new` to `cur` at any time."""
    files = sorted(path for folder in ("new", "cur") for path in place.glob(f"{folder}/*") if path.is_file())
    for path in files:
        try:
            with path.open("rb") as file:
                yield f"{path.parent.name}/{path.name}", file.read(LARGEST + 1)
        except FileNotFoundError:
            continue


def _mbox(place: Path) -> Iterator[tuple[str, bytes]]:
    with closing(mailbox.mbox(place, create=False)) as box:
        for number, key in enumerate(box.iterkeys(), 1):
            with closing(box.get_file(key)) as file:
                yield f"message {number}", file.read(LARGEST + 1)
