"""Problem, one piece of bad news for a person, and FeedpubError, which carries them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Where something is wrong, what it is, and how to mend it.

    `source` is a path as the user would type it, `line` counts from 1 (0: the whole file), `field` is the setting or
    front matter field ("" if none). A warning stops nothing.
    """

    source: str
    line: int
    field: str
    what: str
    mend: str = ""
    severity: Literal["error", "warning"] = "error"

    def message(self) -> str:
        """The sentence without its place: `publishedAt: "11 Nov" is not a date; write 2025-11-11`."""
        field = f"{self.field}: " if self.field else ""
        mend = f"; {self.mend}" if self.mend else ""
        return printable(f"{field}{self.what}{mend}")

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        warning = "warning: " if self.severity == "warning" else ""
        return f"{printable(place)}: {warning}{self.message()}"


class FeedpubError(Exception):
    """The input is at fault: one or more Problems, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def printable(text: str) -> str:
    """`text` in one line, without characters that move a terminal's cursor or turn its writing direction."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


# Controls but tab and line ends (a return is one before a line feed alone), and what turns the direction of writing.
_MOVING = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\r(?!\n)")


def harmless(text: str, *, replacement: Callable[[str], str] = lambda _: "\N{REPLACEMENT CHARACTER}") -> str:
    """`text` with a replacement for each character that a terminal would obey, or whoever reads a log in one. Lines stay."""
    return text if text.isprintable() else _MOVING.sub(lambda found: replacement(found[0]), text)


def quoted(value: object, *, limit: int = 60) -> str:
    """`value` between double quotes, shortened to `limit` characters: it may be a megabyte."""
    text = " ".join(str(value)[: limit * 4].split())
    return f'"{text[: limit - 1]}…"' if len(text) > limit else f'"{text}"'
