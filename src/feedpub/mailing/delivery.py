"""The use case: what is queued in the ledger goes out, over several connections, and every answer is noted."""

import os
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pyrate_limiter import Limiter, Rate
from sqlalchemy import Connection, Engine

from feedpub.digest import Letter, message
from feedpub.mailing.outlet import envelope_sender, lease
from feedpub.site import Mail, Site
from feedpub.store import (
    Claim,
    Outcome,
    claim,
    letter_of,
    release,
    release_dead,
    rest_domain,
    rested_domains,
    sent_since,
    settle,
    take_turn,
    wake_at,
    wake_domain,
    workers,
)
from feedpub.transport import Accepted, Answer, Blocking, Deferred, Refused, Transport, Unavailable

BATCH = 25
_FIRST_WAIT, _LONGEST_WAIT, _MOST_ATTEMPTS = timedelta(minutes=1), timedelta(hours=6), 20
_LONGEST_REST = timedelta(hours=1)


@dataclass(slots=True)
class Report:
    """What a run did: answers by kind, and why it stopped before all was sent ("" if nothing is due any more)."""

    answers: Counter[str] = field(default_factory=Counter)
    stopped: str = ""


def deliver(
    engine: Engine,
    site: Site,
    connect: Callable[[], Transport],
    *,
    sign: Callable[[bytes, str], bytes] = lambda data, _: data,
    clock: Callable[[], datetime],
    stop: threading.Event,
    tell: Callable[[Answer], None] = lambda _: None,
    chance: random.Random | None = None,
) -> Report:
    """Send what is due, until nothing is due any more, `stop` is set, or the server takes nothing at all.

    `connect` makes a transport for each of `[mail] connections` threads; `sign` puts a signature on a message of a digest;
    `clock` tells the time (aware). A delivery is
    settled as soon as its message was answered, so a killed process leaves at most one message a connection that went out
    without being noted; it goes out again, with the same Message-ID. Deferred ones wait, longer each time.
    """
    run = _Run(engine, site, connect, sign, clock, stop, tell, chance or random.Random())  # noqa: S311 spreads retries, keeps no secret
    with run.begin() as conn:
        release_dead(conn, (worker for worker in workers(conn) if _is_dead(worker)))
        run.rested = rested_domains(conn)
    threads = [threading.Thread(target=run.work, args=(_worker(number),)) for number in range(site.mail.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():  # a plain join would not let a signal through
            thread.join(0.2)
    if run.errors:
        raise run.errors[0]
    if run.quota_reached and not run.report.stopped:
        with run.begin() as conn:
            soonest = wake_at(conn)
        if soonest is not None and soonest <= clock().timestamp():
            run.report.stopped = "the quota is used up; the rest waits until it allows more"
    return run.report


class _Run:
    def __init__(
        self,
        engine: Engine,
        site: Site,
        connect: Callable[[], Transport],
        sign: Callable[[bytes, str], bytes],
        clock: Callable[[], datetime],
        stop: threading.Event,
        tell: Callable[[Answer], None],
        chance: random.Random,
    ) -> None:
        self.engine, self.site, self.connect, self.sign, self.clock = engine, site, connect, sign, clock
        self.stop, self.tell, self.chance = stop, tell, chance
        self.report = Report()
        self.errors: list[Exception] = []
        self.halt = threading.Event()
        self.quotas = tuple(_quotas(site.mail))
        self.quota_reached = False
        self.rested: set[str] = set()
        self._letters: dict[int, Letter] = {}
        self._limiter = _limiter(site.mail)
        self._telling = threading.Lock()
        # SQLite has one writer, and threads that find it busy sleep far longer than it takes.
        self._writing = threading.Lock() if engine.dialect.name == "sqlite" else None
        self.lease = lease(site)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction."""
        if self._writing:
            with self._writing, self.engine.begin() as conn:
                yield conn
        else:
            with self.engine.begin() as conn:
                yield conn

    def work(self, worker: str) -> None:
        """One connection: claim, send, settle, until there is nothing to do."""
        transport = Blocking(self.connect())
        try:
            while not self._over() and (claims := self._claim(worker)):
                self._send(transport, worker, claims)
        except Unavailable as error:
            self._halt(f"the server takes no mail: {error}")
        except Exception as error:
            self.errors.append(error)
            self.halt.set()
        finally:
            transport.close()
            with self.begin() as conn:
                release(conn, worker)

    def _over(self) -> bool:
        return self.stop.is_set() or self.halt.is_set()

    def _halt(self, why: str) -> None:
        self.report.stopped = self.report.stopped or why
        self.halt.set()

    def _claim(self, worker: str) -> list[Claim]:
        now = self.clock()
        with self.begin() as conn:
            if self.quotas:
                take_turn(conn)  # or two would each take all that is left
            room = min((quota - sent_since(conn, now - window) for quota, window in self.quotas), default=BATCH)
            if room <= 0:
                self.quota_reached = True
                return []
            claims = claim(conn, worker, now=now, lease=self.lease, limit=min(room, BATCH))
            for one in claims:
                if one.issue not in self._letters:
                    self._letters[one.issue] = letter_of(conn, one.issue)
        return claims

    def _send(self, transport: Blocking, worker: str, claims: Iterable[Claim]) -> None:
        deadline = self.clock() + self.lease / 2
        resting: set[str] = set()
        for one in claims:
            if self._over() or self.clock() > deadline:
                break
            if one.domain in resting:
                continue
            if self._limiter:
                self._limiter.try_acquire("mail")
            link = f"{self.site.web_url}/unsubscribe/{one.token}/{one.digest}"
            data = message(self._letters[one.issue], to=one.address, unsubscribe=link)
            answer = transport.send(
                self.sign(data, one.digest), sender=envelope_sender(self.site, one.digest, one.token), to=one.address
            )
            self._settle(worker, one, answer)
            if isinstance(answer, Deferred) and answer.of != "mailbox":
                resting.add(one.domain)
        with self.begin() as conn:
            release(conn, worker)

    def _settle(self, worker: str, one: Claim, answer: Answer) -> None:
        now = self.clock()
        match answer:
            case Accepted():
                outcome = Outcome("sent")
            case Refused(reason):
                outcome = Outcome("failed", reason)
            case Deferred(reason) if one.attempts + 1 >= _MOST_ATTEMPTS:
                outcome = Outcome("failed", f"given up after {one.attempts + 1} attempts: {reason}")
            case Deferred(reason):
                wait = min(_FIRST_WAIT * 2**one.attempts, _LONGEST_WAIT) * self.chance.uniform(0.7, 1.3)
                outcome = Outcome("queued", reason, now + wait)
        with self.begin() as conn:
            settle(conn, worker, [(one.id, outcome)], now=now)
            if isinstance(answer, Deferred) and answer.of != "mailbox":
                rest_domain(conn, one.domain, now=now, longest=_LONGEST_REST)
                self.rested.add(one.domain)
            elif isinstance(answer, Accepted) and one.domain in self.rested:
                wake_domain(conn, one.domain)
                self.rested.discard(one.domain)
        with self._telling:
            self.report.answers[outcome.state] += 1
            self.tell(answer)


def _limiter(mail: Mail) -> Limiter | None:
    if mail.rate is None:
        return None
    if mail.rate < 1:
        return Limiter(Rate(1, round(1000 / mail.rate)), buffer_ms=1)
    # Evenly, and not a second's worth at once; and in no second more than was said.
    rates = (
        [Rate(max(1, int(mail.rate / 10)), 100), Rate(int(mail.rate), 1000)] if mail.rate >= 20 else [Rate(int(mail.rate), 1000)]
    )
    return Limiter(rates, buffer_ms=1)


def _quotas(mail: Mail) -> Iterator[tuple[int, timedelta]]:
    if mail.per_hour:
        yield mail.per_hour, timedelta(hours=1)
    if mail.per_day:
        yield mail.per_day, timedelta(days=1)


def _worker(number: int) -> str:
    return f"{socket.gethostname()[:40]}/{os.getpid()}/{number}"


def _is_dead(worker: str) -> bool:
    """Whether a worker of this machine has ended without giving back what it held. Of other machines the lease decides."""
    host, _, rest = worker.partition("/")
    if host != socket.gethostname()[:40]:
        return False
    try:
        os.kill(int(rest.partition("/")[0]), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, ValueError):
        return False
    return False
