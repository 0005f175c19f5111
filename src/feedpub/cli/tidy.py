"""feedpub tidy."""

import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from feedpub.cli.desk import site_of, site_option, store_of
from feedpub.cli.report import counted, table


def _span(_: click.Context, __: click.Parameter, text: str | None) -> timedelta | None:
    from feedpub.readers import read_retention

    try:
        return read_retention(text) if text else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command("tidy")
@site_option
@click.option("--older-than", "span", metavar="SPAN", callback=_span, help="Such as 90d; [store] keep is what holds without it.")
@click.option("--dry-run", is_flag=True, help="Say what would go. Nothing is changed.")
@click.option("--compact", "anew", is_flag=True, help="Write a SQLite file anew, too; nobody else can write meanwhile.")
def tidy_command(folder: Path, span: timedelta | None, dry_run: bool, anew: bool) -> None:
    """Thin out the deliveries of old issues, with the reports about them, and give the space back.

    Issues, their figures and letters, their articles, and all about people stay: who left, who must not be written to, what
    they agreed to. It may be stopped at any time, while others send and sign up.
    """
    from feedpub.mailing.tidying import REST, tidy, untidy
    from feedpub.store import compact

    site = site_of(folder)
    span = span or site.store.keep
    if span is None and not anew:
        raise click.UsageError('say --older-than 400d, or write keep = "400d" under [store] in feedpub.toml')
    engine = store_of(folder, site)
    now = datetime.now(UTC)
    if dry_run:
        found = untidy(engine, before=now - span) if span else []
        rows = [(one.digest, f"{one.slot:%Y-%m-%d %H:%M} UTC", f"{one.deliveries:,}") for one in found]
        if rows:
            click.echo(table(rows, ("digest", "slot", "deliveries"), left=True))
        click.echo(f"{counted(sum(one.deliveries for one in found), 'delivery')} would go; nothing was changed.")
        return
    if span:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        done = tidy(engine, before=now - span, pause=lambda: stop.wait(REST))
        click.echo(f"{counted(done.deliveries, 'delivery')} of {counted(done.issues, 'issue')} thinned out.")
        if not done.whole:
            click.echo("It was stopped before all was done; say it again to go on.", err=True)
            raise SystemExit(1)
        if done.stuck and not anew:
            click.echo("The file keeps its size, and takes up what comes. To make it smaller, once: feedpub tidy --compact")
    if anew:
        compact(engine)
        click.echo("The database was written anew.")
