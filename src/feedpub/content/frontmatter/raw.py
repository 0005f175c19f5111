"""What front matter holds before anybody asks what it means, and what can be wrong with it."""

from dataclasses import dataclass

from frontmatter.default_handlers import BaseHandler

from feedpub.errors import Problem

DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Raw:
    """Front matter as typed (text, lists, mappings), the line of each field, and the body with its first line.

    The line of a field inside a mapping may stand under `mapping.field`. `absent` says what is wrong where there is no
    front matter, or none with a field in it.
    """

    fields: dict[str, object]
    lines: dict[str, int]
    body: str
    body_line: int
    warnings: tuple[Problem, ...] = ()
    absent: Problem | None = None


class Fault(Exception):
    """What is wrong with front matter, once or several times: a line of its own (from 0), the field, what, and the mend."""

    def __init__(self, line: int, field: str, what: str, mend: str) -> None:
        self.faults = [(line, field, what, mend)]


class Handler(BaseHandler):
    """A handler of python-frontmatter that keeps places: the line of each field, from 0, and those that stand twice."""

    lines: dict[str, int]
    twice: list[tuple[int, str]]
    body: str

    def split(self, text: str) -> tuple[str, str]:
        """The front matter, and the body, which the library strips, and with it the indent of code."""
        self.lines, self.twice = {}, []
        fm, self.body = super().split(text)
        return fm, self.body


def as_text(value: object, depth: int = 0) -> object:
    """A value of TOML or JSON as an author typed it: text, lists and mappings, nothing else. Raises RecursionError."""
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        return {str(key): as_text(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(item, depth + 1) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
