"""What the commands of the newsletter share: the site, its store, and the way its messages leave."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.report import at
from feedpub.errors import FeedpubError, Problem

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedpub.mailing.delivery import Report
    from feedpub.model import Article
    from feedpub.site import Site

site_option = click.option(
    "--site", "folder", type=click.Path(path_type=Path), default=".", show_default="here", help="The site's folder."
)


def site_of(folder: Path) -> Site:
    """The site in `folder`. Raises FeedpubError, its Problems named as they are seen from here."""
    from feedpub.loading import load_site

    try:
        return load_site(folder)
    except FeedpubError as error:
        raise FeedpubError(at(folder, error.problems)) from error


def store_of(folder: Path, site: Site) -> Engine:
    """The site's database."""
    from feedpub.store import open_store

    return open_store(site.store.url, folder)


def reading_store(folder: Path, site: Site) -> Engine:
    """The site's database, for reading alone, so that nobody who sends or signs up waits; made or migrated if need be."""
    from feedpub.store import find_store, open_store

    try:
        found = find_store(site.store.url, folder)
    except FeedpubError:
        found = None
    if found is None:
        open_store(site.store.url, folder).dispose()
        found = find_store(site.store.url, folder)
    assert found is not None
    return found


def sound_articles(folder: Path, site: Site) -> list[Article]:
    """Every article of the site. Raises FeedpubError with the Problems of all of them, as a build would."""
    from feedpub.loading import load_articles

    articles, problems = load_articles(folder, site)
    if problems:
        raise FeedpubError(at(folder, problems))
    return articles


def address_of(text: str) -> str:
    """`text` as a mail address. Raises FeedpubError if it is none."""
    from feedpub.store import read_address

    try:
        return read_address(text)
    except ValueError as error:
        raise FeedpubError([Problem(text, 0, "", f"is not a mail address: {error}")]) from error


def delivered(site: Site, report: Report) -> str:
    """What a run did, in words; what went into a folder was not sent."""
    answers, folder = report.answers, site.mail.folder
    done = "sent" if folder is None else f"put into the folder {folder}"
    told = f"{answers['sent']:,} {done}, {answers['queued']:,} deferred, {answers['failed']:,} failed."
    if site.mail.rehearses and answers["sent"]:
        told += " It was a rehearsal: it reached nobody, and no article is spent. With a server in [mail] url, the next"
        told += " feedpub send sends it to everybody."
    return told


__all__ = ["address_of", "delivered", "reading_store", "site_of", "site_option", "sound_articles", "store_of"]
