"""What a refusal means: whose trouble it is. Pure; RFC 3463 and the registry of enhanced status codes say what a code is for."""

import re
from dataclasses import dataclass
from typing import Literal

# hard: the mailbox is not there. soft: perhaps so. trouble: of the sender, of the way, or passing.
Kind = Literal["hard", "soft", "trouble"]

# About the mailbox: 5.1.1 none of that name, 5.1.2 no such domain, 5.1.3 no address, 5.1.6 moved away, 5.1.10 its domain
# takes no mail (RFC 7505). 5.1.7 and 5.1.8 are about the sender's address, 5.1.5 says that all is well.
_HARD = ("1.1", "1.2", "1.3", "1.6", "1.10")
# 5.1.4: two mailboxes of that name; 5.2.1: switched off, perhaps for a while; 5.1.351: Microsoft's
# "unknown recipient or mailbox unavailable".
_SOFT = ("1.4", "1.351", "2.1")
_NO_EVIDENCE = ("0.0", "1.0", "2.0")

_CODE = re.compile(r"(?<![\w.])([245])\.(\d{1,3})\.(\d{1,3})(?![\w.]*\d)")
_REPLY = re.compile(r"(?<![\w.:/-])([245]\d\d)[ -]+['<(#]*(?:([245])\.(\d{1,3})\.(\d{1,3})(?![\w.]*\d))?")
# Links that servers give for who is on a block list.
_LISTED = re.compile(r"://\S*(?:spamhaus|spamcop|barracuda|sorbs|uceprotect|dnsbl|block-?list|black-?list)", re.IGNORECASE)
# Names of hosts, addresses and links say nothing of why: mx.spamfilter.example may know no such user.
_NAME = re.compile(r"@|://|\w\.[a-z]")

_FULL = re.compile(
    r"\b(?:(?:over)?quota|mail ?box (?:is |was |too )?(?:full|large)|(?:inbox|account|folder|disk|box) (?:is )?full"
    r"|over (?:its |the )?limit"
    r"|(?:storage|size|space) (?:limit|exceeded|allocation)|(?:insufficient|out of|not enough|no) (?:\w+ )?(?:storage|space)"
    r"|exceeded (?:\w+ )?storage)\b",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"\b(?:spam|junk|unsolicited|(?:black|block|deny) ?list(?:ed)?|blocked|banned|dnsbl|rbl|spamhaus|reputation|dmarc|dkim|spf"
    r"|polic(?:y|ies)|unauthenticated|not authenticated|virus|rate limit(?:ed)?|too many|relay(?:ing)? (?:access )?denied"
    r"|relay not permitted|greylist\w*|bulk mail|receiving mail (?:at a rate|too quickly))\b",
    re.IGNORECASE,
)
_SENDER = re.compile(
    r"\b(?:sender(?:'s)?(?: address)? (?:rejected|denied|verif\w+|refused|unknown|not)|(?:bad|invalid|unknown) sender"
    r"|envelope sender|(?:after|reply to) (?:pipelined )?MAIL)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\b(?:(?:user|recipient|mailbox|address|account|addressee)(?: \S+)? (?:is )?(?:unknown|not found|invalid|does ?n[o']t exist"
    r"|does not exist|not known|not exist)"
    r"|(?:unknown|no such|invalid|non-?existent) (?:local )?(?:user|recipient|mailbox|address|account|person|addressee"
    r"|local part)"
    r"|no mailbox (?:here )?by that name|does ?n[o']t have an? (?:\S+ )?account|(?:recipient|recip)notfound"
    r"|not a (?:known|valid) (?:user|mailbox|recipient|address)|unknown in (?:the )?(?:virtual|local|relay)"
    r"|(?:account|address|email account) that you tried to reach does not exist"
    r"|(?:user|mailbox|account|recipient)(?: \S+)? (?:has been (?:deleted|removed)|no longer (?:exists|here|valid)))",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"\b(?:(?:user|mailbox|account|recipient|address)(?: \S+)? (?:is |has been )?(?:currently |temporarily |now )?"
    r"(?:disabled|inactive|suspended|deactivated|closed|locked|expired|not active)|unrouteable address|unroutable address)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a refusal means, and under which code or word it is counted, such as `5.7.26`, `full` or `550`."""

    kind: Kind
    status: str


def judge(status: str, reason: str) -> Verdict:
    """The meaning of a failure with this `Status` field ("" without) and the server's words. What may be harmless is so.

    A reader is lost only to what is about the mailbox itself. A full mailbox, a policy or a sender's fault is none, however
    it is coded; where two codes contradict each other, the milder one counts. A code without detail (x.0.0: Debian's Exim
    writes nothing else) proves nothing, and there the words decide.
    """
    text = " ".join(word for word in reason[:4_000].split() if not _NAME.search(word))
    given, said, reply = _code(status), *_said(text)
    code = _milder(given, said)
    shown = code or reply or _short(status) or "without a code"
    if _FULL.search(text):
        return Verdict("trouble", _full(code))
    passing = code[:1] == "4" or (reply[:1] == "4" and not code)
    if passing or _LISTED.search(reason[:4_000]) or _POLICY.search(text) or _SENDER.search(text):
        return Verdict("trouble", shown)
    detail = code.partition(".")[2]
    if code and detail not in _NO_EVIDENCE:
        return Verdict("hard" if detail in _HARD else "soft" if detail in _SOFT else "trouble", code)
    if _CLOSED.search(text):
        return Verdict("soft", shown)
    return Verdict("hard" if _UNKNOWN.search(text) else "trouble", shown)


def _code(text: str) -> str:
    found = _CODE.search(text[:1_000])
    return ".".join(str(int(number)) for number in found.groups()) if found else ""


def _said(text: str) -> tuple[str, str]:
    """The enhanced code and the reply code in a server's words, "" where there is none; the last that stand together count.

    A relay tells of itself first, and of the server that refused behind it.
    """
    replies = list(_REPLY.finditer(text))
    whole = [found for found in replies if found[2]]
    code = ".".join(str(int(number)) for number in whole[-1].groups()[1:]) if whole else _code(text)
    return code, replies[-1][1] if replies else ""


def _milder(one: str, other: str) -> str:
    """Of two codes the one that says more; if both say something, the one that blames the mailbox less."""
    codes = [code for code in (one, other) if code]
    telling = [code for code in codes if code.partition(".")[2] not in _NO_EVIDENCE]
    return min(telling or codes, key=_blame, default="")


def _blame(code: str) -> int:
    detail = code.partition(".")[2]
    return 0 if code[0] != "5" else 3 if detail in _HARD else 2 if detail in _SOFT else 1


def _full(code: str) -> str:
    return code if code.endswith(".2.2") else "mailbox full"


def _short(status: str) -> str:
    return " ".join(status.split())[:20]
