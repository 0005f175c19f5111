"""What the disk refuses, as a Problem."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedpub.errors import FeedpubError, Problem


@contextmanager
def clear_errors(folder: Path) -> Iterator[None]:
    """What the disk refuses is a Problem with its path, or `folder`: no space, no permission, a name too long."""
    try:
        yield
    except OSError as error:
        raise FeedpubError([refusal(error, os.path.abspath(error.filename or folder))]) from error


def refusal(error: OSError, source: str) -> Problem:
    """What the disk said, as the Problem of `source`."""
    reason = (error.strerror or str(error)).lower()
    return Problem(source, 0, "", f"the disk refused: {reason}", "check the space and the permissions there")
