"""A Maildir on this machine: every mail program opens it."""

import mailbox
import threading
from pathlib import Path

from feedpub.transport.answer import Accepted, Answer, Unavailable

_MAKING = threading.Lock()


class Maildir:
    """Puts each message into a Maildir, whole or not at all: it is written in tmp/ and then renamed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: bytes, *, sender: str, to: str) -> Answer:
        """Store the message. Raises Unavailable when the folder can't be written."""
        try:
            with _MAKING:  # the library counts its file names without a lock
                mailbox.Maildir(self._folder, create=True).add(message.replace(b"\r\n", b"\n"))
        except OSError as error:
            raise Unavailable(f"{self._folder}: {error.strerror or error}") from error
        return Accepted()

    async def close(self) -> None:
        """Nothing is open."""
