"""A message that came back → what it says, of which delivery of ours. Pure: whether that is true the ledger decides."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from feedpub.mailing.bounces.finding import Finding
from feedpub.mailing.bounces.formats import complaint, notified, stated, told
from feedpub.mailing.bounces.parts import Part, first, read_parts, words
from feedpub.mailing.bounces.proofs import Proofs, read_proofs
from feedpub.mailing.seal import TOKEN

_ANSWERS = re.compile(
    r"^\s*(?:auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|vacation|abwesen|r[ée]ponse automatique)", re.IGNORECASE
)
_ASKED = re.compile(rf"unsubscribe {TOKEN}", re.IGNORECASE)
_PROGRAM = re.compile(r"\bApple Mail\b|sent (?:this|by) .{0,80}to unsubscribe", re.IGNORECASE)
_NOTIFICATIONS = ("text/plain", "application/json")
_ANSWERING = ("x-autoreply", "x-autorespond", "x-auto-response", "x-autoreply-from", "x-mail-autoreply", "x-vacation")


@dataclass(frozen=True, slots=True)
class Report:
    """What a message says: `findings` of a bounce, or a `complaint`'s kind; `automatic` is whether a machine
    answered, `leaves` whether the subject is that of a person who wants to leave."""

    proofs: Proofs
    findings: tuple[Finding, ...] = ()
    complaint: str = ""
    automatic: bool = False
    leaves: bool = False


def read_report(data: bytes) -> Report:
    """The report in a message; one without findings and complaint where there is none. Raises what reading may raise."""
    parts = read_parts(data)
    proofs, automatic = read_proofs(parts), _automatic(parts)
    feedback = complaint(parts)
    if feedback is not None:
        return Report(proofs, complaint=feedback, automatic=True)
    if findings := stated(parts):
        return Report(proofs, tuple(_with_words(findings, parts)), automatic=True)
    bare = data.lstrip()[:1] == b"{"  # a file of JSON, without a mail around it
    for text in [data.decode("utf-8", "replace")] if bare else [one.text for one in parts if one.kind in _NOTIFICATIONS]:
        if '"mail"' in text.replace("\\", "") and (found := notified(text)) is not None:
            proofs = read_proofs([Part("application/json", {}, text.replace("\\", ""), nested=False)])
            return Report(proofs, tuple(found[0]), found[1], automatic=True)
    findings = told(parts)
    if automatic and not findings and _asked_by_program(parts):
        automatic = False
    leaves = re.match(r"\s*(?:re: *)?unsubscribe\b", words(first(parts[0].headers, "subject")), re.IGNORECASE) is not None
    return Report(proofs, tuple(findings), automatic=automatic or bool(findings), leaves=leaves)


def _with_words(findings: Sequence[Finding], parts: Sequence[Part]) -> Iterator[Finding]:
    """Where the fields give neither a detailed code nor the server's words (Debian's Exim), with those of the text beside."""
    for one in findings:
        bare = not one.reason and (not one.status or one.status[1:].startswith(".0.0"))
        words_of = told(parts) if bare and one.action == "failed" else []
        yield replace(one, reason=words_of[0].reason) if words_of else one


def _asked_by_program(parts: Sequence[Part]) -> bool:
    """Whether a mail program asks in its owner's name, with the very subject that our address asks for, and says so.

    Apple Mail marks such mails as automatic answers, which they are not.
    """
    subject, text = words(first(parts[0].headers, "subject")), " ".join(part.text for part in parts)
    return _ASKED.fullmatch(subject.strip()) is not None and _PROGRAM.search(text) is not None


def _automatic(parts: Sequence[Part]) -> bool:
    """Whether a machine sent it, and no person wants anything (RFC 3834, 5; and what older programs write)."""
    top = parts[0].headers
    submitted = first(top, "auto-submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or first(top, "precedence").strip().lower() in ("auto_reply", "auto-reply", "bulk", "list", "junk")
        or first(top, "return-path").strip() == "<>"
        or parts[0].kind == "multipart/report"
        or any(name in top for name in _ANSWERING)
        or _ANSWERS.match(words(first(top, "subject"))) is not None
    )
