"""feedpub bounces."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.desk import site_of, site_option, store_of
from feedpub.cli.report import counted
from feedpub.errors import printable

if TYPE_CHECKING:
    from feedpub.mailing.bounces import Outcome

_KINDS = {
    "hard": "dead mailboxes",
    "soft": "doubtful mailboxes",
    "trouble": "sender's troubles",
    "complaint": "complaints",
    "leave": "left by mail",
    "unproved": "asks to leave that hold no token (look at them)",
    "delayed": "only delayed",
    "automatic": "automatic answers",
    "known": "known already",
    "gone": "about letters or people that are not known any more",
    "other": "no report of ours",
}
_MEANINGS = {"hard": "the mailbox is no more", "soft": "the mailbox may be no more; its third issue decides"}
_SHOWN = 12


@click.group("bounces")
def bounces_command() -> None:
    """Reports of failed deliveries, complaints, and mails to unsubscribe."""


@bounces_command.command("read")
@click.argument("place", metavar="MAILBOX", type=click.Path(path_type=Path))
@site_option
@click.option("--dry-run", is_flag=True, help="Say what would be done. Nothing is noted.")
@click.option("--force", is_flag=True, help="Suppress also those whom the brake holds: their mailboxes are dead indeed.")
@click.option("--dismiss", is_flag=True, help="Take what the brake holds for a mistake: those bounces count no more.")
def read_command(place: Path, folder: Path, dry_run: bool, force: bool, dismiss: bool) -> None:
    """Read what came back into MAILBOX, a Maildir or an mbox file, and stop writing to whoever is lost by it.

    A mailbox that does not exist counts at once, a doubtful one from its third issue in 120 days, a complaint at once, and
    a mail to the address for unsubscribing ends that subscription. Policies, full mailboxes and other troubles count against
    nobody. What was read before is not counted again.

    If more than a fifth of an issue bounces within a day, that is an accident: nobody is suppressed, and the exit code is 1
    until you say --force or --dismiss.
    """
    from feedpub.mailing.alarm import raise_alarm
    from feedpub.mailing.bounces import read_bounces

    if force and dismiss:
        raise click.UsageError("say --force or --dismiss, not both")
    site = site_of(folder)
    now = datetime.now(UTC)
    outcome = read_bounces(store_of(folder, site), site, place, now=now, dry_run=dry_run, force=force, dismiss=dismiss)
    _tell(outcome, dry_run=dry_run)
    if outcome.held:
        if not dry_run:
            told = "".join(f"{held}.\n" for held in outcome.held)
            if trouble := raise_alarm(site, folder, "bounces are held by the brake", told, now=now):
                click.echo(trouble, err=True)
        sys.exit(1)


def _tell(outcome: "Outcome", *, dry_run: bool) -> None:
    from feedpub.mailing.bounces import mend

    told = [f"{name}: {outcome.kinds[kind]:,}" for kind, name in _KINDS.items() if outcome.kinds[kind]]
    told += [f"unreadable: {len(outcome.unreadable):,}"] if outcome.unreadable else []
    click.echo(f"{', '.join(told) or 'nothing to read'}.")
    total = sum(outcome.refusals.values())
    for (provider, status, kind), times in sorted(outcome.refusals.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN]:
        meaning = mend(status) if kind == "trouble" else _MEANINGS[kind]
        click.echo(f"  {times:,} of {counted(total, 'report')}: {printable(f'{status} from {provider}')}: {meaning}")
    if len(outcome.refusals) > _SHOWN:
        click.echo(f"  and {len(outcome.refusals) - _SHOWN:,} others")
    click.echo(f"{counted(outcome.suppressed, 'subscriber')} {'to be ' if dry_run else ''}suppressed for bounces.")
    for name, why in outcome.unreadable:
        click.echo(printable(f"unreadable, left where it is: {name}: {why}"), err=True)
    for held in outcome.held:
        click.echo(f"{held}.", err=True)
    if outcome.held:
        click.echo("Look into a few reports; then say --force if those mailboxes are dead, --dismiss if they are not.", err=True)
