"""feedpub schedule."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.desk import site_of, site_option, sound_articles, store_of
from feedpub.cli.report import counted, say
from feedpub.errors import FeedpubError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedpub.site import Site


@click.command("schedule")
@site_option
def schedule_command(folder: Path) -> None:
    """Send every digest when it is due, until told to stop.

    SIGTERM or Ctrl-C finishes the messages in flight, notes them, and ends with 0. A slot that passed while nothing ran
    goes out at the start, the latest only.
    """
    from feedpub.mailing.scheduler import run

    site = site_of(folder)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work = sending(folder, site, store_of(folder, site), stop)
    click.echo(f"Watching {counted(len(site.digests), 'digest')}; stop with Ctrl-C.", err=True)
    run(site.digests, work, stop)


def sending(folder: Path, site: Site, engine: Engine, stop: threading.Event) -> Callable[[], None]:
    """Makes what is due and delivers what waits, and tells of both, each time it is called; until `stop` is set."""
    from feedpub.mailing.delivery import deliver
    from feedpub.mailing.newsletter import due, publish
    from feedpub.mailing.outlet import signer, way_out

    connect, sign = way_out(folder, site), signer(folder, site)

    def work() -> None:
        now = datetime.now(UTC)
        try:
            with engine.begin() as conn:
                slots = due(conn, site, now=now)
            articles = sound_articles(folder, site) if slots else []
            for digest, slot in slots:
                made, queued = publish(engine, folder, site, digest, articles, slot=slot, now=now)
                what = f"{made.email.subject}: {counted(queued, 'delivery')} queued" if made else "nothing new, no issue"
                click.echo(f"{now:%Y-%m-%d %H:%M:%S} {digest.name}, {slot:%a %Y-%m-%d %H:%M %Z}: {what}")
            report = deliver(engine, site, connect, sign=sign, clock=lambda: datetime.now(UTC), stop=stop)
            if report.answers or report.stopped:
                sent, waits, failed = (report.answers[state] for state in ("sent", "queued", "failed"))
                done = f"{sent:,} sent, {waits:,} deferred, {failed:,} failed. {report.stopped}".rstrip()
                click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {done}")
        except FeedpubError as error:  # it may be mended before the next turn
            say(error.problems)

    return work
