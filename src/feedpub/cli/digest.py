"""feedpub digest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.report import at, counted, say, table
from feedpub.errors import FeedpubError, Problem, printable

if TYPE_CHECKING:
    from feedpub.model import Article
    from feedpub.site import Digest, Site


@click.command("digest")
@click.argument("name", required=False)
@click.option("--site", "folder", type=click.Path(path_type=Path), default=".", help="The site's folder.", show_default="here")
@click.option("--at", "at_time", metavar="TIME", help="Compose the issue due at this time, such as 2025-11-10T08:00.")
@click.option("--since", metavar="TIME", help="Leave out what was published up to this time.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the files.  [default: issue, in the site]")
@click.option("--open", "open_it", is_flag=True, help="Show the issue in a browser.")
@click.option("--list", "list_them", is_flag=True, help="Show every digest, its slots, and what would go out next.")
def digest_command(
    name: str | None, folder: Path, at_time: str | None, since: str | None, output: Path | None, open_it: bool, list_them: bool
) -> None:
    """Compose an issue of the digest NAME (default: the only one), and write it as HTML, text and message.

    Without --at it is the next issue, with what is there to go into it now. Nothing is sent, nothing is recorded.
    """
    from feedpub.cli.desk import site_of
    from feedpub.disk import write_files
    from feedpub.loading import load_articles
    from feedpub.mailing.newsletter import choose, edition, preview

    now = datetime.now(UTC)
    site = site_of(folder)
    chosen = [choose(site, name)] if name or not list_them else list(site.digests) or [choose(site, None)]
    times = {option: read_time(text, option, chosen[0]) for option, text in (("--at", at_time), ("--since", since)) if text}
    articles, problems = load_articles(folder, site)
    if problems:
        raise _at_fault(folder, problems)
    try:
        if list_them:
            _list(folder, site, chosen, articles, times.get("--at", now))
            return
        digest = chosen[0]
        slot = _slot(digest, times.get("--at"), now)
        earlier = times.get("--since")
        issued = {article.slug for article in articles if earlier and article.published <= earlier}
        made = edition(folder, site, digest, articles, slot=slot, issued=issued)
    except FeedpubError as error:
        raise _at_fault(folder, error.problems) from error
    if made is None:
        click.echo(f"Nothing new for {digest.name} at {slot:%Y-%m-%d %H:%M %Z}: no issue.")
        return
    place = output or folder / "issue"
    files = preview(made, site)
    write_files(place, files)
    say(at(folder, made.warnings))
    size = f", {len(made.email.html.encode()) / 1000:.0f} kB of HTML" if made.email.html else ""
    click.echo(f"{digest.name}, {slot:%a %Y-%m-%d %H:%M %Z}: {printable(made.email.subject)}")
    click.echo(f"{counted(len(made.issue.articles), 'story')}{size}")
    for file in files:
        click.echo(f"written  {place / file}")
    if open_it:
        click.launch(str((place / ("issue.html" if made.email.html else "issue.txt")).absolute()))


def _slot(digest: Digest, at_time: datetime | None, now: datetime) -> datetime:
    """The slot that is due at `at_time`; else the next one."""
    from feedpub.digest import last_slot, next_slots

    slot = last_slot(digest, at_time) if at_time else None
    if slot is None and at_time is None:
        slot = next(iter(next_slots(digest, now)), None)
    if slot is None:
        raise FeedpubError([digest.problem("schedule", "has no slot at that time", 'write for example "0 8 * * mon"')])
    return slot


def _list(folder: Path, site: Site, digests: list[Digest], articles: list[Article], now: datetime) -> None:
    from feedpub.digest import last_slot, next_slots
    from feedpub.mailing.newsletter import edition

    rows: list[tuple[object, ...]] = []
    for digest in digests:
        last, slots = last_slot(digest, now), next_slots(digest, now, 5)
        made = edition(folder, site, digest, articles, slot=slots[0], issued=()) if slots else None
        coming = f"{made.email.subject} ({counted(len(made.issue.articles), 'story')})" if made else "nothing new"
        rows.append((digest.name, f"{last:%a %Y-%m-%d %H:%M}" if last else "never", digest.timezone, coming))
        rows += [("", f"{slot:%a %Y-%m-%d %H:%M}", f"{slot:%Z}", "") for slot in slots]
    click.echo(table(rows, ("digest", "last, next five", "zone", "next issue"), left=True))


def read_time(text: str, option: str, digest: Digest) -> datetime:
    """The time that an option names, in the digest's zone. Raises click.BadParameter."""
    from feedpub.content import read_instant

    assert digest.timezone
    try:
        return read_instant(text, digest.timezone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def _at_fault(folder: Path, problems: Iterable[Problem]) -> FeedpubError:
    return FeedpubError(at(folder, problems))
