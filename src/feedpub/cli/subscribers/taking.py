"""People from a file."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from feedpub.cli.desk import site_of, site_option, store_of
from feedpub.cli.report import say
from feedpub.cli.terminal import behind
from feedpub.errors import FeedpubError, Problem

_TOLD = 20


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--digest", "name", help="The digest (default: the only one, or what an export of feedpub says).")
@click.option("--map", "mapped", multiple=True, metavar="WHAT=COLUMN", help="Which column is what: --map mail='Mail of person'.")
@click.option("--again", default="", metavar="PROOF", help="Also those who left: how they asked to come back.")
@click.option("--confirm", is_flag=True, help="Ask everybody by mail first; until they confirm they are pending.")
@click.option("--all-or-nothing", "whole", is_flag=True, help="Take nothing if any row is bad, or anything goes wrong.")
@click.option("--dry-run", "dry", is_flag=True, help="Check the file, and change nothing.")
@site_option
def import_command(
    file: Path, name: str | None, mapped: tuple[str, ...], again: str, confirm: bool, whole: bool, dry: bool, folder: Path
) -> None:
    """Subscribe the people in FILE: a CSV or a zip of them, as other tools export it, or an export of feedpub.

    Whoever left, is suppressed, or is marked so in the file is not subscribed. Bad rows are told, and kept in a file beside it.
    """
    from feedpub.mailing.arrivals import Wishes, import_people

    site = site_of(folder)
    if confirm and not site.web.url:
        mend = 'write [web] with url = "https://…", where feedpub serve answers'
        raise FeedpubError([Problem("feedpub.toml", 0, "web.url", "a mail that asks needs a page to confirm on", mend)])
    wishes = Wishes(name, _mapping(mapped), again, confirm, whole, dry)
    told = Counter[str]()

    def tell(kind: str, problem: Problem) -> None:
        told[kind] += 1
        if told[kind] <= _TOLD:
            say([problem])

    with _bar(file) as advance:
        outcome = import_people(store_of(folder, site), site, file, wishes, now=datetime.now(UTC), tell=tell, advance=advance)
    for kind, count in told.items():
        if count > _TOLD:
            click.echo(f"{file}: and {count - _TOLD:,} more: {kind}", err=True)
    for place in outcome.kept:
        click.echo(f"{place}: the bad rows, and what is wrong with each; mend them, and import this file", err=True)
    say(outcome.broken)
    stopped = whole and outcome.tally["bad"]
    click.echo(f"{_summary(outcome.tally)}{'; nothing was changed' if dry or stopped else ''}.")
    if outcome.tally["bad"] or outcome.broken:
        sys.exit(1)


def _summary(tally: Counter[str]) -> str:
    always = ("added", "there already", "suppressed", "double", "bad")
    order = ("added", "pending", "there already", "left before", "suppressed", "double", "bad")
    return ", ".join(f"{tally[kind]:,} {kind}" for kind in order if tally[kind] or kind in always)


def _mapping(mapped: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in mapped]
    if wrong := next((text for text, (_, sign, column) in zip(mapped, pairs, strict=True) if not sign or not column), None):
        raise click.BadParameter(f"{wrong!r} is not WHAT=COLUMN", param_hint="--map")
    return {{"email": "mail", "address": "mail"}.get(what.strip(), what.strip()): column for what, _, column in pairs}


@contextmanager
def _bar(file: Path) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal: how much of the file is done, and how long the rest takes. Nothing in a pipe."""
    if not sys.stderr or not sys.stderr.isatty() or not file.is_file():
        yield lambda _: None
        return
    with click.progressbar(length=file.stat().st_size, label="importing", file=behind(sys.stderr)) as bar:
        yield bar.update
