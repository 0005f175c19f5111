"""The use case: what comes back by mail reaches the ledger: failed deliveries, complaints, and mails that end a subscription."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine

from feedpub.mailing.bounces.mailboxes import messages
from feedpub.mailing.bounces.mends import mend
from feedpub.mailing.bounces.noting import Clerk, Outcome, note_refusals, settle
from feedpub.mailing.bounces.parts import UnreadableError
from feedpub.mailing.bounces.report import Report, read_report
from feedpub.mailing.bounces.rules import Verdict, judge
from feedpub.mailing.seal import Seal
from feedpub.site import Site
from feedpub.store import sealing_key

__all__ = ["Outcome", "Report", "Verdict", "judge", "mend", "note_refusals", "read_bounces", "read_report"]

_BATCH = 200  # messages noted in one transaction, so that a run of sending need not wait for a whole mailbox


def read_bounces(
    engine: Engine, site: Site, place: Path, *, now: datetime, dry_run: bool = False, force: bool = False, dismiss: bool = False
) -> Outcome:
    """Note every report in a mailbox, then suppress whoever is lost by them; what was done, or with `dry_run` would be.

    Reading the same mailbox again counts nothing twice. A message that can't be read is named, and stops no other. Where the
    brake holds, nobody of that issue is suppressed, now or by a later reading, until `force` (they are) or `dismiss` (they
    are not, and those bounces count no more). Raises FeedpubError when the mailbox can't be read.
    """
    outcome = Outcome()
    reports = _reports(place, outcome)
    with engine.connect() as conn:
        with conn.begin():
            clerk = Clerk(Seal(sealing_key(conn)), site.mail.bounce is not None, now)
        if dry_run:
            with conn.begin() as rehearsal:
                _note(conn, clerk, reports, outcome)
                settle(conn, outcome, now=now, force=force, dismiss=dismiss)
                rehearsal.rollback()
            return outcome
        while some := list(islice(reports, _BATCH)):
            with conn.begin():
                _note(conn, clerk, some, outcome)
        with conn.begin():
            settle(conn, outcome, now=now, force=force, dismiss=dismiss)
    return outcome


def _note(conn: Connection, clerk: Clerk, some: Iterable[tuple[bytes, Report]], outcome: Outcome) -> None:
    for data, report in some:
        clerk.note(conn, data, report, outcome)


def _reports(place: Path, outcome: Outcome) -> Iterator[tuple[bytes, Report]]:
    for name, data in messages(place):
        try:
            report = read_report(data)
        except UnreadableError as error:
            outcome.unreadable.append((name, str(error)))
        except Exception as error:  # strangers write these; whatever one of them finds, the others are read
            outcome.unreadable.append((name, type(error).__name__))
        else:
            yield data, report
