"""feedpub send --again: what failed is queued again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from feedpub.cli.report import counted

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedpub.site import Digest


def queue_failed(engine: Engine, digest: Digest, text: str | None, *, rehearsal: bool, dry_run: bool) -> None:
    """Queue what failed of the latest issue of `digest` and holds `text` in its reason, and show what that is, by cause."""
    from feedpub.store import failures, queue_again

    now = datetime.now(digest.timezone or UTC)
    with engine.begin() as conn:
        found = failures(conn, digest.name, text=text, rehearsal=rehearsal, now=now)
        if found is not None and not dry_run:
            queue_again(conn, found.chosen, now=now)
    if found is None:
        click.echo(f"{digest.name}: no issue was made yet")
        return
    click.echo(f"{digest.name}, {found.slot:%a %Y-%m-%d %H:%M %Z}: {sum(count for *_, count in found.groups):,} failed")
    for why, chosen, count in found.groups:
        click.echo(f"{count:9,} × {why}{'' if chosen else '  (left as it is)'}")
    what = "would be queued again; nothing was changed" if dry_run else "queued again"
    click.echo(f"{counted(len(found.chosen), 'delivery')} {what}.")
