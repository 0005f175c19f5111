"""A run between its turns at the ledger: answers come in and are judged, connections are opened, woken and ended."""

import asyncio
import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from feedpub.errors import FeedpubError
from feedpub.mailing.delivery.breaker import Breaker, Doubt, Halt, Rest
from feedpub.mailing.delivery.connection import Answered
from feedpub.mailing.delivery.ledger import Done, Given, Ledger
from feedpub.mailing.delivery.outcome import outcome
from feedpub.mailing.delivery.throttle import Throttle
from feedpub.store import Claim
from feedpub.transport import Accepted, Answer, Crowded, Deferred, Unavailable

_T = TypeVar("_T")
# Seconds until a stop is noticed where nothing else happens, and until what others hold is looked for again.
_TICK, _AGAIN = 0.1, 0.05


@dataclass(slots=True)
class Report:
    """What a run did: answers by kind, and why it stopped before all was sent ("" if nothing is due any more).

    `trouble` says that it was the server that stopped it, `again` that it had stopped the run before, too. `waiting` is how many
    deliveries are left, and `until` when the next of them may go, None if that is now.
    """

    answers: Counter[str] = field(default_factory=Counter)
    stopped: str = ""
    trouble: bool = False
    again: bool = False
    waiting: int = 0
    until: datetime | None = None


