"""Everybody: as a table, as JSON, as a file for another program. A million are never in memory, and no sender waits."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedpub.cli.desk import reading_store, site_of, site_option
from feedpub.cli.report import counted
from feedpub.cli.terminal import behind
from feedpub.errors import printable

if TYPE_CHECKING:
    from feedpub.store import Subscription


@click.command("list")
@click.option("--digest", "name", help="Of this digest only.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a line.")
@site_option
def list_command(name: str | None, as_json: bool, folder: Path) -> None:
    """Every subscription, its state, and since when."""
    from feedpub.mailing.newsletter import choose
    from feedpub.store import find_subscriptions, widest_address

    site = site_of(folder)
    if name:
        choose(site, name)
    with reading_store(folder, site).begin() as conn:
        found = find_subscriptions(conn, digest=name)
        if as_json:
            _write(map(_record, found))
        else:
            digests = max((len(digest.name) for digest in site.digests), default=0)
            _write(_lines(found, (max(7, widest_address(conn)), max(6, digests), 10, 10)))


def _lines(found: "Iterator[Subscription]", widths: tuple[int, ...]) -> Iterator[str]:
    count = 0
    for cells in chain(
        (("address", "digest", "state", "since"),),
        ((printable(one.address), one.digest, one.state, f"{one.since:%Y-%m-%d}") for one in found),
    ):
        yield "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        count += 1
    yield f"\n{counted(count - 1, 'subscription')}."


def _record(one: "Subscription") -> str:
    import json

    row = {"address": one.address, "name": one.name, "digest": one.digest, "state": one.state, "since": one.since.isoformat()}
    return json.dumps(row, ensure_ascii=False)


@click.command("export")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a line.")
@site_option
def export_command(as_json: bool, folder: Path) -> None:
    """All that is known of everybody, as CSV: states, times, proof, suppressions. `import` takes it back without a loss.

    The file holds what stands in people's links, and lets whoever knows an address see whether it was suppressed: keep it as
    you keep the database.
    """
    import csv
    import json

    from feedpub.mailing.imports import COLUMNS, guarded, row_of
    from feedpub.store import kept, kept_suppressions

    with reading_store(folder, site_of(folder)).begin() as conn:
        rows = (row_of(one) for some in (kept(conn), kept_suppressions(conn)) for one in some)
        if as_json:
            _write(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) for row in rows)
        else:
            writer = csv.writer(_out(), lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(map(guarded, row) for row in rows)


def _write(lines: Iterable[str]) -> None:
    """Each on a line of standard output, without a flush for each, as click's would be."""
    _out().writelines(f"{line}\n" for line in lines)


def _out() -> Any:
    """Standard output; in a pipe it is data, which is not changed on its way."""
    return sys.stdout if sys.stdout.isatty() else behind(sys.stdout)
