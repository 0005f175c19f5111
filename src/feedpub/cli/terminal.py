"""The door to the terminal: nothing that a stranger wrote moves its cursor, changes its colours or turns its writing."""

import re
from typing import TYPE_CHECKING, Any, TextIO, cast

# Controls but tab and line ends (a return is one before a line feed alone), and what turns the direction of writing.
_MOVING = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\n)")


def harmless(text: str) -> str:
    """`text` with a replacement character for each control that a terminal, or whoever reads a log in one, would obey."""
    return _MOVING.sub("\N{REPLACEMENT CHARACTER}", text)


class Door:
    """A stream to a terminal, a pipe or a log, through which all text becomes harmless; `stream` is the one behind it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write `text`, harmless."""
        self.stream.write(text if text.isprintable() else harmless(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of `lines`."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    if TYPE_CHECKING:

        def flush(self) -> None: ...


def behind(stream: TextIO) -> TextIO:
    """What a stream leads to, for our own colours and bars."""
    return cast(Door, stream).stream if isinstance(stream, Door) else stream
