"""feedpub ids."""

from pathlib import Path

import click

from feedpub.cli.desk import site_of, site_option
from feedpub.cli.report import counted, say
from feedpub.errors import FeedpubError, Problem, quoted


@click.group("ids")
def ids_command() -> None:
    """The ids by which feed readers know the articles."""


@ids_command.command("import")
@click.argument("feeds", metavar="FEED...", nargs=-1, required=True, type=click.Path(path_type=Path))
@site_option
@click.option("--dry-run", is_flag=True, help="Say what would be kept, and write nothing.")
def import_command(feeds: tuple[Path, ...], folder: Path, dry_run: bool) -> None:
    """Keep the ids that articles have in the files FEED: RSS, Atom or JSON, of the tool that made your feed before.

    Readers know an article by its id. With another one, each article would be new to every subscriber when your feed moves
    to feedpub. The ids are written into feedpub.ids.toml, never into articles. Entries that no article is are listed, and
    `feedpub check` reminds of them.
    """
    from feedpub.disk import write_files
    from feedpub.ids import IDS, Ids, read_ids, written
    from feedpub.loading import load_articles
    from feedpub.publishing.oldfeed import match, read_feed

    entries = []
    for feed in feeds:
        try:
            entries += read_feed(feed.read_bytes(), str(feed))
        except OSError as error:
            what = f"can't be read: {(error.strerror or str(error)).lower()}"
            raise FeedpubError([Problem(str(feed), 0, "", what, "name the file of a feed")]) from error
    site = site_of(folder)
    # An article with a problem stands in no feed of ours yet; this may be run again once it is mended.
    articles = [article for article in load_articles(folder, site)[0] if not article.id]
    place = folder / IDS
    before = read_ids(place.read_text(encoding="utf-8"), IDS) if place.is_file() else Ids()
    found = match(entries, articles, site)
    ids = found.ids | before.ids  # what was kept before may have been mended by hand
    unmatched = {entry.id: entry.title or entry.url or entry.id for entry in found.unmatched if entry.id not in ids.values()}
    after = Ids(ids, {id: title for id, title in (before.unmatched | unmatched).items() if id not in ids.values()})
    ways = ", ".join(f"{count} by {way}" for way, count in found.found.items())
    click.echo(
        f"{counted(len(set(entries)), 'entry')}: {counted(len(found.ids), 'article')} found{f' ({ways})' if ways else ''}."
    )
    say(
        Problem(str(place), 0, "", f"no article is {quoted(title)} ({id})", "write guid: into its front matter", "warning")
        for id, title in sorted(unmatched.items())
    )
    if dry_run:
        click.echo("Nothing was written.")
    elif after != before:
        write_files(folder, {IDS: written(after).encode()})
        click.echo(f"written  {place}")
