"""feedpub send."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.again import queue_failed
from feedpub.cli.desk import address_of, site_of, site_option, sound_articles, store_of
from feedpub.cli.report import at, counted, say
from feedpub.cli.sending import deliver_waiting
from feedpub.errors import FeedpubError, Problem, printable

if TYPE_CHECKING:
    from feedpub.mailing.newsletter import Edition
    from feedpub.site import Digest, Site


@click.command("send")
@click.argument("name", required=False)
@site_option
@click.option("--at", "at_time", metavar="TIME", help="Send the issue due at this time, such as 2025-11-10T08:00.")
@click.option("--due", is_flag=True, help="Send whatever is due now, of every digest, and what still waits; for cron and CI.")
@click.option("--early", is_flag=True, help="Send the next issue now, before its slot has come.")
@click.option("--again", is_flag=True, help="Queue what failed of the latest issue again, show it by reason, and send it.")
@click.option("--reason", "text", metavar="TEXT", help="With --again: only what holds TEXT in its reason.")
@click.option("--dry-run", is_flag=True, help="Say what would go out, and to how many. Nothing is sent or recorded.")
@click.option("--to", metavar="ADDRESS", help="Send one test copy to this address. It is recorded nowhere.")
def send_command(
    name: str | None,
    folder: Path,
    at_time: str | None,
    due: bool,
    early: bool,
    again: bool,
    text: str | None,
    dry_run: bool,
    to: str | None,
) -> None:
    """Send the issue of the digest NAME that is due, to each active subscriber once.

    It may be repeated: who got the issue does not get it again. Until [mail] url names a server, messages are put into
    the Maildir `outbox`, as a rehearsal.
    """
    from feedpub.mailing.newsletter import choose, welcome
    from feedpub.mailing.newsletter import due as what_is_due
    from feedpub.mailing.turn import make, put_right

    if due and (name or early or at_time):
        raise click.UsageError("say --due alone, or name a digest")
    if (again and (due or at_time or early or to)) or (text is not None and not again):
        raise click.UsageError("--again goes with NAME, --reason and --dry-run alone")
    now, site = datetime.now(UTC), site_of(folder)
    if again:
        engine = store_of(folder, site)
        queue_failed(engine, choose(site, name), text, rehearsal=site.mail.rehearses, dry_run=dry_run)
        if not dry_run:
            deliver_waiting(folder, site, engine, insist=True)
        return
    work = [] if due else [_wanted(choose(site, name), at_time, early=early, now=now)]
    if dry_run or to:
        _foretell(folder, site, work if not due else None, address_of(to) if to else None, now=now)
        return
    for digest, slot in work:
        if slot > now and not early:
            what = f"its slot {slot:%a %Y-%m-%d %H:%M %Z} has not come yet, so nothing was made or sent"
            raise FeedpubError([Problem(digest.name, 0, "", what, "wait for it, or send the next issue now with --early")])
    engine = store_of(folder, site)
    for line in put_right(engine, site, now=now):
        click.echo(line, err=True)
    if due:
        with engine.begin() as conn:
            welcome(conn, site, now=now)
            work = what_is_due(conn, site, now=now)
    for made in make(engine, folder, site, work, lambda: sound_articles(folder, site), now=now):
        say(at(folder, made.warnings))
        click.echo(f"{made.digest.name}, {made.slot:%a %Y-%m-%d %H:%M %Z}: {made.told}")
    deliver_waiting(folder, site, engine, insist=not due)


def _wanted(digest: Digest, at_time: str | None, *, early: bool, now: datetime) -> tuple[Digest, datetime]:
    """The digest and the slot that was asked for. Raises FeedpubError where there is none."""
    from feedpub.cli.digest import read_time
    from feedpub.digest import last_slot, next_slots

    coming = next(iter(next_slots(digest, now)), None) if early else None
    moment = read_time(at_time, "--at", digest) if at_time else coming or now
    slot = last_slot(digest, moment)
    if slot is None:
        raise FeedpubError([digest.problem("schedule", "had no slot yet", "wait for it, or say --early")])
    if early and slot != coming:
        what = f"its slot {slot:%a %Y-%m-%d %H:%M %Z} is not the next one, and only the next can go out early"
        mend = f"leave out --at for that of {coming:%a %Y-%m-%d %H:%M %Z}" if coming else "its schedule has no slot any more"
        raise FeedpubError([Problem(digest.name, 0, "", what, mend)])
    return digest, slot


def _foretell(folder: Path, site: Site, work: list[tuple[Digest, datetime]] | None, to: str | None, *, now: datetime) -> None:
    """Say what would go out (of None: whatever is due), or send a copy of it. Nothing is recorded, no database is made."""
    from feedpub.mailing.outlook import outlook, overdue, remember, went

    if work is None:
        slots = [(one, overdue(one, remember(folder, site, one, now=now), now=now)) for one in site.digests]
        work = [(digest, slot) for digest, slot in slots if slot]
        if not work:
            click.echo("Nothing is due.")
    articles = sound_articles(folder, site)
    for digest, slot in work:
        memory = remember(folder, site, digest, (slot,), now=now)
        say(memory.unread)
        seen = outlook(folder, site, digest, articles, memory, slot=slot)
        where = f"{digest.name}, {slot:%a %Y-%m-%d %H:%M %Z}"
        made = seen.edition
        if to and made:
            click.echo(f"A copy of {printable(made.email.subject)!r} went to {_copy(folder, site, digest, made, to, now=now)}.")
            continue
        if seen.made and (site.mail.rehearses or not seen.made.rehearsal):
            click.echo(f"{where}: {went(seen.made)}: {printable(seen.made.subject)}; nothing was sent.")
            continue
        if made:
            count = f"{counted(len(made.issue.articles), 'story')} to {counted(memory.active, 'subscriber')}"
            click.echo(f"{where}: {printable(made.email.subject)}\n{count}; nothing was sent.")
        else:
            click.echo(f"Nothing new for {digest.name} at {slot:%Y-%m-%d %H:%M %Z}: no issue.")
        if seen.left:
            click.echo(f"Left out: {seen.reasons()}.")


def _copy(folder: Path, site: Site, digest: Digest, made: Edition, to: str, *, now: datetime) -> str:
    """Send one copy; where it went. Raises FeedpubError when it was not taken."""
    from feedpub.digest import message
    from feedpub.mailing.outlet import signer, way_out
    from feedpub.transport import Accepted, Blocking, Unavailable

    data = message(made.letter, to=to, unsubscribe=f"{site.web_url}/unsubscribe", sent=now)
    transport = Blocking(way_out(folder, site)())
    try:
        answer = transport.send(signer(folder, site)(data, digest.name), sender=digest.sender.email or "", to=to)
    except Unavailable as error:
        raise FeedpubError([Problem("mail", 0, "", f"the server takes no mail: {error}")]) from error
    finally:
        transport.close()
    if not isinstance(answer, Accepted):
        raise FeedpubError([Problem("mail", 0, "", f"the copy for {to} was not taken: {answer.reason}")])
    return to if site.mail.folder is None else f"the folder {site.mail.folder}, for {to}"
