"""What a server's reply means for a message. Pure: codes (RFC 5321, 4.2), enhanced codes (RFC 3463), and words.

Servers say with one code what is different, so where the enhanced code leaves it open their words decide.
"""

import re
from typing import Literal

from feedpub.transport.answer import Answer, Deferred, Refused
from feedpub.transport.replies import Reply

Stage = Literal["mail", "rcpt", "data", "message"]

_CONNECTIONS = re.compile(
    r"too many (?:\S+ )?(?:connections|sessions)|(?:connections?|sessions?|threads?)(?: \S+)? (?:limit|exceed)"
    r"|concurrent|simultaneous|maximum (?:number of )?(?:\S+ )?(?:connections|sessions)",
    re.IGNORECASE,
)
# A limit on what is sent over one connection: the next one takes more.
_THIS_CONNECTION = re.compile(
    r"(?:in|per|for|on) (?:this|one|a|each|the|single)?\s*(?:smtp )?(?:connection|session)|idle|time-?(?:d )?out", re.IGNORECASE
)
_LIMIT = re.compile(
    r"\brate|too (?:many|fast|much|frequent)|throttl|(?:hourly|daily|sending|message|recipient|account) (?:\S+ )?(?:limit|quota)"
    r"|(?:per|an|each|last|this) (?:second|minute|hour|day)\b|limit (?:is )?(?:exceeded|reached)|resources",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"over ?quota|(?:mailbox|inbox|user|recipient)\b.{0,40}\b(?:full|quota|storage|size)|quota.{0,20}mailbox", re.IGNORECASE
)
_RELAY = re.compile(r"\brelay", re.IGNORECASE)
_ERRORS = re.compile(r"too many (?:\S+ )?(?:errors|bad|invalid|unknown|unrecogni[sz]ed)", re.IGNORECASE)
_GREY = re.compile(r"gr[ae]y.?list", re.IGNORECASE)
_UNKNOWN = re.compile(
    r"(?:no such|unknown|invalid|non-?existent) (?:\S+ )?(?:user|mailbox|recipient|address|account)"
    r"|(?:user|mailbox|recipient|address|account)\b.{0,60}"
    r"\b(?:unknown|not found|not exist|unavailable|disabled|inactive|no longer)",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"spam|block|black|denied|polic|relay|rcpthosts|reputation|dmarc|\bspf\b|dkim|authenti|limit|quota|sender|banned|prohibited|listed",
    re.IGNORECASE,
)


def crowds(reply: Reply) -> bool:
    """Whether the server complains of the number of connections."""
    return reply.code >= 400 and bool(_CONNECTIONS.search(reply.text))


def ends_connection(reply: Reply) -> bool:
    """Whether it is about this one connection alone, which had its share or was idle: another may take the message."""
    return reply.code == 421 and (reply.status == "4.4.2" or bool(_THIS_CONNECTION.search(reply.text)))


def verdict(stage: Stage, reply: Reply) -> Answer:
    """The Answer that `reply` is to the command, or to the message, of `stage`. It is one that takes nothing."""
    if 400 <= reply.code < 500:
        return Deferred(reply.reason, _who_waits(stage, reply))
    if 500 <= reply.code < 600:
        return Refused(reply.reason, _what_is_wrong(stage, reply))
    return Deferred(f"the server answers out of turn: {reply.reason}", "relay" if stage == "mail" else "mailbox")


def _who_waits(stage: Stage, reply: Reply) -> Literal["mailbox", "domain", "relay"]:
    status, text = reply.status, reply.text
    if _ERRORS.search(text):  # said of what came before on this connection
        return "mailbox"
    if reply.code == 421 or stage == "mail":  # no recipient was named, or all are turned away
        return "relay"
    if status.startswith("4.2.") or _GREY.search(text):
        return "mailbox"
    if _LIMIT.search(text) or _RELAY.search(text):
        return "relay"
    if status in ("4.3.1", "4.3.2", "4.5.3", "4.1.7", "4.1.8"):  # its disk, its own rest, its limit, our sender
        return "relay"
    if reply.code == 452 and not status and not _FULL.search(text):
        return "relay"
    if status.startswith(("4.4.", "4.7.")) or status == "4.1.2" or (reply.code == 450 and not status):
        return "domain" if reply.code == 450 or status.startswith("4.4.") or status == "4.1.2" else "mailbox"
    return "mailbox"


def _what_is_wrong(stage: Stage, reply: Reply) -> Literal["mailbox", "sender"]:
    status, text = reply.status, reply.text
    if status in ("5.1.7", "5.1.8"):  # the sender's address
        return "sender"
    if status.startswith(("5.1.", "5.2.")):
        return "mailbox"
    if status and status != "5.0.0":
        return "sender"
    if stage == "message" or reply.code not in (550, 551, 553):
        return "mailbox" if _UNKNOWN.search(text) or _FULL.search(text) else "sender"
    return "sender" if _POLICY.search(text) and not _UNKNOWN.search(text) else "mailbox"
