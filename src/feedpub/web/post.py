"""The post of the pages: notes that wait in the database go out by the site's transport, behind the answers."""

import atexit
import logging
import threading
from datetime import datetime, timedelta

from sqlalchemy import Engine

from feedpub.errors import FeedpubError
from feedpub.mailing.outlet import envelope_sender, lease, signer, way_out
from feedpub.site import Digest
from feedpub.store import Note, Outcome, claim_notes, drop_notes, drop_unconfirmed, next_note, settle_note, standing
from feedpub.transport import Accepted, Blocking, Deferred, Refused, Unavailable
from feedpub.web.context import Context
from feedpub.web.links import AGES, Keys
from feedpub.web.notes import written

_PATIENCE, _PAUSE = timedelta(minutes=1), timedelta(seconds=1)
_FIRST_WAIT, _LONGEST_WAIT, _MOST_ATTEMPTS = timedelta(minutes=1), timedelta(hours=1), 20
_KEPT, _SWEEP = timedelta(days=30), timedelta(hours=1)
_log = logging.getLogger("feedpub.web")


class Postman:
    """Sends notes: one thread, started by the first `wake()`, and woken by itself each minute for what was deferred.

    A note stays in the database until the server has taken it, so a process that dies loses none: the next one sends it.
    Several processes share the work. Raises FeedpubError where [mail] can't be used.
    """

    def __init__(self, context: Context, engine: Engine, keys: Keys) -> None:
        self._context, self._now, self._engine, self._keys = context, context.now, engine, keys
        self._connect, self._sign = way_out(context.folder, context.site), signer(context.folder, context.site)
        self._lease = lease(context.site)
        self._turn, self._waking, self._stopping = threading.Lock(), threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._swept: datetime | None = None

    def wake(self) -> None:
        """There may be something to send; returns at once."""
        self._waking.set()
        with self._turn:
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._run, name="postman", daemon=True)
                self._thread.start()
                atexit.register(self.stop)

    def stop(self, timeout: float = 10) -> None:
        """Finish the message in flight, for at most `timeout` seconds. What waits goes out after the next start."""
        self._stopping.set()
        self._waking.set()
        if self._thread:
            self._thread.join(timeout)

    def send_waiting(self) -> None:
        """Send what is due now."""
        self._sweep()
        notes = self._claim()
        if not notes:
            return
        transport = Blocking(self._connect())
        try:
            while notes:
                for one in notes:
                    self._send(transport, one)
                notes = self._claim()
        finally:
            transport.close()

    def _sweep(self) -> None:
        """Forget, once an hour, what was never confirmed, and notes of long ago."""
        now = self._now()
        if self._swept and abs(now - self._swept) < _SWEEP:  # a clock may jump back
            return
        with self._engine.begin() as conn:
            drop_unconfirmed(conn, now - AGES["confirm"], now=now)
            drop_notes(conn, now - _KEPT)
        self._swept = now

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._waking.clear()
            patience = _PATIENCE
            try:
                self.send_waiting()
                with self._engine.begin() as conn:
                    due = next_note(conn, now=self._now())
                # What is due already was just claimed by another process.
                patience = _PATIENCE if due is None else min(_PATIENCE, max(due, _PAUSE))
            except Exception as error:  # it may be mended before the next turn; no address is told
                _log.error("notes wait: %s", type(error).__name__)
            self._waking.wait(patience.total_seconds())

    def _claim(self) -> list[Note]:
        if self._stopping.is_set():
            return []
        with self._engine.begin() as conn:
            return claim_notes(conn, now=self._now(), lease=self._lease, limit=1)

    def _send(self, transport: Blocking, one: Note) -> None:
        with self._engine.begin() as conn:
            states = standing(conn, one.token) or {}
        outcome: Outcome | None
        try:
            letter = written(one, states, self._context, self._keys)
        except FeedpubError as error:  # a template of the site's own is at fault; it may be mended
            _log.error("a note waits: %s", error)
            outcome = self._later(one, "its template is at fault")
        else:
            outcome = self._handed_over(transport, one, *letter) if letter else Outcome("failed", "there is nothing to say now")
        with self._engine.begin() as conn:
            settle_note(conn, one.id, outcome)

    def _handed_over(self, transport: Blocking, one: Note, data: bytes, digest: Digest) -> Outcome | None:
        signed = self._sign(data, digest.name)
        if not one.address:
            return None
        try:
            answer = transport.send(signed, sender=envelope_sender(self._context.site, digest.name), to=one.address)
        except Unavailable as error:
            answer = Deferred(str(error))
        match answer:
            case Accepted():
                return Outcome("sent")
            case Refused(reason):
                return Outcome("failed", reason)
            case Deferred(reason):
                return self._later(one, reason)

    def _later(self, one: Note, reason: str) -> Outcome:
        if one.attempts + 1 >= _MOST_ATTEMPTS:
            return Outcome("failed", reason)
        return Outcome("queued", reason, self._now() + min(_FIRST_WAIT * 2**one.attempts, _LONGEST_WAIT))
