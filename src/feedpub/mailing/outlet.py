"""The way messages leave, as [mail] says: their signature, and the connections that take them."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from feedpub.errors import FeedpubError, Problem
from feedpub.site import Mail, Site

if TYPE_CHECKING:
    from feedpub.transport import Transport

# A message may take six answers of the server; a lease must outlast them, or a second worker would send it again.
_ANSWERS = 6
PASSWORD = "FEEDPUB_SMTP_PASSWORD"  # noqa: S105 the name of the variable


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


def way_out(folder: Path, site: Site) -> Callable[[], "Transport"]:
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


def server_of(mail: Mail) -> str:
    """What takes our mail, by host and port: the name under which the ledger keeps what is known of it."""
    return mail.url.partition("://")[2].rpartition("@")[2] or mail.url


def lease(site: Site) -> timedelta:
    """For how long a worker may hold what it sends."""
    return timedelta(seconds=site.mail.timeout * _ANSWERS * 2)


def envelope_sender(site: Site, digest: str, token: str) -> str:
    """The envelope's sender: with [mail] bounce, one that tells whom a bounce is about (VERP), by the subscriber's token."""
    if site.mail.bounce and site.mail.bounce.email:
        local, _, domain = site.mail.bounce.email.rpartition("@")
        return f"{local}+{token}@{domain}"
    return next((one.sender.email or "" for one in site.digests if one.name == digest), "")
