"""What a template may use up: the size of its values, and a budget of steps."""

import re
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from itertools import islice
from typing import Any

from jinja2.exceptions import SecurityError
from jinja2.utils import Namespace

# Letters of a value that a template makes, letters of one that it is given, items of a list.
LONGEST, LONGEST_GIVEN, MOST_ITEMS = 20_000, 200_000, 2_000
_GREATEST = 10**18
# A unit is one of a template's expressions, done once, or 16 letters. All of them take some 0.1 s.
_BUDGET = 200_000


class Budget:
    """What one filling-in may still use up, and what a call of one of the template's macros costs."""

    def __init__(self, call: int) -> None:
        self.left, self.call = _BUDGET, call


budget: ContextVar[Budget] = ContextVar("budget")


def pay(units: int) -> None:
    """Take `units` from what is left. Raises SecurityError, as all here does, when that is too little."""
    current = budget.get()
    current.left -= units
    if current.left < 0:
        raise SecurityError("it does too much: shorten its loops")


def bounded(value: Any, longest: int = LONGEST) -> Any:
    """`value`, paid for by its size, and what comes bit by bit as a list."""
    if isinstance(value, str):
        pay(1 + len(value) // 16)
        if len(value) > longest:
            raise SecurityError(f"it makes a text of more than {longest:,} characters")
    elif isinstance(value, int | float | complex):
        if abs(value) > _GREATEST:
            raise SecurityError("it makes a number that is too large")
    elif isinstance(value, Iterator):
        return each(value, 1)
    elif isinstance(value, list | tuple | dict | set | frozenset):
        each(value, 1)
    return value


def each(value: Iterable[Any], weight: int) -> list[Any]:
    """The items of `value`, paid for before a loop goes through them: `weight` for each."""
    items = list(islice(value, MOST_ITEMS + 1))
    if len(items) > MOST_ITEMS:
        raise SecurityError(f"it goes through more than {MOST_ITEMS:,} items")
    pay(weight * len(items))
    return items


def flat(value: Any) -> Any:
    """A list, tuple or table that a template made, if it holds no other: to write out one in another takes for ever."""
    if any(isinstance(item, list | tuple | dict | Namespace) for item in (value.values() if isinstance(value, dict) else value)):
        raise SecurityError("it makes a list of lists")
    return value


def text(value: Any) -> Any:
    """`value`, if it can be written out."""
    if isinstance(value, list | tuple | dict | set | frozenset | range | Namespace):
        raise SecurityError('a list is no text; write | join(", ")')
    bounded(value if isinstance(value, str) else str(value))
    return value


def numbers(*ends: int) -> range:
    """Python's range(), of at most 2,000 numbers."""
    made = range(*ends)
    if len(made[: MOST_ITEMS + 1]) > MOST_ITEMS:
        raise SecurityError(f"it goes through more than {MOST_ITEMS:,} items")
    return made


def replacing(value: Any, old: Any, new: Any) -> None:
    """Refuse a replacement that would make a text too long to be held."""
    if str(value).count(str(old)) * len(str(new)) > LONGEST_GIVEN:
        raise SecurityError("it puts too long a text in too many places")


def joining(separator: Any, items: Iterable[Any]) -> None:
    """Refuse to join what would be too long to be held."""
    pieces = [str(text(item)) for item in each(items, 1)]
    if sum(map(len, pieces)) + len(str(separator)) * len(pieces) > LONGEST_GIVEN:
        raise SecurityError(f"it makes a text of more than {LONGEST_GIVEN:,} characters")


def formatting(pattern: Any, values: Any) -> None:
    """Refuse a printf-style `pattern` with a width of thousands, or of which `values`, one or several, make too much."""
    several = values.values() if isinstance(values, dict) else values if isinstance(values, tuple) else (values,)
    longest = max((len(str(text(value))) for value in several), default=0)
    if re.search(r"\d{4}|\*", str(pattern)) or str(pattern).count("%") * longest > LONGEST_GIVEN:
        raise SecurityError("it formats something too wide")
