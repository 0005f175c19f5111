"""The way messages leave, as [mail] says: their signature, and the connections that take them."""

import os
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from feedpub.digest import message
from feedpub.errors import FeedpubError, Problem
from feedpub.mail import Mail
from feedpub.mailing.seal import Seal
from feedpub.site import Site

if TYPE_CHECKING:
    from feedpub.digest import Letter
    from feedpub.store import Claim
    from feedpub.transport import Transport

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
    """Makes connections to where [mail] url sends. The password is that of the environment, else of the file.

    Raises FeedpubError for a file of [mail] that can't be used.
    """
    from feedpub.transport import Headed, Maildir, Smtp

    mail = site.mail
    if mail.folder is not None:
        place = folder / mail.folder
        return lambda: Headed(Maildir(place), mail.headers)
    password, trust = _password(folder, mail), _authorities(folder, mail)
    return lambda: Headed(Smtp(mail.url, password=password, timeout=mail.timeout, tls=mail.tls, trust=trust), mail.headers)


def _password(folder: Path, mail: Mail) -> str | None:
    password = os.environ.get(PASSWORD)
    if password is not None or not mail.password_file:
        return password
    try:
        return (folder / mail.password_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        what = f"this file can't be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
        raise FeedpubError([Problem("feedpub.toml", 0, "mail.password_file", what, f"or set {PASSWORD}")]) from error


def _authorities(folder: Path, mail: Mail) -> ssl.SSLContext:
    """Who may vouch for the server: those that the system trusts, or those of `ca_file` alone. It takes some milliseconds."""
    try:
        return ssl.create_default_context(cafile=folder / mail.ca_file if mail.ca_file else None)
    except OSError as error:
        what = f"{mail.ca_file} can't be used: {'it holds no certificate' if isinstance(error, ssl.SSLError) else error.strerror}"
        mend = "name a file with the certificate of the authority, as PEM"
        raise FeedpubError([Problem("feedpub.toml", 0, "mail.ca_file", what, mend)]) from error


def server_of(mail: Mail) -> str:
    """What takes our mail, by host and port: the name under which the ledger keeps what is known of it."""
    return mail.url.partition("://")[2].rpartition("@")[2] or mail.url


def lease(site: Site) -> timedelta:
    """For how long a worker may hold what it sends: longer than a message takes, or a second one would send it again."""
    from feedpub.transport import patience

    return timedelta(seconds=2 * patience(site.mail.timeout))


def addressed(site: Site, letter: "Letter", one: "Claim", seal: Seal, *, sent: datetime) -> tuple[bytes, str]:
    """The message of a delivery, and the envelope's sender: both tell, in what comes back, which delivery it is about."""
    leave, mailto = site.mail.unsubscribe, ""
    if leave and leave.email:
        token = seal.token("leave", one.id)
        mailto = f"mailto:{quote(_plus(leave.email, token), safe='@+')}?subject={quote(f'unsubscribe {token}')}"
    link = f"{site.web_url}/unsubscribe/{one.token}/{one.digest}"
    data = message(letter, to=one.address, unsubscribe=link, sent=sent, mailto=mailto, name=seal.token("message", one.id))
    return data, envelope_sender(site, one.digest, seal.token("bounce", one.id))


def envelope_sender(site: Site, digest: str, token: str = "") -> str:
    """The envelope's sender: with [mail] bounce, one that holds the token of a delivery, if it is one (VERP)."""
    if site.mail.bounce and site.mail.bounce.email:
        return _plus(site.mail.bounce.email, token)
    return next((one.sender.email or "" for one in site.digests if one.name == digest), "")


def _plus(address: str, token: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}" if token else address
