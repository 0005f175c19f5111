"""The circuit breaker: answers that are alike, one after the other, are about us or the relay, and not about their recipients.

Pure: it is told of every answer in the order in which they came, and says what they mean for the run.
"""

import re
from dataclasses import dataclass, field

from feedpub.store import Claim, cause, status
from feedpub.transport import Accepted, Answer, Deferred, Refused

# Refusals alike without an acceptance between them: from so many domains, or from so many mailboxes of fewer domains.
_DOMAINS, _MAILBOXES = 5, 10
# When a run ends without any acceptance, this many are enough to doubt that they were about their recipients.
_FEW = 2
_DEFERRING_DOMAINS = 3
_MOST_ATTEMPTS = 20
# Each recipient is meant to be tried once and again later; or it is about that mailbox or address (RFC 3463, 3.2, 3.3).
_ABOUT_ONE = re.compile(r"\d{3}[ -]4\.[12]\.|.*gr[ae]y.?list", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Halt:
    """The server refuses everybody: `numbers` are the deliveries that were; whether that `counts` as an attempt of theirs."""

    reason: str
    numbers: tuple[int, ...]
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """The server, not one destination, wants less."""

    reason: str


@dataclass(slots=True)
class _Streak:
    """Answers that are alike."""

    key: str = ""
    reason: str = ""
    numbers: list[int] = field(default_factory=list)
    domains: set[str] = field(default_factory=set)

    def add(self, key: str, reason: str, one: Claim) -> None:
        if key != self.key:
            self.key, self.reason, self.numbers, self.domains = key, reason, [], set()
        self.numbers.append(one.id)
        self.domains.add(one.domain)


class Breaker:
    """Watches the answers of one run."""

    def __init__(self) -> None:
        self._refused, self._deferred = _Streak(), _Streak()
        self._welcome: set[str] = set()

    def note(self, one: Claim, answer: Answer) -> Halt | Rest | None:
        """What `answer` to a delivery, after all before it, says about the server."""
        match answer:
            case Accepted():
                self._refused, self._deferred = _Streak(), _Streak()
                self._welcome.add(one.domain)
            case Refused(reason, "sender") if one.attempts < _MOST_ATTEMPTS:
                self._refused.add(status(reason) or cause(reason), reason, one)
                if self._refuses_everybody():
                    return Halt(self._refused.reason, tuple(self._refused.numbers))
            case Deferred(reason, "relay"):
                return Rest(reason)
            case Deferred(reason) if not _ABOUT_ONE.match(reason):
                self._deferred.add(cause(reason), reason, one)
                if len(self._deferred.domains) >= _DEFERRING_DOMAINS:
                    return Rest(reason)
        return None

    def at_end(self) -> Halt | None:
        """What remains to be said when the run is over: whether the server took nothing at all and refused some."""
        if self._welcome or len(self._refused.numbers) < _FEW:
            return None
        # So few may be refused for themselves after all, so there is an end to it.
        return Halt(self._refused.reason, tuple(self._refused.numbers), counts=True)

    def _refuses_everybody(self) -> bool:
        refused = self._refused
        if len(refused.domains) >= _DOMAINS:
            return True
        # Many of one domain: its own policy if others took mail and it never did; else a list of colleagues, and the relay's.
        its_own = bool(self._welcome) and not self._welcome & refused.domains
        return len(refused.numbers) >= _MAILBOXES and not its_own