class Run:
    """One run, in one event loop. `aside` runs what would block it; None if that is quicker than to wait for a thread."""

    def __init__(
        self,
        ledger: Ledger,
        connection: Callable[["Run"], Coroutine[Any, Any, None]],
        *,
        aside: Executor | None,
        clock: Callable[[], datetime],
        stop: threading.Event,
        tell: Callable[[Answer], None],
        chance: random.Random,
    ) -> None:
        self._ledger, self._connection, self._aside = ledger, connection, aside
        self._clock, self._stop, self._tell, self._chance = clock, stop, tell, chance
        self._report, self._breaker, self._throttle = Report(), Breaker(), Throttle(1)
        self._wake = asyncio.Event()
        self._idle: deque[asyncio.Future[Claim | None]] = deque()
        self._connections: set[asyncio.Task[None]] = set()
        self._proven: set[asyncio.Task[None]] = set()  # those that had an answer
        self._peak = 0  # the most of them at one time
        # What was let go and not answered; and then, the throttle's generation, and how many answers there were.
        self._flying: dict[int, tuple[int, int]] = {}
        self._answered: list[Answered] = []
        self._done, self._forgiven, self._doubted = Done(), set[int](), frozenset[str]()
        self._resting = self._over = self._success = False
        self._stop_kind, self._learnt = "", 0
        self._error: Exception | None = None

    async def next(self, done: Answered | None) -> Claim | None:
        """The next delivery of a connection, when the answer to its last one is noted; None when it is to end."""
        if done:
            self._answered.append(done)
            self._proven.add(asyncio.current_task())  # type: ignore[arg-type]
            self._peak = max(self._peak, len(self._proven))
        future: asyncio.Future[Claim | None] = asyncio.get_running_loop().create_future()
        self._idle.append(future)
        self._wake.set()
        return await future

    def lost(self, claim: Claim, error: Unavailable) -> None:
        """A connection ends, and its delivery goes back. Where others work they go on, and there are no more than these."""
        self._give_back(claim)
        if self._proven:
            if isinstance(error, Crowded):
                self._learnt = len(self._proven)
            self._throttle.lower(len(self._proven))
        else:
            self._end(f"the server takes no mail: {error}", "unreachable")

    def failed(self, claim: Claim | None, error: Exception) -> None:
        """Something of ours is at fault: the run ends with it."""
        if claim:
            self._give_back(claim)
        self._error, self._over = self._error or error, True

    async def all(self, *, insist: bool) -> Report:
        """Everything, from what dead runs left behind to what the next one is to know."""
        known = await self._at_ledger(self._ledger.open)
        self._report.again, self._throttle.limit = known.stopped, known.connections
        if insist or not known.until:
            await self._send()
        trial = self._peak if known.trial and self._peak == self._throttle.limit else 0
        try:
            left = await self._at_ledger(
                self._ledger.close, success=self._success, stop=self._stop_kind, connections=self._learnt or trial or None
            )
            self._report.waiting, self._report.until = left.waiting, left.until
        except FeedpubError as error:
            self._error = self._error or error
        if self._error:
            raise self._error
        return self._report

    async def _send(self) -> None:
        ticking = asyncio.create_task(self._tick())
        try:
            self._open_connections(1)
            await self._turns()
            if not self._stop_kind and (halt := self._breaker.at_end()):
                self._halt(halt)
                await self._turn(0)
        finally:
            ticking.cancel()
            while self._idle:
                self._idle.popleft().set_result(None)
            await asyncio.gather(*self._connections)

    async def _turns(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._judge()
            if self._error and self._flying:  # the database refuses; what is on the wire is noted at the end, in one last turn
                continue
            want = 0 if self._waits() else max(0, min(len(self._idle), self._throttle.allowed - len(self._flying)))
            try:
                given = await self._turn(want)
            except FeedpubError as error:
                if self._error:
                    return
                self._error, self._over = error, True
                self._wake.set()
                continue
            busy = bool(self._flying or self._answered or self._done)
            if not busy and (self._over or self._stop.is_set() or given.dry or given.full):
                if given.full:
                    self._report.stopped = self._report.stopped or "the quota is used up; the rest waits until it allows more"
                return
            if want and not given.claims and not busy:
                asyncio.get_running_loop().call_later(given.wait or _AGAIN, self._wake.set)
            elif given.wait:
                asyncio.get_running_loop().call_later(given.wait, self._wake.set)

    async def _turn(self, want: int) -> Given:
        if not want and not self._done and not self._ledger.grows_old():
            return Given()
        done, self._done = self._done, Done()
        try:
            given = await self._at_ledger(self._ledger.turn, done, want)
        except FeedpubError:
            done.returned += self._done.returned  # what a connection gave back meanwhile
            self._done = done
            raise
        for (_, result), answer in zip(done.settled, done.answers, strict=True):
            self._report.answers[result.state] += 1
            self._tell(answer)
        if done.forgiven:
            self._report.answers.update(queued=len(done.forgiven), failed=-len(done.forgiven))
        for claim in given.claims:
            self._flying[claim.id] = self._throttle.generation, self._breaker.count
            self._idle.popleft().set_result(claim)
        if given.claims and not self._idle:
            self._open_connections(min(self._throttle.allowed - len(self._flying), self._throttle.limit - len(self._connections)))
        return given

    def _judge(self) -> None:
        answered, self._answered = self._answered, []
        now = self._clock()
        for done in answered:
            claim, answer = done.claim, done.answer
            generation, let_go = self._flying.pop(claim.id)
            match self._breaker.note(claim, answer, let_go):
                case Rest(reason):
                    answer = Deferred(reason, "relay")
                    self._rest(reason, generation)
                case Doubt(numbers, domains):
                    self._forgive(numbers, counts=False)
                    self._done.rests |= domains
                    self._doubted = domains
                case Halt() as halt:
                    self._halt(halt)
            match answer:
                case Accepted():
                    self._throttle.accepted()
                    self._success = True
                case Deferred(_, "domain"):
                    self._done.rests.add(claim.domain)
            self._done.settled.append((claim, outcome(answer, claim.attempts, now=now, chance=self._chance)))
            self._done.answers.append(answer)

    def _rest(self, reason: str, generation: int) -> None:
        pause = self._throttle.pause(generation)
        if pause is None:
            self._end(f"the server wants to be asked later: {reason}", "less")
        elif pause:
            self._resting = True
            asyncio.get_running_loop().call_later(pause, self._resume)

    def _resume(self) -> None:
        self._resting = False
        self._wake.set()

    def _halt(self, halt: Halt) -> None:
        self._forgive(halt.numbers, counts=halt.counts)
        self._done.ends |= self._doubted
        self._end(f"the server refuses everybody: {halt.reason}", "refused")

    def _forgive(self, numbers: tuple[int, ...], *, counts: bool) -> None:
        new = [number for number in numbers if number not in self._forgiven]
        self._forgiven.update(new)
        self._done.forgiven += new
        self._done.counts = counts

    def _end(self, why: str, kind: str) -> None:
        self._report.stopped, self._stop_kind = self._report.stopped or why, self._stop_kind or kind
        self._over = self._report.trouble = True
        self._wake.set()

    def _give_back(self, claim: Claim) -> None:
        task: Any = asyncio.current_task()
        self._proven.discard(task)
        self._connections.discard(task)
        del self._flying[claim.id]
        self._done.returned.append(claim)
        self._wake.set()

    def _waits(self) -> bool:
        return self._over or self._resting or self._stop.is_set()

    def _open_connections(self, number: int) -> None:
        for _ in range(number):
            task = asyncio.create_task(self._connection(self))
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            if self._stop.is_set() or self._ledger.grows_old():
                self._wake.set()

    async def _at_ledger(self, do: Callable[..., _T], *arguments: object, **named: object) -> _T:
        if self._aside is None:
            return do(*arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._aside, lambda: do(*arguments, **named))
