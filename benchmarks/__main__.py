"""How fast feedpub is, beside the best of each kind: `python benchmarks`. With `--small` it only shows that it works.

Prints one table, and with `--record` adds its figures as a line to benchmarks/record.jsonl.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tabulate import tabulate

import building
import rendering
import sending
import serving
import starting
from feedpub import __version__
from measure import Row

RECORD = Path(__file__).with_name("record.jsonl")
GROUPS = ("starting", "building", "rendering", "sending", "serving")


def rows(group: str, folder: Path, runs: int, *, small: bool) -> Iterator[Row]:
    """The rows of a group."""
    match group:
        case "starting":
            yield from starting.rows(1 if small else 3 * runs)
        case "building":
            yield from building.rows(folder, 60 if small else 10_000, runs, [60, 120] if small else [1_000, 10_000, 100_000])
        case "rendering":
            yield from rendering.rows(1 if small else 5 * runs, 100 if small else 100_000)
        case "serving":
            yield from serving.rows(1 if small else 5, 1 if small else 3)
        case "sending":
            yield from sending.rows(100 if small else 10_000, 1 if small else 3, 1_000 if small else 1_000_000)


def line(row: Row) -> list[str]:
    """A row of the table."""
    ratio = f"{row.ratio:.2f}" if row.ratio else ""
    return [
        row.case,
        _figure(row.ours),
        row.unit,
        row.peer if row.theirs else "",
        _figure(row.theirs),
        ratio,
        row.wanted if row.theirs else "",
    ]


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[[], *GROUPS], help="what to measure (default: all)")
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs, of which the median counts")
    parser.add_argument("--small", action="store_true", help="few articles and messages: does it work?")
    parser.add_argument("--record", action="store_true", help="keep the figures")
    options = parser.parse_args()
    found: list[Row] = []
    for group in options.groups or GROUPS:
        print(f"measuring: {group}", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            found += rows(group, Path(folder), 1 if options.small else options.runs, small=options.small)
    headers = ("case", "feedpub", "", "beside", "", "ratio", "wanted")
    print(tabulate(map(line, found), headers, "github", disable_numparse=True, colalign=["left", *["right"] * 6]))
    if options.record:
        machine = {"python": platform.python_version(), "system": platform.system(), "cores": len(os.sched_getaffinity(0))}
        figures = [row._asdict() | {"ratio": row.ratio} for row in found]
        with RECORD.open("a") as file:
            day = f"{datetime.now(UTC):%Y-%m-%d}"
            file.write(json.dumps({"day": day, "version": __version__, **machine, "figures": figures}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
