"""A title that stands in the body, as a heading above everything else."""

import re

_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_HASHES = re.compile(r"\s*^ {0,3}#(?:[ \t]+|$)(?P<title>.*?)(?:[ \t]+#+)?[ \t]*(?:\{[^{}\n]*\})?[ \t]*(?:\n|\Z)", re.MULTILINE)
_UNDERLINED = re.compile(
    r"\s*^ {0,3}(?P<title>[^\s#>*`|~<+=-][^\n]*?)[ \t]*(?:\{[^{}\n]*\})?[ \t]*\n {0,3}=+[ \t]*(?:\n|\Z)", re.MULTILINE
)


def leading_heading(body: str) -> tuple[str, int, int] | None:
    """The text of a heading of the first level that nothing but comments stands before; where it starts, and ends.

    None if the body begins otherwise.
    """
    start = 0
    while comment := _COMMENT.match(body, start):
        start = comment.end()
    found = _HASHES.match(body, start) or _UNDERLINED.match(body, start)
    if not found or not found["title"].strip():
        return None
    return found["title"].strip(), found.start("title"), found.end()
