"""The use case: what is queued in the ledger goes out, over several connections, and every answer is noted."""

import asyncio
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import Engine

from feedpub.mailing.bounces import note_refusals
from feedpub.mailing.delivery.connection import Sign, work
from feedpub.mailing.delivery.ledger import Ledger
from feedpub.mailing.delivery.run import Report, Run
from feedpub.site import Site
from feedpub.transport import Answer, Transport

__all__ = ["Report", "deliver"]


def deliver(
    engine: Engine,
    site: Site,
    connect: Callable[[], Transport],
    *,
    sign: Sign = lambda data, _: data,
    clock: Callable[[], datetime],
    stop: threading.Event,
    tell: Callable[[Answer], None] = lambda _: None,
    chance: random.Random | None = None,
    insist: bool = False,
) -> Report:
    """Send what is due, until nothing is due any more, `stop` is set, or the server takes nothing, or nothing now.

    `connect` makes a transport for each of at most `[mail] connections`; `sign` signs a message of a digest where
    [mail.dkim] is set; `clock` tells the time (aware). With `insist` the server is asked although it wanted a rest. A
    connection gets its next delivery when the answer to its last is noted, so a killed process leaves at most one message a
    connection that went out without being noted; it goes out again, with the same Message-ID. Deferred ones wait, longer
    each time.

    At the end whoever was refused because the mailbox is not there counts like the bounce of it.

    Raises FeedpubError when the database refuses; what was not noted then goes out again.
    """
    ledger = Ledger(engine, site, clock)
    run = Run(
        ledger,
        lambda run: work(run, connect(), ledger.written, sign if site.mail.dkim else None),
        # SQLite answers sooner than a thread is woken.
        aside=None if engine.dialect.name == "sqlite" else ThreadPoolExecutor(1),
        clock=clock,
        stop=stop,
        tell=tell,
        chance=chance or random.Random(),  # noqa: S311 spreads retries, keeps no secret
    )
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        report = runner.run(run.all(insist=insist))
    if report.answers["failed"] and (held := note_refusals(engine, now=clock()).held):
        report.stopped = report.stopped or "; ".join(map(str, held))
    return report


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """That of uvloop, where it can be had."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
