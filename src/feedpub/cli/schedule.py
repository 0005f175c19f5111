"""feedpub schedule."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.desk import delivered, site_of, site_option, sound_articles, store_of
from feedpub.cli.report import counted, say
from feedpub.cli.sending import alarm, alarm_of_error, what_waits
from feedpub.errors import FeedpubError, Problem, printable

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedpub.site import Site


@click.command("schedule")
@site_option
def schedule_command(folder: Path) -> None:
    """Send every digest when it is due, until told to stop.

    SIGTERM or Ctrl-C finishes the messages in flight, notes them, and ends with 0. A slot that passed while nothing ran
    goes out at the start, the latest only. When the time of an article comes that waited, the site is built.
    """
    from feedpub.cli.renewal import renewal
    from feedpub.mailing.scheduler import run

    site = site_of(folder)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work = sending(folder, site, store_of(folder, site), stop)
    click.echo(f"Watching {counted(len(site.digests), 'digest')}; stop with Ctrl-C.", err=True)
    renewing = renewal(folder, folder / site.output, stop)
    renewing.start()
    try:
        run(site.digests, work, stop)
    finally:
        stop.set()
        renewing.join()


def sending(folder: Path, site: Site, engine: Engine, stop: threading.Event) -> Callable[[], None]:
    """Makes what is due and delivers what waits, and tells of both, each time it is called; until `stop` is set."""
    from feedpub.mailing.delivery import deliver
    from feedpub.mailing.newsletter import due, welcome
    from feedpub.mailing.outlet import signer, way_out
    from feedpub.mailing.tidying import Housekeeping
    from feedpub.mailing.turn import make, put_right

    connect, sign = way_out(folder, site), signer(folder, site)
    told: set[str] = set()
    failed_before: list[Exception] = []  # the operator is told of the first of them
    housekeeping = Housekeeping(engine, site, stop)

    def work() -> None:
        now = datetime.now(UTC)
        try:
            for line in put_right(engine, site, now=now):
                click.echo(f"{now:%Y-%m-%d %H:%M:%S} {line}")
            with engine.begin() as conn:
                welcome(conn, site, now=now)
                slots = due(conn, site, now=now)
            for made in make(engine, folder, site, slots, lambda: sound_articles(folder, site), now=now):
                line = f"{made.digest.name}, {made.slot:%a %Y-%m-%d %H:%M %Z}: {made.told}"
                if line not in told:  # a slot that nobody is subscribed to stays due
                    click.echo(f"{now:%Y-%m-%d %H:%M:%S} {line}")
                told.add(line)
            report = deliver(engine, site, connect, sign=sign, clock=lambda: datetime.now(UTC), stop=stop)
            if report.answers or report.stopped:
                words = (delivered(site, report), printable(report.stopped), what_waits(site, report))
                click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {' '.join(filter(None, words))}")
                alarm(site, folder, report)
            failed_before.clear()
            if not report.waiting and (gone := housekeeping.turn(now=now)):
                click.echo(f"{now:%Y-%m-%d %H:%M:%S} {counted(gone, 'delivery')} of old issues thinned out")
        except FeedpubError as error:  # it may be mended before the next turn
            say(error.problems)
            if not failed_before:
                alarm_of_error(site, folder, error)
            failed_before.append(error)
        except Exception as error:  # so may a full disk, or a database that is away; nobody is there to start us again
            say([Problem("schedule", 0, "", f"this turn failed: {type(error).__name__}: {error}", "the next one tries again")])

    return work
