"""What the commands of the newsletter share: the site, its store, and the way its messages leave."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.build import load_articles, load_site
from feedpub.cli.report import at
from feedpub.errors import FeedpubError, Problem
from feedpub.model import Article
from feedpub.outlet import signer, way_out
from feedpub.site import Site

if TYPE_CHECKING:
    from sqlalchemy import Engine

site_option = click.option(
    "--site", "folder", type=click.Path(path_type=Path), default=".", show_default="here", help="The site's folder."
)


def site_of(folder: Path) -> Site:
    """The site in `folder`. Raises FeedpubError, its Problems named as they are seen from here."""
    try:
        return load_site(folder)
    except FeedpubError as error:
        raise FeedpubError(at(folder, error.problems)) from error


def store_of(folder: Path, site: Site) -> "Engine":
    """The site's database."""
    from feedpub.store import open_store

    return open_store(site.store.url, folder)


def sound_articles(folder: Path, site: Site) -> list[Article]:
    """Every article of the site. Raises FeedpubError with the Problems of all of them, as a build would."""
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


__all__ = ["address_of", "signer", "site_of", "site_option", "sound_articles", "store_of", "way_out"]
