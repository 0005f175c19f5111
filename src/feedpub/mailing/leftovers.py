"""Rows that could not be taken, in a file beside their list: with what is wrong with each, to be mended and imported."""

import csv
import os
from pathlib import Path
from typing import Any, TextIO

from feedpub.errors import FeedpubError, Problem
from feedpub.mailing.imports import Bad
from feedpub.mailing.imports.cells import guarded


class Leftovers:
    """The file `place`, made by the first row. It has the list's own columns, after one that says what is wrong."""

    def __init__(self, place: Path, header: list[str]) -> None:
        self.place = place
        self._header = header
        self._file: TextIO | None = None
        self._writer: Any = None

    def __enter__(self) -> "Leftovers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def add(self, bad: Bad) -> None:
        """Write a row down. Raises FeedpubError where the file can't be written."""
        try:
            if self._file is None:
                # As people are in it, nobody else may read it.
                number = os.open(self.place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                self._file = os.fdopen(number, "w", encoding="utf-8", newline="")
                self._writer = csv.writer(self._file, lineterminator="\n")
                self._writer.writerow(["problem", *self._header])
            # What is guarded already, in an export of ours, is not guarded twice.
            cells = [cell if cell.startswith("'") else guarded(cell) for cell in bad.row.cells]
            self._writer.writerow([bad.what, *cells])
        except OSError as error:
            mend = "what can't be taken is kept there; make room, or put the list where you may write"
            what = f"can't be written: {error.strerror or error}"
            raise FeedpubError([Problem(str(self.place), 0, "", what, mend)]) from error
