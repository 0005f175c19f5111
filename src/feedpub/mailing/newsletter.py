"""The use cases of a digest: an issue as files to look at, and an issue published into the ledger."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import imagesize
import msgspec
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from feedpub.content import Addresses, render_body
from feedpub.digest import Letter, check_categories, compose, last_slot, letter, lint, message, render
from feedpub.errors import FeedpubError, Problem, quoted
from feedpub.loading import image_file
from feedpub.model import UNSUBSCRIBE, Article, Body, Email, Issue
from feedpub.site import Digest, Site
from feedpub.store import add_issue, considered, has_issue, issued_slugs, note_look
from feedpub.templates import environment

# Whom the files of a preview are addressed to: RFC 2606 keeps the name free.
_READER = "reader@example.org"


@dataclass(frozen=True, slots=True)
class Edition:
    """An issue made ready: what it holds, how it looks, and the letter that goes to everybody."""

    issue: Issue
    email: Email
    letter: Letter
    warnings: tuple[Problem, ...]


def choose(site: Site, name: str | None) -> Digest:
    """The digest of that name, or the only one. Raises FeedpubError if there is none, or several and no name."""
    if not site.digests:
        mend = "write a table [[digest]] with name, from and schedule, as in the feedpub.toml that feedpub init writes"
        raise FeedpubError([Problem("feedpub.toml", 0, "digest", "this site has no digest", mend)])
    names = [digest.name for digest in site.digests]
    if name is None and len(names) > 1:
        raise FeedpubError(
            [Problem("feedpub.toml", 0, "digest", "this site has several digests", f"name one: {', '.join(names)}")]
        )
    if name is not None and name not in names:
        raise FeedpubError(
            [Problem("feedpub.toml", 0, "digest", f"there is no digest {quoted(name)}", f"name one of: {', '.join(names)}")]
        )
    return site.digests[names.index(name or names[0])]


def edition(
    folder: Path, site: Site, digest: Digest, articles: Iterable[Article], *, slot: datetime, issued: Collection[str],
    body_of: Callable[[Article], Body] | None = None,
) -> Edition | None:  # fmt: skip
    """The issue of `slot` (aware) made ready to send; None when too little is new. Nothing is written or sent.

    `issued` holds the slugs of earlier issues; `body_of` renders articles that come without their Markdown. Raises
    FeedpubError for faults in the digest's settings or templates.
    """
    articles, site = list(articles), site.in_language(digest.language)
    spelt = check_categories(digest, articles)
    templates = environment((folder / digest.template).absolute() if digest.template else None)
    issue = compose(digest, articles, slot=slot, issued=issued)
    if issue is None:
        return None
    shapes = {a.slug: shape for a in issue.articles if (shape := _shape(folder, a))}
    email = render(issue, digest, site, templates, body_of or _body_of(articles, site), shapes)
    found = lint.warnings(email, issue, digest, site, _template_files(folder, digest))
    # What was left out for size was not issued: it goes into the next one.
    shown = msgspec.structs.replace(issue, articles=issue.articles[: len(issue.articles) - email.left_out])
    return Edition(shown, email, letter(email, shown, digest, site), tuple(sorted([*spelt, *found])))


def _body_of(articles: list[Article], site: Site) -> Callable[[Article], Body]:
    addresses = Addresses(articles if any(article.mentions for article in articles) else (), site)
    return lambda article: render_body(article, site, addresses.of(article))


def preview(made: Edition, site: Site) -> dict[str, bytes]:
    """The edition as files: `issue.txt`, `issue.eml` and, unless it is plain text only, `issue.html`.

    They are addressed to nobody, and the link to unsubscribe is the site's own, without a token.
    """
    link = f"{site.web_url}/unsubscribe"
    files = {
        "issue.txt": made.email.text.replace(UNSUBSCRIBE, link).encode(),
        "issue.eml": message(made.letter, to=_READER, unsubscribe=link, sent=made.issue.slot),
    }
    return files | ({"issue.html": made.email.html.replace(UNSUBSCRIBE, link).encode()} if made.email.html else {})


def due(conn: Connection, site: Site, *, now: datetime) -> list[tuple[Digest, datetime]]:
    """The digests with a slot that came since the last one looked at, and that slot: the latest only, however many came.

    None of a digest that the ledger does not know, nor of one whose issue went out early.
    """
    found = []
    for digest in site.digests:
        slot, rehearsal = last_slot(digest, now), site.mail.rehearses
        seen = considered(conn, digest.name, now=now, rehearsal=rehearsal)
        late = slot is not None and seen is not None and slot.timestamp() > seen
        if slot and late and not has_issue(conn, digest.name, slot, rehearsal=rehearsal):
            found.append((digest, slot))
    return found


def welcome(conn: Connection, site: Site, *, now: datetime) -> None:
    """Note each digest that the ledger does not know with its last slot, so that its first issue is that of its next."""
    for digest in site.digests:
        if considered(conn, digest.name, now=now, rehearsal=site.mail.rehearses) is None:
            note_look(conn, digest.name, last_slot(digest, now) or now)


def publish(
    engine: Engine,
    folder: Path,
    site: Site,
    digest: Digest,
    articles: Iterable[Article],
    *,
    slot: datetime,
    now: datetime,
    rehearsal: bool = False,
) -> tuple[Edition | None, int]:
    """Make the issue of `slot` and queue its deliveries, in one transaction; the edition, and how many were queued.

    Where there is an issue of that slot already, by an earlier run or another process, nothing is added. Where nothing is
    new the slot is noted as looked at, and there is no edition. Sends nothing: `deliver()` does. What is published in times
    to come is not in it, though the slot may come later still.
    """
    with engine.begin() as conn:
        if has_issue(conn, digest.name, slot, rehearsal=rehearsal):
            return None, 0
        issued = issued_slugs(conn, digest.name)
    if slot > now:
        articles = [article for article in articles if article.published <= now]
    made = edition(folder, site, digest, articles, slot=slot, issued=issued)
    content = (made.issue, made.email.subject, made.letter) if made else None
    try:
        with engine.begin() as conn:
            queued = add_issue(conn, digest.name, slot, content, now=now, rehearsal=rehearsal)
    except IntegrityError:  # another process made it in the meantime
        queued = 0
    return made, queued


def _template_files(folder: Path, digest: Digest) -> tuple[str, str]:
    """The HTML and the text template, as Problems name them: the digest's own where it has one."""

    def shown(name: str) -> str:
        own = Path(digest.template or "", name)
        return str(own) if digest.template and (folder / own).is_file() else name

    return shown("digest.html.j2"), shown("digest.txt.j2")


def _shape(folder: Path, article: Article) -> tuple[int, int] | None:
    path = image_file(folder, article)
    try:
        width, height = imagesize.get(path) if path else (-1, -1)
    except (OSError, ValueError):
        return None
    return (width, height) if width > 0 and height > 0 else None
