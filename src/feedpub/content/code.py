"""Where code stands in a Markdown text, in blocks between fences and in spans: a tag there is a text about tags."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

_FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}(?=[^`\n]*$)|~{3,})", re.MULTILINE)
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_RUN = re.compile(r"`+")
_BLANK = re.compile(r"\n[ \t]*(?=\n)")


class Code:
    """The places of code in `text`, found in a time that grows with its length."""

    def __init__(self, text: str) -> None:
        blocks = _fenced(text)
        blocks = sorted((*blocks, *_indented(text, blocks)))
        self.places = sorted((*blocks, *_spans(text, blocks)))
        self._starts = [start for start, _ in self.places]

    def holds(self, position: int) -> bool:
        """Whether code stands at `position`."""
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < self.places[at][1]


def _fenced(text: str) -> list[tuple[int, int]]:
    """Blocks between fences, with them; one that is never closed ends with the text."""
    found: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for line in _FENCE.finditer(text):
        if opened is None:
            opened = line
            continue
        mark = line[1]
        end = text.find("\n", line.end())
        rest = text[line.end() : end if end >= 0 else len(text)]
        if mark[0] == opened[1][0] and len(mark) >= len(opened[1]) and not rest.strip():
            found.append((opened.start(), end if end >= 0 else len(text)))
            opened = None
    if opened is not None:
        found.append((opened.start(), len(text)))
    return found


def _indented(text: str, fences: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Lines that begin with four spaces, behind an empty line and in no list (CommonMark 4.4)."""
    fenced = iter((*fences, (len(text) + 1, len(text) + 1)))
    first, last = next(fenced)
    empty, listed = True, False
    position = 0
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        if start >= last:
            first, last = next(fenced)
        if first <= start < last:
            empty = False
        elif not line.strip():
            empty = True
        elif line.startswith(("    ", "\t")):
            if empty and not listed:
                yield start, position
                continue  # the next indented line belongs to it too
        else:
            listed = bool(_ITEM.match(line)) or (listed and (not empty or line.startswith(" ")))
            empty = False


def _spans(text: str, blocks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Code spans: a run of backticks, up to the next of the same length in the same paragraph (CommonMark 6.1)."""
    if "`" not in text:
        return []
    found = []
    position = 0
    for start, end in (*blocks, (len(text), len(text))):
        ends = [blank.start() for blank in _BLANK.finditer(text, position, start)]
        before = position
        for paragraph_end in (*ends, start):
            found += _spans_between(text, before, paragraph_end)
            before = paragraph_end
        position = max(position, end)
    return found


def _spans_between(text: str, start: int, end: int) -> list[tuple[int, int]]:
    runs = [(run.start(), run.end()) for run in _RUN.finditer(text, start, end) if text[run.start() - 1 : run.start()] != "\\"]
    by_length: dict[int, list[int]] = defaultdict(list)
    for index, (first, last) in enumerate(runs):
        by_length[last - first].append(index)
    found = []
    index = 0
    while index < len(runs):
        first, last = runs[index]
        same = by_length[last - first]
        at = bisect_right(same, index)
        if at < len(same):
            found.append((first, runs[same[at]][1]))
            index = same[at]
        index += 1
    return found
