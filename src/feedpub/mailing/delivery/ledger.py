"""One turn of a run at the ledger: a single transaction notes all answers, claims what is due, and lets the next go."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from feedpub import store
from feedpub.digest import Letter
from feedpub.mail import Mail
from feedpub.mailing.delivery.memory import Known, learn_connections, note_stop, note_success, recall
from feedpub.mailing.delivery.outcome import LONGEST_WAIT
from feedpub.mailing.delivery.worker import is_dead, worker_name
from feedpub.mailing.outlet import addressed, lease, server_of
from feedpub.mailing.seal import Seal
from feedpub.site import Site
from feedpub.store import Claim, Outcome
from feedpub.transport import Answer

_BATCH = 200
_LONGEST_REST = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Done:
    """What happened since the last turn."""

    settled: list[tuple[Claim, Outcome]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)  # for each of those
    returned: list[Claim] = field(default_factory=list)  # let go, and not handed over after all
    rests: set[str] = field(default_factory=set)  # domains that asked for a pause
    ends: set[str] = field(default_factory=set)  # domains whose pause is over: it was the server that refused
    forgiven: list[int] = field(default_factory=list)  # failed, though not for what they are
    counts: bool = False  # whether that was an attempt of theirs all the same

    def __bool__(self) -> bool:
        return bool(self.settled or self.returned or self.forgiven or self.ends)


@dataclass(frozen=True, slots=True)
class Given:
    """What may go now, and if that is less than was wanted, why: nothing is due, a quota is used up, or `wait` in seconds."""

    claims: tuple[Claim, ...] = ()
    dry: bool = False
    full: bool = False
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Left:
    """How many deliveries wait, and when the next of them may go; None if that is now."""

    waiting: int
    until: datetime | None


class Ledger:
    """What a run holds of the ledger. One turn at a time."""

    def __init__(self, engine: Engine, site: Site, clock: Callable[[], datetime]) -> None:
        self._server, self._worker = server_of(site.mail), worker_name()
        self._letters: dict[int, Letter] = {}
        self._seal: Seal
        self._engine, self._site, self._mail, self._clock, self._lease = engine, site, site.mail, clock, lease(site)
        self._quotas = tuple(_quotas(site.mail))
        self._queue: deque[Claim] = deque()
        self._rested: dict[str, float] = {}
        self._minutes: dict[int, int] = {}  # in which minute a delivery was let go
        self._renewed = clock()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        """A transaction. Raises FeedpubError when the database refuses."""
        try:
            with self._engine.begin() as conn:
                yield conn
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
            raise store.refused(error) from error

    def open(self) -> Known:
        """Give back what dead workers hold, and mend what a clock that was wrong has written; what is known of the server."""
        now = self._clock()
        with self._begin() as conn:
            self._seal = Seal(store.sealing_key(conn))
            store.release_dead(conn, (worker for worker in store.workers(conn) if is_dead(worker)))
            store.mend_waits(conn, now=now, longest=max(LONGEST_WAIT, 2 * self._lease))
            self._rested = store.rested_domains(conn)
            if self._quotas:
                store.begin_tallies(conn, self._server, now=now, longest=_DAY)
            return recall(conn, self._server, self._mail.connections, now=now)

    def turn(self, done: Done, want: int) -> Given:
        """Note what is `done`, and let at most `want` deliveries go: each of them stood when this was written."""
        now = self._clock()
        with self._begin() as conn:
            if self._quotas or self._mail.rate:
                store.take_turn(conn)  # or two processes would each take all that is left
            counted = self._note(conn, done, now)
            given = self._let_go(conn, want, now, counted) if want else Given()
            if counted:
                store.tally(conn, self._server, counted)
        # Only what was committed is forgotten: a turn that failed can be taken again.
        for one in given.claims:
            self._minutes[one.id] = store.minute_of(now)
        for one in (*(one for one, _ in done.settled), *done.returned):
            self._minutes.pop(one.id, None)
        return given

    def written(self, one: Claim) -> tuple[bytes, str]:
        """The message of a delivery, and the envelope's sender."""
        return addressed(self._site, self._letters[one.issue], one, self._seal, sent=self._clock())

    def grows_old(self) -> bool:
        """Whether the lease is to be prolonged, by the next turn."""
        now = self._clock()
        return now - self._renewed > self._lease / 3 or now < self._renewed

    def close(self, *, success: bool, stop: str, connections: int | None) -> Left:
        """Give back what was not sent: it is due at once. Note what was learnt of the server; what waits, and until when.

        `success`: it took something; `stop`: why it stopped the run, "" if it did not; `connections`: how many work, None if
        that was not learnt.
        """
        now = self._clock()
        with self._begin() as conn:
            store.release(conn, self._worker)
            if connections is not None:
                learn_connections(conn, self._server, connections, now=now)
            if success:
                note_success(conn, self._server)
            if stop:
                note_stop(conn, self._server, stop, now=now)
            rests = recall(conn, self._server, 1, now=now).until
            rehearsal = self._mail.rehearses
            soonest = max(store.wake_at(conn, rehearsal=rehearsal) or 0.0, rests.timestamp() if rests else 0.0)
            left = store.waiting(conn, rehearsal=rehearsal)
            return Left(left, datetime.fromtimestamp(soonest, UTC) if soonest > now.timestamp() else None)

    def _note(self, conn: Connection, done: Done, now: datetime) -> Counter[int]:
        """Settle; the changes of the tally that follow."""
        store.settle(conn, self._worker, [(one.id, outcome) for one, outcome in done.settled], now=now)
        if done.forgiven:
            store.take_back(conn, done.forgiven, now=now, counts=done.counts)
        store.put_off(conn, self._worker, [one.id for one in done.returned], now)
        for domain in done.rests:
            self._rested[domain] = store.rest_domain(conn, domain, now=now, longest=_LONGEST_REST)
        for domain in done.ends:
            store.end_rest(conn, domain, now=now)
            self._rested.pop(domain, None)
        if self._rested:
            taken = {one.domain for one, outcome in done.settled if outcome.state == "sent"}
            for domain in taken & self._rested.keys():
                if self._rested[domain] <= now.timestamp():  # what was on its way when the rest began ends no rest
                    store.wake_domain(conn, domain)
                    del self._rested[domain]
        if self.grows_old():
            store.renew(conn, self._worker, now + self._lease)
            self._renewed = now
        if not self._quotas:
            return Counter()
        unsent = [*(one for one, outcome in done.settled if outcome.state != "sent"), *done.returned]
        return Counter({minute: -times for minute, times in Counter(self._minutes[one.id] for one in unsent).items()})

    def _let_go(self, conn: Connection, want: int, now: datetime, counted: Counter[int]) -> Given:
        dry = False
        if len(self._queue) < want:
            claims = store.claim(conn, self._worker, now=now, lease=self._lease, limit=_BATCH, rehearsal=self._mail.rehearses)
            for number in {one.issue for one in claims} - self._letters.keys():
                self._letters[number] = store.letter_of(conn, number)
            self._queue.extend(claims)
            dry = not claims and (store.wake_at(conn, rehearsal=self._mail.rehearses) or float("inf")) > now.timestamp()
        self._put_off_resting(conn, now)
        free = [most - store.given_since(conn, self._server, now - span, now=now) for most, span in self._quotas]
        room = min(free, default=want) - counted.total()
        ready, wait = max(0, min(want, room, len(self._queue))), 0.0
        if ready and self._mail.rate:
            ready, wait = store.take_tokens(conn, self._server, self._mail.rate, ready)
        chosen = [self._queue.popleft() for _ in range(ready)]
        held = store.still_held(conn, self._worker, [one.id for one in chosen])
        let_go = tuple(one for one in chosen if one.id in held)
        if self._quotas and let_go:
            counted[store.minute_of(now)] += len(let_go)
        return Given(let_go, dry=dry and not self._queue and not chosen, full=room <= 0 and bool(self._queue), wait=wait)

    def _put_off_resting(self, conn: Connection, now: datetime) -> None:
        resting = {domain: until for domain, until in self._rested.items() if until > now.timestamp()}
        if not resting:
            return
        for domain, until in resting.items():
            numbers = [one.id for one in self._queue if one.domain == domain]
            store.put_off(conn, self._worker, numbers, datetime.fromtimestamp(until, now.tzinfo))
        self._queue = deque(one for one in self._queue if one.domain not in resting)


def _quotas(mail: Mail) -> Iterator[tuple[int, timedelta]]:
    if mail.per_hour:
        yield mail.per_hour, timedelta(hours=1)
    if mail.per_day:
        yield mail.per_day, _DAY
