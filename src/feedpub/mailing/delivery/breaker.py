"""The circuit breaker: answers that are alike, one after the other, are about us or the relay, and not about their recipients.

Pure: it is told of every answer in the order in which they came, and says what they mean for the run.
"""

import re
from dataclasses import dataclass, field

from feedpub.store import Claim, cause, status
from feedpub.transport import Accepted, Answer, Deferred, Refused

# Refusals alike without an acceptance between them: from so many domains, or from so many mailboxes of fewer domains.
_DOMAINS, _MAILBOXES = 5, 10
# What speaks of the mailbox, in the same words for so many domains, speaks of none of them: a relay that lost its table of users.
_GONE_DOMAINS = 10
# When a run ends without any acceptance, this many are enough to doubt that they were about their recipients.
_FEW = 2
# Deferrals alike, from so many domains; or so many connections lost, whoever the message was for.
_DEFERRING_DOMAINS, _LOST = 3, 3
_MOST_ATTEMPTS = 20
# Each recipient is meant to be tried once and again later; or it is about that mailbox or address (RFC 3463, 3.2, 3.3).
_ABOUT_ONE = re.compile(r"\d{3}[ -]4\.[12]\.|.*gr[ae]y.?list", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Halt:
    """The server refuses everybody: `numbers` are the deliveries that were; whether that `counts` as an attempt of theirs."""

    reason: str
    numbers: tuple[int, ...]
    counts: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """Many of few domains were refused, and nobody was taken: let these `domains` wait, and see what becomes of others."""

    numbers: tuple[int, ...]
    domains: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rest:
    """The server, not one destination, wants less."""

    reason: str


@dataclass(slots=True)
class _Streak:
    """Answers that are alike; `began` is how many answers there were before the first of them."""

    began: int = 0
    key: str = ""
    reason: str = ""
    numbers: list[int] = field(default_factory=list)
    domains: set[str] = field(default_factory=set)

    def add(self, key: str, reason: str, one: Claim, count: int) -> None:
        if key != self.key:
            self.began, self.key, self.reason, self.numbers, self.domains = count, key, reason, [], set()
        self.numbers.append(one.id)
        self.domains.add(one.domain)


class Breaker:
    """Watches the answers of one run; `count` is how many there were."""

    def __init__(self) -> None:
        self.count = 0
        self._refused, self._gone, self._deferred = _Streak(), _Streak(), _Streak()
        self._welcome: set[str] = set()
        self._doubted = False

    def note(self, one: Claim, answer: Answer, let_go: int) -> Halt | Doubt | Rest | None:
        """What `answer` to a delivery, after all before it, says about the server; `let_go` is what `count` was then.

        What was on its way already when the first of a streak was answered does not end it.
        """
        self.count += 1
        match answer:
            case Accepted():
                self._refused = _Streak() if let_go > self._refused.began else self._refused
                self._gone = _Streak() if let_go > self._gone.began else self._gone
                self._deferred = _Streak() if let_go > self._deferred.began else self._deferred
                self._welcome.add(one.domain)
            case Refused(reason, "sender") if one.attempts < _MOST_ATTEMPTS:
                self._refused.add(status(reason) or cause(reason), reason, one, self.count - 1)
                return self._on_refusals()
            case Refused(reason, "mailbox") if one.attempts < _MOST_ATTEMPTS:
                self._gone.add(cause(reason), reason, one, self.count - 1)
                if len(self._gone.domains) >= _GONE_DOMAINS:  # they may be gone indeed, so there is an end to it
                    return _halt(self._gone, counts=True)
            case Deferred(reason, "relay") if status(reason):
                return Rest(reason)
            case Deferred(reason) if not _ABOUT_ONE.match(reason):
                self._deferred.add(cause(reason), reason, one, self.count - 1)
                lost = not status(reason) and len(self._deferred.numbers) >= _LOST
                if lost or len(self._deferred.domains) >= _DEFERRING_DOMAINS:
                    return Rest(reason)
        return None

    def at_end(self) -> Halt | None:
        """What remains to be said when the run is over: whether the server took nothing at all and refused some."""
        few = bool(self._welcome) or len(self._refused.numbers) < _FEW
        return None if few else _halt(self._refused, counts=True)  # it may be about them after all, so there is an end to it

    def _on_refusals(self) -> Halt | Doubt | None:
        refused = self._refused
        if len(refused.domains) >= _DOMAINS:
            return _halt(self._refused, counts=False)
        # Many of one domain: its own policy if others took mail and it never did; else a list of colleagues, and the relay's.
        its_own = bool(self._welcome) and not self._welcome & refused.domains
        if len(refused.numbers) < _MAILBOXES or its_own:
            return None
        if self._welcome or self._doubted:
            return _halt(self._refused, counts=not self._welcome)
        self._doubted = True
        return Doubt(tuple(refused.numbers), frozenset(refused.domains))


def _halt(streak: _Streak, *, counts: bool) -> Halt:
    return Halt(streak.reason, tuple(streak.numbers), counts)
