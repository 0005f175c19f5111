"""What the commands of the newsletter share: the site, its store, and the way its messages leave."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.report import at
from feedpub.errors import FeedpubError, Problem

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from feedpub.model import Article
    from feedpub.site import Site
    from feedpub.transport import Transport

PASSWORD = "FEEDPUB_SMTP_PASSWORD"  # noqa: S105 the name of the variable
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


def sound_articles(folder: Path, site: Site) -> list[Article]:
    """Every article of the site. Raises FeedpubError with the Problems of all of them, as a build would."""
    from feedpub.loading import load_articles

    articles, problems = load_articles(folder, site)
    if problems:
        raise FeedpubError(at(folder, problems))
    return articles


def signer(folder: Path, site: Site) -> Callable[[bytes, str], bytes]:
    """Signs a message of a digest as [mail.dkim] says; without that table, leaves it as it is."""
    settings = site.mail.dkim
    if settings is None:
        return lambda data, _: data
    from feedpub.transport import Dkim

    domains = {digest.name: settings.domain or (digest.sender.email or "").rpartition("@")[2] for digest in site.digests}
    keys = {
        domain: Dkim(domain=domain, selector=settings.selector, key_file=folder / settings.key_file)
        for domain in sorted(set(domains.values()))
    }
    return lambda data, digest: keys[domains[digest]].signed(data) if digest in domains else data


def way_out(folder: Path, site: Site) -> Callable[[], Transport]:
    """Makes connections to where [mail] url sends. The password is that of the environment, else of the file."""
    from feedpub.transport import Maildir, Smtp

    if site.mail.url.startswith("maildir:"):
        place = folder / site.mail.url.removeprefix("maildir:")
        return lambda: Maildir(place)
    password = os.environ.get(PASSWORD)
    if password is None and site.mail.password_file:
        try:
            password = (folder / site.mail.password_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            what = f"this file can't be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
            raise FeedpubError([Problem("feedpub.toml", 0, "mail.password_file", what, f"or set {PASSWORD}")]) from error
    return lambda: Smtp(site.mail.url, password=password, timeout=site.mail.timeout)


def address_of(text: str) -> str:
    """`text` as a mail address. Raises FeedpubError if it is none."""
    from feedpub.store import read_address

    try:
        return read_address(text)
    except ValueError as error:
        raise FeedpubError([Problem(text, 0, "", f"is not a mail address: {error}")]) from error


__all__ = ["address_of", "signer", "site_of", "site_option", "sound_articles", "store_of", "way_out"]
