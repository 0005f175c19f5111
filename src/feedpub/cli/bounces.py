"""feedpub bounces."""

from datetime import UTC, datetime
from pathlib import Path

import click

from feedpub.cli.desk import site_of, site_option, store_of


@click.group("bounces")
def bounces_command() -> None:
    """Reports of failed deliveries, and complaints."""


@bounces_command.command("read")
@click.argument("place", metavar="MAILBOX", type=click.Path(path_type=Path))
@site_option
def read_command(place: Path, folder: Path) -> None:
    """Read the reports in MAILBOX, a Maildir or an mbox file, and stop writing to dead mailboxes and to who complained.

    Hard bounces and complaints count at once, soft ones from the fifth in thirty days; automatic answers not at all. What
    was read before is not counted again.
    """
    from feedpub.mailing.bounces import read_bounces

    tally = read_bounces(store_of(folder, site_of(folder)), place, now=datetime.now(UTC))
    names = {"hard": "hard", "soft": "soft", "complaint": "complaints", "known": "known already", "other": "no report of ours"}
    click.echo(", ".join(f"{tally[kind]:,} {name}" for kind, name in names.items()) + ".")
