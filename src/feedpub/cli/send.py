"""feedpub send."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.desk import address_of, site_of, site_option, sound_articles, store_of
from feedpub.cli.report import at, counted, say
from feedpub.errors import FeedpubError, Problem

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedpub.site import Site


@click.command("send")
@click.argument("name", required=False)
@site_option
@click.option("--at", "at_time", metavar="TIME", help="Send the issue due at this time, such as 2025-11-10T08:00.")
@click.option("--due", is_flag=True, help="Send whatever is due now, of every digest, and what still waits; for cron and CI.")
@click.option("--dry-run", is_flag=True, help="Say what would go out, and to how many. Nothing is sent or recorded.")
@click.option("--to", metavar="ADDRESS", help="Send one test copy to this address. It is recorded nowhere.")
def send_command(name: str | None, folder: Path, at_time: str | None, due: bool, dry_run: bool, to: str | None) -> None:
    """Send the issue of the digest NAME that is due, to each active subscriber once.

    It may be repeated: who got the issue does not get it again. Until [mail] url names a server, messages are put into
    the Maildir `outbox`.
    """
    from feedpub.cli.digest import read_time
    from feedpub.digest import last_slot, message
    from feedpub.mailing.newsletter import choose, edition, publish
    from feedpub.mailing.newsletter import due as what_is_due
    from feedpub.mailing.outlet import signer, way_out
    from feedpub.store import find_subscriptions, has_issue, issued_slugs
    from feedpub.transport import Accepted, Blocking, Unavailable

    if due and name:
        raise click.UsageError("name a digest, or say --due, not both")
    now, site = datetime.now(UTC), site_of(folder)
    engine = store_of(folder, site)
    articles = sound_articles(folder, site)
    if due:
        with engine.begin() as conn:
            work = what_is_due(conn, site, now=now)
    else:
        digest = choose(site, name)
        moment = read_time(at_time, "--at", digest) if at_time else now
        slot = last_slot(digest, moment)
        if slot is None:
            raise FeedpubError([digest.problem("schedule", "had no slot yet", "wait for it, or say --at with a later time")])
        work = [(digest, slot)]
    if dry_run or to:
        for digest, slot in work:
            with engine.begin() as conn:
                issued = issued_slugs(conn, digest.name)
                active = sum(one.state == "active" for one in find_subscriptions(conn, digest=digest.name))
            made = edition(folder, site, digest, articles, slot=slot, issued=issued)
            if made is None:
                click.echo(f"Nothing new for {digest.name} at {slot:%Y-%m-%d %H:%M %Z}: no issue.")
            elif to:
                to = address_of(to)
                data = message(made.letter, to=to, unsubscribe=f"{site.web_url}/unsubscribe")
                transport = Blocking(way_out(folder, site)())
                try:
                    answer = transport.send(signer(folder, site)(data, digest.name), sender=digest.sender.email or "", to=to)
                except Unavailable as error:
                    raise FeedpubError([Problem("mail", 0, "", f"the server takes no mail: {error}")]) from error
                finally:
                    transport.close()
                if not isinstance(answer, Accepted):
                    raise FeedpubError([Problem("mail", 0, "", f"the copy for {to} was not taken: {answer.reason}")])
                click.echo(f"A copy of {made.email.subject!r} went to {to}.")
            else:
                click.echo(f"{digest.name}, {slot:%a %Y-%m-%d %H:%M %Z}: {made.email.subject}")
                click.echo(f"{counted(len(made.issue.articles), 'story')} to {counted(active, 'subscriber')}; nothing was sent.")
        return
    for digest, slot in work:
        with engine.begin() as conn:
            if has_issue(conn, digest.name, slot):
                click.echo(f"{digest.name}, {slot:%a %Y-%m-%d %H:%M %Z}: this issue was made already")
                continue
        made, queued = publish(engine, folder, site, digest, articles, slot=slot, now=now)
        if made is None:
            click.echo(f"Nothing new for {digest.name} at {slot:%Y-%m-%d %H:%M %Z}: no issue.")
        else:
            say(at(folder, made.warnings))
            click.echo(f"{digest.name}, {slot:%a %Y-%m-%d %H:%M %Z}: {made.email.subject}: {counted(queued, 'delivery')} queued")
    _deliver(folder, site, engine)


def _deliver(folder: Path, site: Site, engine: Engine) -> None:
    from feedpub.mailing.delivery import deliver
    from feedpub.mailing.outlet import signer, way_out
    from feedpub.store import waiting

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with engine.begin() as conn:
        length = waiting(conn)
    connect, sign = way_out(folder, site), signer(folder, site)
    with click.progressbar(length=length, label="sending", show_pos=True, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        report = deliver(
            engine, site, connect, sign=sign, clock=lambda: datetime.now(UTC), stop=stop, tell=lambda _: bar.update(1)
        )
    answers = report.answers
    click.echo(f"{answers['sent']:,} sent, {answers['queued']:,} deferred, {answers['failed']:,} failed.")
    if report.stopped:
        click.echo(report.stopped, err=True)
        sys.exit(1)
