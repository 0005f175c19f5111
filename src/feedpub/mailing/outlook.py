"""What of a digest went out already and what comes next, read from the ledger and the articles: nothing is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from feedpub.digest import Reason, in_words, last_slot, left_out
from feedpub.errors import FeedpubError, Problem
from feedpub.mailing.newsletter import Edition, edition
from feedpub.model import Article
from feedpub.site import Digest, Site
from feedpub.store import Recorded, active_count, considered, find_store, issued_slugs, recorded, refused


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger knows of a digest. Where there is none yet nothing is `known`, and where it can't be read, `unread`
    says why.

    `last` is its latest slot that came, `considered` the latest that was looked at (as a timestamp), `issues` has what was
    made of the slots that were asked for, and `active` counts its subscribers.
    """

    known: bool = False
    issued: frozenset[str] = frozenset()
    issued_before: Mapping[datetime, frozenset[str]] = field(default_factory=dict)
    issues: Mapping[datetime, Recorded] = field(default_factory=dict)
    considered: float | None = None
    active: int = 0
    unread: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """The issue of a slot: the edition it is or would be, what is not in it and why, and what was `made` of it already."""

    digest: Digest
    slot: datetime
    edition: Edition | None
    left: Mapping[Reason, int]
    made: Recorded | None

    def reasons(self) -> str:
        """Why what is not in it is not, in words: `17 not featured, 1 older than 30d (max_age)`; "" if nothing is left out."""
        return ", ".join(in_words(self.left, self.digest))


def remember(folder: Path, site: Site, digest: Digest, slots: Iterable[datetime] = (), *, now: datetime) -> Memory:
    """What the ledger knows of `digest` and of its issues of `slots`. A ledger that can't be read is no failure: an author
    need not have the operator's database at hand.
    """
    try:
        engine = find_store(site.store.url, folder)
        if engine is None:
            return Memory()
        with engine.begin() as conn:
            found = {slot: one for slot in slots if (one := recorded(conn, digest.name, slot))}
            real = [slot for slot, one in found.items() if not one.rehearsal]
            return Memory(
                True,
                frozenset(issued_slugs(conn, digest.name)),
                {slot: frozenset(issued_slugs(conn, digest.name, before=slot)) for slot in real},
                found,
                considered(conn, digest.name, now=now, rehearsal=site.mail.rehearses),
                active_count(conn, digest.name),
            )
    except FeedpubError as error:
        return Memory(unread=error.problems)
    except SQLAlchemyError as error:
        return Memory(unread=refused(error).problems)


def outlook(
    folder: Path,
    site: Site,
    digest: Digest,
    articles: Iterable[Article],
    memory: Memory,
    *,
    slot: datetime,
    issued: Iterable[str] = (),
) -> Outlook:
    """The issue of `slot`, as it would be made of the articles as they are; one that went out, without what later ones held.

    `issued` are slugs that count as issued besides. Raises FeedpubError for faults in settings or templates.
    """
    articles = list(articles)
    gone = memory.issued_before.get(slot, memory.issued) | frozenset(issued)
    made = edition(folder, site, digest, articles, slot=slot, issued=gone)
    shown = made.issue.articles if made else ()
    left = left_out(digest, articles, slot=slot, issued=gone, shown=shown)
    return Outlook(digest, slot, made, left, memory.issues.get(slot))


def overdue(digest: Digest, memory: Memory, *, now: datetime) -> datetime | None:
    """The slot that came and was not looked at yet, so that `send --due` would make its issue; None if there is none."""
    slot = last_slot(digest, now)
    if slot is None or memory.considered is None or slot.timestamp() <= memory.considered or slot in memory.issues:
        return None
    return slot


def went(made: Recorded) -> str:
    """What became of an issue, in words: `went out already (3 sent, 1 failed)`."""
    states = ", ".join(
        f"{made.states[state]:,} {state}" for state in ("queued", "sending", "sent", "failed") if made.states.get(state)
    )
    return f"{'was rehearsed' if made.rehearsal else 'went out already'} ({states or 'to nobody'})"
