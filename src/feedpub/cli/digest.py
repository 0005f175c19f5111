"""feedpub digest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.report import at, counted, say, table, waiting
from feedpub.errors import FeedpubError, Problem, printable

if TYPE_CHECKING:
    from feedpub.mailing.outlook import Memory, Outlook
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
    from feedpub.mailing.newsletter import choose, preview
    from feedpub.mailing.outlook import outlook, overdue, remember, went

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
        known = {article.slug for article in articles if earlier and article.published <= earlier}
        memory = remember(folder, site, digest, (slot,), now=now)
        seen = outlook(folder, site, digest, articles, memory, slot=slot, issued=known)
    except FeedpubError as error:
        raise _at_fault(folder, error.problems) from error
    where, made = f"{digest.name}, {slot:%a %Y-%m-%d %H:%M %Z}", seen.edition
    told = [f"Left out: {seen.reasons()}."] if seen.left else []
    if seen.made:
        told.append(f"This issue {went(seen.made)}.")
    elif not at_time and (late := overdue(digest, memory, now=now)):
        told.append(f"That of {late:%a %Y-%m-%d %H:%M %Z} is due and not sent: feedpub send does that.")
    if earlier:
        told.append(f"What was published up to {earlier:%Y-%m-%d %H:%M %Z} counts as issued.")
    elif not memory.known:
        told.append(f"Of earlier issues nothing is known: {_unknown(memory)}.")
    say(memory.unread)
    if (later := [a.published for a in articles if a.published > slot and not a.draft]) and digest.timezone:
        click.echo(waiting(len(later), min(later).astimezone(digest.timezone)), err=True)
    if made is None:
        click.echo("\n".join((f"Nothing new for {digest.name} at {slot:%Y-%m-%d %H:%M %Z}: no issue.", *told)))
        return
    place = output or folder / "issue"
    files = preview(made, site)
    write_files(place, files)
    say(at(folder, made.warnings))
    size = f", {len(made.email.html.encode()) / 1000:.0f} kB of HTML" if made.email.html else ""
    click.echo(f"{where}: {printable(made.email.subject)}")
    click.echo("\n".join((f"{counted(len(made.issue.articles), 'story')}{size}", *told)))
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
    from feedpub.mailing.outlook import outlook, overdue, remember, went

    rows: list[tuple[object, ...]] = []
    for digest in digests:
        last, slots = last_slot(digest, now), next_slots(digest, now, 5)
        memory = remember(folder, site, digest, (*slots, *filter(None, [last])), now=now)
        say(memory.unread)
        if not memory.known:
            past = f"not known: {_unknown(memory)}"
        elif last and (before := memory.issues.get(last)):
            past = f"{went(before)}: {before.subject}"
        else:
            past = "is due and not sent" if overdue(digest, memory, now=now) else "no issue"
        rows.append((digest.name, f"{last:%a %Y-%m-%d %H:%M}" if last else "never", digest.timezone, printable(past)))
        for slot in slots:
            seen = outlook(folder, site, digest, articles, memory, slot=slot) if slot == slots[0] else None
            rows.append(("", f"{slot:%a %Y-%m-%d %H:%M}", f"{slot:%Z}", printable(_coming(seen)) if seen else ""))
    click.echo(table(rows, ("digest", "last, next five", "zone", "issue"), left=True))


def _coming(seen: Outlook) -> str:
    """What comes next, in one line."""
    left = f"; left out: {seen.reasons()}" if seen.left else ""
    if seen.edition is None:
        return f"nothing new{left}"
    return f"{seen.edition.email.subject} ({counted(len(seen.edition.issue.articles), 'story')}{left})"


def _unknown(memory: Memory) -> str:
    return "the ledger can't be read" if memory.unread else "there is no ledger yet"


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
