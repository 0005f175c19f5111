"""A turn of the newsletter: the ledger is put right, and the issues of slots are made and queued."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from feedpub.errors import Problem, printable
from feedpub.mailing.newsletter import publish
from feedpub.model import Article
from feedpub.site import Digest, Site
from feedpub.store import active_count, end_rehearsals, has_issue, take_back_looks


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a slot, in one line, and what looks wrong in its issue."""

    digest: Digest
    slot: datetime
    told: str
    warnings: tuple[Problem, ...] = ()


def put_right(engine: Engine, site: Site, *, now: datetime) -> list[str]:
    """What holds before anything is made or sent; what was done for it, in lines for the operator.

    Once messages reach people, rehearsals and what is left of them are forgotten. A clock that was wrong leaves looks at
    slots that have not come: they are taken back.
    """
    told = []
    with engine.begin() as conn:
        if not site.mail.rehearses:
            end_rehearsals(conn)
        for digest in site.digests:
            for slot in take_back_looks(conn, digest.name, now=now):
                moment = slot.astimezone(digest.timezone)
                told.append(
                    f"{digest.name}: its slot {moment:%a %Y-%m-%d %H:%M %Z} was looked at, and has not come: a clock was wrong. "
                    "That is taken back: the slots before it are not skipped."
                )
    return told


def make(
    engine: Engine,
    folder: Path,
    site: Site,
    slots: list[tuple[Digest, datetime]],
    articles: Callable[[], list[Article]],
    *,
    now: datetime,
) -> Iterator[Made]:
    """Make the issue of each slot and queue its deliveries, one after the other. `articles` is called if any is needed.

    Without a subscriber nothing is made or noted: an issue for nobody would spend its articles.
    """
    rehearsal, loaded = site.mail.rehearses, None
    for digest, slot in slots:
        with engine.begin() as conn:
            there, active = has_issue(conn, digest.name, slot, rehearsal=rehearsal), active_count(conn, digest.name)
        if there:
            yield Made(digest, slot, f"this issue was {'rehearsed' if rehearsal else 'made'} already")
        elif not active:
            mend = "add one with feedpub subscribers add ADDRESS"
            yield Made(digest, slot, f"the digest has no subscriber, so nothing is made or sent; {mend}")
        else:
            loaded = articles() if loaded is None else loaded
            made, queued = publish(engine, folder, site, digest, loaded, slot=slot, now=now, rehearsal=rehearsal)
            if made is None:
                yield Made(digest, slot, "nothing new, no issue")
            else:
                count = f"{queued:,} {'delivery' if queued == 1 else 'deliveries'} queued"
                yield Made(digest, slot, f"{printable(made.email.subject)}: {count}", made.warnings)
