"""The door to the terminal: nothing that a stranger wrote moves its cursor, changes its colours or turns its writing."""

from typing import Any, TextIO

from feedpub.errors import harmless


class Door:
    """A stream to a terminal, a pipe or a log, through which all text becomes harmless; `stream` is the one behind it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write `text`, harmless."""
        self.stream.write(harmless(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of `lines`."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":  # no way past the door: click takes it where it believes that a terminal knows ASCII alone
            raise AttributeError(name)
        return getattr(self.stream, name)


def behind(stream: TextIO | Any) -> Any:
    """What a stream leads to: for our own colours and bars, and for data in a pipe."""
    return stream.stream if isinstance(stream, Door) else stream
