"""Processes timed as wholes, and what the table's rows are made of."""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

FEEDPUB = [sys.executable, "-m", "feedpub"]


class Row(NamedTuple):
    """A figure of ours, of a peer where there is one, and the ratio that the two are to have (ours to theirs)."""

    case: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float | None = None
    wanted: str = ""

    @property
    def ratio(self) -> float | None:
        return self.ours / self.theirs if self.theirs else None


def seconds(command: Sequence[str | Path], folder: Path | None = None) -> float:
    """How long `command` takes, from its start to its end."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return time.perf_counter() - start


def peak_memory(command: Sequence[str | Path], folder: Path | None = None) -> float:
    """The peak of MB that `command` and all its processes hold together; what they share counts once."""
    peak = 0.0
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True) as run:
        while run.poll() is None:
            peak = max(peak, sum(map(_share, _members(run.pid))))
            time.sleep(0.01)
    return peak / 1024


def median(figures: Sequence[float]) -> float:
    return statistics.median(figures)


def _members(session: int) -> list[Path]:
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session:
                found.append(place)
    return found


def _share(process: Path) -> int:
    """kB of a process, pages that it shares with others counted in part (PSS)."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


__all__ = ["FEEDPUB", "Row", "median", "peak_memory", "seconds"]
