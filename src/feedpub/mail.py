"""The table [mail]: how messages leave."""

import re
from typing import Annotated, Literal

import msgspec

from feedpub import readers
from feedpub.errors import quoted
from feedpub.model import Author
from feedpub.settings import Reader, Settings

Positive = Annotated[int, msgspec.Meta(ge=1)]
Tls = Literal["required", "opportunistic", "none"]

# Headers that we write, that servers write, or that would make another message of it.
_OURS = re.compile(
    "from|sender|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|mime-version|content-.*|list-.*|feedback-id"
    "|auto-submitted|dkim-signature|return-path|received|resent-.*",
    re.IGNORECASE,
)
_LONGEST = 900  # RFC 5322, 2.1.1: a line has at most 998 characters


class DkimKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table [mail.dkim]: the selector, the file of the private key, and the domain (default: that of the digest)."""

    selector: str
    key_file: str
    domain: str | None = None


class Mail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table [mail]. `rate` is messages per second, `per_hour` and `per_day` a provider's quotas, `timeout` seconds.

    `tls` is None where it follows from `url`: required where that has a user, whose password is sent. `rehearsal` says whether
    what leaves reaches anybody; None leaves it to the url. `on_stop` is whom to tell when sending stops: a mail address, an
    address on the web, or a command.
    """

    url: str = "maildir:outbox"
    connections: Positive = 16
    rate: Annotated[float, msgspec.Meta(gt=0)] | None = None
    per_hour: Positive | None = None
    per_day: Positive | None = None
    bounce: Author | None = None
    unsubscribe: Author | None = None
    on_stop: str | None = None
    password_file: str | None = None
    timeout: Annotated[int, msgspec.Meta(ge=1, le=300)] = 300
    tls: Tls | None = None
    ca_file: str | None = None
    headers: dict[str, str] = {}
    dkim: DkimKey | None = None
    rehearsal: bool | None = None

    @property
    def folder(self) -> str | None:
        """The folder that takes the messages, where no server does; relative to feedpub.toml."""
        return self.url.removeprefix("maildir:") if self.url.startswith("maildir:") else None

    @property
    def rehearses(self) -> bool:
        """Whether messages reach nobody, so that nothing counts as issued: true of a folder, unless the settings say no."""
        return self.folder is not None if self.rehearsal is None else self.rehearsal


def read_mail(settings: Settings) -> Mail | None:
    """The table [mail] of `settings`, or None with Problems."""
    mail = settings.read(Mail, settings.tables.get("mail", {}), path="mail", readers=_READERS)
    if mail is None:
        return None
    if mail.url.startswith("smtps:") and mail.tls not in (None, "required"):
        what = f'"{mail.tls}" contradicts url: smtps:// is encrypted from the start'
        settings.problem("mail", "tls", what, "leave it out, or write smtp:// in url")
    names = set[str]()
    for name, value in mail.headers.items():
        if problem := _problem(name, value) or ("stands twice" if name.lower() in names else ""):
            what, _, mend = problem.partition("; ")
            settings.problem("mail", "headers", f"{quoted(name)} {what}", mend or 'write headers = { "X-Name" = "value" }')
        names.add(name.lower())
    return mail


def _problem(name: str, value: str) -> str:
    """What is wrong with a header of the site's own (RFC 5322, 2.2); "" if nothing is."""
    if not re.fullmatch("[!-9;-~]{1,76}", name):
        return "is no name of a header: letters, digits and hyphens"
    if _OURS.fullmatch(name):
        return "is a header that feedpub or the servers write; leave it out"
    if not value.isascii() or not value.isprintable() or not value.strip():
        return "has a value that is not one line of ASCII"
    return f"has more than {_LONGEST} characters" if len(value) > _LONGEST else ""


_READERS: dict[str, Reader] = {
    "url": readers.read_mail_url,
    "bounce": readers.read_mailbox,
    "unsubscribe": readers.read_mailbox,
    "on_stop": readers.read_alarm,
}
