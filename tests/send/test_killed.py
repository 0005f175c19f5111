"""Killed at any moment, with temporary failures and cut connections mixed in: nobody is lost, and copies are counted."""

import random
import subprocess
import sys
import textwrap
import time
from collections import Counter, defaultdict
from typing import Any

import pytest

from feedpub.store import standings
from tests.send.conftest import Desk

PEOPLE, KILLS, CONNECTIONS = 900, 20, 16
PROGRAM = """
    import sys, threading, time
    from datetime import UTC, datetime, timedelta
    from pathlib import Path
    import msgspec
    from feedpub.loading import load_site
    from feedpub.mailing.delivery import deliver
    from feedpub.store import open_store
    from feedpub.transport import Smtp
    folder, url, port, minutes = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    clock = lambda: datetime.now(UTC) + timedelta(minutes=minutes)
    connect = lambda: Smtp(f"smtp://127.0.0.1:{port}", timeout=20)
    print("ready", flush=True)
    deliver(open_store(url, folder), load_site(folder), connect, clock=clock, stop=threading.Event())
"""


@pytest.mark.timeout(900)  # twenty starts of Python, twice
def test_kill_9_loses_nobody_and_copies_only_what_was_in_flight(desk: Desk) -> None:
    chance = random.Random(7)
    desk.subscribe(*(f"reader{n}@d{n % 40}.example" for n in range(PEOPLE)))
    assert desk.publish() == PEOPLE
    taken: Counter[str] = Counter()
    ids: defaultdict[str, set[str]] = defaultdict(set)
    cut: Counter[str] = Counter()

    async def handle_data(server: Any, session: Any, envelope: Any) -> str:
        (to,) = envelope.rcpt_tos
        taken[to] += 1
        ids[to].add(envelope.content.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode())
        if chance.random() < 0.02:
            cut[to] += 1
            server.transport.close()
        return "250 2.0.0 taken"

    desk.inbox.handle_DATA = handle_data  # type: ignore[method-assign]
    desk.inbox.answer = lambda _: "451 4.3.0 try again" if chance.random() < 0.05 else ""
    url = desk.engine.url.render_as_string(hide_password=False)
    kills = 0
    for run in range(200):
        command = [sys.executable, "-c", textwrap.dedent(PROGRAM), desk.folder, url, str(desk.port), str(run * 600)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        if kills < KILLS:
            # Killed by what the server has seen, not by a time: somewhere in the next few dozen messages.
            goal = sum(taken.values()) + chance.randrange(1, 40)
            while process.poll() is None and sum(taken.values()) < goal:
                time.sleep(0.001)
            kills += process.poll() is None
            process.kill()
        process.wait()
        process.stdout.close()
        with desk.engine.begin() as conn:
            states = standings(conn)[0].states
        if states == {"sent": PEOPLE}:
            break
    assert kills == KILLS
    assert states == {"sent": PEOPLE}
    assert len(taken) == PEOPLE  # nobody is lost
    assert {len(one) for one in ids.values()} == {1}  # a copy can be told by its Message-ID
    copies = sum(taken.values()) - PEOPLE
    assert copies <= sum(cut.values()) + KILLS * CONNECTIONS
