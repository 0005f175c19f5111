"""Reports reach the ledger: each is believed as far as its token proves, and counts once for its delivery."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Engine

from feedpub import store
from feedpub.mailing.bounces.brake import Held, braked
from feedpub.mailing.bounces.finding import Finding
from feedpub.mailing.bounces.proofs import Proofs
from feedpub.mailing.bounces.providers import provider
from feedpub.mailing.bounces.report import Report
from feedpub.mailing.bounces.rules import Verdict, judge
from feedpub.mailing.seal import Purpose, Seal
from feedpub.store import Sent
from feedpub.store.returns import Kind

# So long the token of a letter that an older feedpub sent is understood: a server tries for five days, a mailbox may wait.
_OLD_TOKENS = timedelta(days=30)


# An envelope only the servers on the way saw. A Message-ID stands in the letter's headers, and a link in its text: whoever
# has it forwarded has them.
Strength = Literal["envelope", "message", "link"]


@dataclass(slots=True)
class Outcome:
    """What a reading did: messages by kind, troubles by (provider, code, kind), who was suppressed, what the brake held.

    Kinds: hard, soft, trouble, complaint, leave, unproved (wants to leave, without a token), known, automatic (a machine
    answered), delayed, gone (ours, and not known any more), other. `unreadable` holds
    names of messages, and why.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    refusals: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    suppressed: int = 0
    held: list[Held] = field(default_factory=list)
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Clerk:
    """Notes reports, with the key of the ledger; `verp` is whether letters go out with a token in the envelope."""

    seal: Seal
    verp: bool
    now: datetime

    def note(self, conn: Connection, data: bytes, report: Report, outcome: Outcome) -> None:
        """Note one message, and count what it was."""
        name = hashlib.sha256(data).hexdigest()
        if store.is_noted(conn, name):
            outcome.kinds["known"] += 1
        elif report.findings or report.complaint:
            self._returned(conn, name, report, outcome)
        elif report.automatic:
            outcome.kinds["automatic"] += 1
        elif asked := self._sealed(conn, "leave", report.proofs.asked):
            self._noted(conn, name, asked, "leave", "mail to unsubscribe", outcome)
        else:
            outcome.kinds["gone" if self._was_ours(conn, report.proofs) else "unproved" if report.leaves else "other"] += 1

    def _returned(self, conn: Connection, name: str, report: Report, outcome: Outcome) -> None:
        sent, strength = self._delivery(conn, report.proofs)
        if report.complaint:
            if sent and strength != "link":
                self._noted(conn, name, sent, "complaint", report.complaint, outcome)
            elif sent or (sent := self._linked(conn, report.proofs)):
                # What the link alone proves, the link alone could do.
                self._noted(conn, name, sent, "leave", f"complaint {report.complaint}, known by a link", outcome)
            else:
                outcome.kinds["gone" if self._was_ours(conn, report.proofs) else "other"] += 1
            return
        if sent is None:
            outcome.kinds["gone" if self._was_ours(conn, report.proofs) else "other"] += 1
            return
        judged = [(judge(one.status, one.reason), one) for one in _about(report.findings, sent.address) if _failed(one)]
        if not judged:
            outcome.kinds["delayed"] += 1
            return
        verdict, one = min(judged, key=lambda pair: ("trouble", "soft", "hard").index(pair[0].kind))
        # Where letters have a token in the envelope, a report comes to it; one that knows the headers alone is doubted.
        sure = strength == "envelope" or (strength == "message" and not self.verp)
        if verdict.kind == "hard" and not sure:
            verdict = Verdict("soft", verdict.status)
        if self._noted(conn, name, sent, verdict.kind, verdict.status, outcome):
            outcome.refusals[provider(one.server, sent.address), verdict.status, verdict.kind] += 1

    def _noted(self, conn: Connection, name: str, sent: Sent, kind: Kind, status: str, outcome: Outcome) -> bool:
        counts = store.note_return(conn, name, sent, kind, status, now=self.now)
        outcome.kinds[kind if counts else "known"] += 1
        return counts

    def _delivery(self, conn: Connection, proofs: Proofs) -> tuple[Sent | None, Strength]:
        """Whose delivery it was, and what proves that."""
        if sent := self._sealed(conn, "bounce", proofs.envelopes):
            return sent, "envelope"
        if sent := self._sealed(conn, "message", proofs.messages):
            return sent, "message"
        for token, _ in proofs.links:
            if sent := store.unsealed_delivery(conn, token, since=self.now - _OLD_TOKENS):
                return sent, "link"
        return None, "link"

    def _sealed(self, conn: Connection, purpose: Purpose, tokens: Iterable[str]) -> Sent | None:
        numbers = (self.seal.read(purpose, token) for token in tokens)
        return next((sent for number in numbers if number is not None and (sent := store.delivery(conn, number))), None)

    def _was_ours(self, conn: Connection, proofs: Proofs) -> bool:
        """Whether a token is of a delivery of ours, though it is not there: it was thinned out, or its person is forgotten."""
        tokens: dict[Purpose, tuple[str, ...]] = {"bounce": proofs.envelopes, "message": proofs.messages, "leave": proofs.asked}
        numbers = (self.seal.read(purpose, token) for purpose, some in tokens.items() for token in some)
        return any(number is not None and store.delivery(conn, number) is None for number in numbers)

    def _linked(self, conn: Connection, proofs: Proofs) -> Sent | None:
        linked = (store.last_delivery(conn, token, digest) for token, digest in proofs.links if digest)
        return next(filter(None, linked), None)


def settle(conn: Connection, outcome: Outcome, *, now: datetime, force: bool = False, dismiss: bool = False) -> None:
    """Suppress whoever is due for it, but whom the brake holds: `force` overrides it, `dismiss` takes those for a mistake."""
    free, held, why = braked(conn, now=now)
    if force:
        free, held, why = free + held, [], []
    elif dismiss:
        store.dismiss(conn, held, now=now)
        held, why = [], []
    store.suppress_due(conn, free, now=now)
    outcome.suppressed, outcome.waiting, outcome.held = len(free), len(held), why


def note_refusals(engine: Engine, *, now: datetime) -> Outcome:
    """What servers refused while we sent, counted like the bounce of it; for the end of a run. Troubles stay where they are."""
    outcome = Outcome()
    with engine.begin() as conn:
        for sent, reason in store.refusals(conn, since=now - timedelta(days=2)):
            verdict = judge("", reason)
            if verdict.kind != "trouble":
                name = hashlib.sha256(f"refused {sent.id}".encode()).hexdigest()
                store.note_return(conn, name, sent, verdict.kind, verdict.status, now=now)
                outcome.kinds[verdict.kind] += 1
                outcome.refusals[provider("", sent.address), verdict.status, verdict.kind] += 1
        settle(conn, outcome, now=now)
    return outcome


def _about(findings: tuple[Finding, ...], address: str) -> list[Finding]:
    """Those about `address`, if it is named; else all: it may have been forwarded to another."""
    return [one for one in findings if address.lower() in one.recipients] or list(findings)


def _failed(one: Finding) -> bool:
    """Whether it tells of an end: a delay is none, and a letter that was relayed or delivered went well (RFC 3464, 2.3.3)."""
    return one.action == "failed" or (not one.action and one.status[:1] != "2")
