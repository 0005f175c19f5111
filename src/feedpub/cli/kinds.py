"""Problems by kind: what is wrong in a hundred files is told once, with a few of the places."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from feedpub.errors import Problem, printable

# So many of a kind are told one by one; of more, so many places are shown.
FEW, PLACES = 5, 3
# What tells two Problems of one kind apart: what stands in quotes, paths, numbers.
_PARTICULAR = re.compile(r'"[^"]*"|\S*/\S+|\b\S+\.(?:md|mdx|markdown|qmd|Rmd)\b|\d+')


class Line(NamedTuple):
    """A line to print: the start of it stands out, the rest has the colour of `severity`, "" for none."""

    start: str
    rest: str
    severity: str


def lines(problems: Iterable[Problem], *, whole: bool = False, hint: str = ", which --all lists") -> list[Line]:
    """A line for each Problem, in their order; more than FEW of a kind are one line and some places, unless `whole`.

    `hint` says where the others are to be seen.
    """
    problems = list(problems)
    kinds: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(kind(problem), []).append(problem)
    told: list[Line] = []
    for problem in problems:
        some = kinds[kind(problem)]
        if whole or len(some) <= FEW:
            told.append(_alone(problem))
        elif some[0] is problem:
            told += _together(some, hint)
    return told


def kind(problem: Problem) -> tuple[str, str, str]:
    """What Problems of one kind share."""
    return problem.severity, problem.field, _PARTICULAR.sub("…", problem.what)


def _alone(problem: Problem) -> Line:
    start, _, rest = str(problem).partition(": ")
    return Line(start, rest, problem.severity)


def _together(some: list[Problem], hint: str) -> list[Line]:
    """A line that says what is wrong and in how many files, some with the first places, and one with how many more there are."""
    first, *others = some
    files = len({problem.source for problem in some})
    where = (
        f"in {files:,} files" if files == len(some) else f"{len(some):,} times in {files:,} {'file' if files == 1 else 'files'}"
    )
    same = all(problem.what == first.what for problem in others)
    what = first.what if same else _PARTICULAR.sub("…", first.what)
    mend = first.mend if all(problem.mend == first.mend for problem in others) else f"for example: {first.mend}"
    told = Problem("", 0, first.field, f"{what}, {where}", mend if first.mend else "").message()
    label = "warning: " if first.severity == "warning" else ""
    found = [Line(f"{label}{told}", "", first.severity)]
    for problem in some[:PLACES]:
        value = "" if same else " ".join(_PARTICULAR.findall(problem.what))
        place = printable(f"{problem.source}:{problem.line}" if problem.line else problem.source)
        found.append(Line(f"    {place}", printable(f" {value}") if value else "", ""))
    found.append(Line(f"    and {len(some) - PLACES:,} more{hint}", "", ""))
    return found
