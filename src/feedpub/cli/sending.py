"""A run of deliveries as a command makes it: with a bar, a word on what waits, and an alarm for the operator if it went wrong."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.desk import delivered
from feedpub.cli.report import counted
from feedpub.cli.terminal import behind
from feedpub.errors import FeedpubError, printable

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedpub.mailing.delivery import Report
    from feedpub.site import Site

# From so many failures on, and if they are so great a share of what was decided, the operator is told.
_MANY, _SHARE = 10, 0.05


def deliver_waiting(folder: Path, site: Site, engine: Engine, *, insist: bool) -> None:
    """Send what is due, and say what was done; with 1 as exit code when the run was stopped.

    With `insist` the server is asked although it wanted a rest: somebody who may know better sits before the screen.
    """
    from feedpub.mailing.delivery import deliver
    from feedpub.mailing.outlet import signer, way_out
    from feedpub.store import waiting

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with engine.begin() as conn:
        length = waiting(conn, rehearsal=site.mail.rehearses)
    connect, sign = way_out(folder, site), signer(folder, site)
    terminal, hidden = behind(sys.stderr), not sys.stderr.isatty()
    try:
        with click.progressbar(length=length, label="sending", show_pos=True, file=terminal, hidden=hidden) as bar:
            tell, clock = (lambda _: bar.update(1)), (lambda: datetime.now(UTC))
            report = deliver(engine, site, connect, sign=sign, clock=clock, stop=stop, tell=tell, insist=insist)
    except FeedpubError as error:
        alarm_of_error(site, folder, error)
        raise
    click.echo(delivered(site, report))
    if left := what_waits(site, report):
        click.echo(left)
    if report.stopped:
        click.echo(printable(report.stopped), err=True)
    alarm(site, folder, report)
    if report.stopped:
        sys.exit(1)


def what_waits(site: Site, report: Report) -> str:
    """How much is left and when the next of it may go, as a sentence; "" if nothing waits."""
    if not report.waiting:
        return ""
    verb, due = ("waits", "it is due now") if report.waiting == 1 else ("wait", "they are due now")
    until = f"the next may go at {report.until.astimezone(site.timezone):%Y-%m-%d %H:%M %Z}" if report.until else due
    return f"{counted(report.waiting, 'delivery')} {verb}; {until}."


def alarm(site: Site, folder: Path, report: Report) -> None:
    """Tell the operator of a run that was stopped, once until one goes well again, or of which a share failed."""
    sent, failed = report.answers["sent"], report.answers["failed"]
    if report.trouble and not report.again:
        _raise(site, folder, "sending stopped", f"{report.stopped}\n{what_waits(site, report)}")
    elif failed >= _MANY and failed >= _SHARE * (sent + failed):
        text = f"{failed:,} of {sent + failed:,} deliveries failed for good. feedpub status tells why, feedpub send --again"
        text += f" sends them again.\n{report.stopped}"
        _raise(site, folder, f"{counted(failed, 'delivery')} failed", text)


def alarm_of_error(site: Site, folder: Path, error: FeedpubError) -> None:
    """Tell the operator that a run could not be made at all."""
    _raise(site, folder, "sending stopped", "\n".join(str(problem) for problem in error.problems))


def _raise(site: Site, folder: Path, subject: str, text: str) -> None:
    from feedpub.mailing.alarm import raise_alarm

    if trouble := raise_alarm(site, folder, subject, text, now=datetime.now(UTC)):
        click.echo(trouble, err=True)
