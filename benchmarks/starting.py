"""How long a command takes that does nothing, beside a bare one of click."""

import sys
from collections.abc import Iterator

from measure import FEEDPUB, Row, median, seconds

_BARE = 'import click\n@click.command()\n@click.version_option("1")\ndef main(): pass\nmain()'


def rows(runs: int) -> Iterator[Row]:
    """`--version` and `--help`, medians of interleaved runs."""
    for option in ("--version", "--help"):
        pairs = [(seconds([*FEEDPUB, option]), seconds([sys.executable, "-c", _BARE, option])) for _ in range(runs)]
        mine, theirs = (median(figures) for figures in zip(*pairs, strict=True))
        yield Row(f"feedpub {option}", 1000 * mine, "ms", "bare click", 1000 * theirs, "< 1.5")
