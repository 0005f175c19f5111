"""What an unresolved merge leaves in a text."""

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def merge_marker(body: str) -> int | None:
    """The line (from 0) of a `<<<<<<<` that a `=======` and a `>>>>>>>` follow, outside of code; None without."""
    if "<<<<<<< " not in body:
        return None
    fence, start, middle = "", None, False
    for number, line in enumerate(body.split("\n")):
        found = _FENCE.match(line)
        if fence:
            fence = "" if found and found[1].startswith(fence) else fence
        elif found:
            fence = found[1]
        elif line.startswith("<<<<<<< "):
            start, middle = number, False
        elif start is not None and line == "=======":
            middle = True
        elif middle and line.startswith(">>>>>>> "):
            return start
    return None
