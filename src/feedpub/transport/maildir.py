"""A Maildir on this machine: every mail program opens it."""

import mailbox
import threading
from contextlib import suppress
from pathlib import Path

from feedpub.transport.answer import Accepted, Answer, Unavailable

_MAKING = threading.Lock()


class Maildir:
    """Puts each message into a Maildir, whole or not at all: it is written in tmp/ and then renamed. It is
    its owner's alone, as it holds an address and a personal link."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: bytes, *, sender: str, to: str) -> Answer:
        """Store the message. Raises Unavailable when the folder can't be written."""
        try:
            with _MAKING:  # the library counts its file names without a lock
                name = mailbox.Maildir(self._folder, create=True).add(message.replace(b"\r\n", b"\n"))
            with suppress(FileNotFoundError):  # a mail program may have taken it in already
                Path(self._folder, "new", name).chmod(0o600)
        except OSError as error:
            raise Unavailable(f"{self._folder}: {error.strerror or error}") from error
        return Accepted()

    async def close(self) -> None:
        """Nothing is open."""
