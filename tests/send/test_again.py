"""feedpub send --again, and what status and send say of what failed or waits."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured
from tests.send.conftest import Inbox

Run = Callable[..., Result]
PEOPLE = [f"u{n}@d{n % 3}.example" for n in range(12)]


@pytest.fixture
def site(write_site: Write, feedpub: Run, inbox: tuple[Inbox, int]) -> Path:
    settings = f'[mail]\nurl = "smtp://127.0.0.1:{inbox[1]}"\n'
    site = write_site({"articles/a.md": featured("A story", "2025-11-11")}, DIGEST + settings)
    (site / "list.csv").write_text("email\n" + "\n".join(PEOPLE))
    feedpub("subscribers", "import", site / "list.csv", "--site", site)
    return site


@pytest.fixture
def run(feedpub: Run, site: Path) -> Run:
    return lambda *arguments: feedpub(*arguments, "--site", site)


def test_what_failed_is_shown_by_cause_and_sent_again(run: Run, inbox: tuple[Inbox, int]) -> None:
    inbox[0].answer = lambda to: f"552 5.2.2 <{to}>: mailbox over quota, id 4XyZ{to[1:3]}12ab" if to in PEOPLE[4:7] else ""
    assert "9 sent, 0 deferred, 3 failed." in run("send", "weekly").stdout
    assert json.loads(run("status", "--json").stdout)[0]["reasons"] == {"552 5.2.2 …: mailbox over quota, id …": 3}
    shown = run("send", "weekly", "--again", "--dry-run").stdout
    assert "3 × 552 5.2.2 …: mailbox over quota, id …\n3 deliveries would be queued again; nothing was changed." in shown
    run("subscribers", "suppress", PEOPLE[4])
    inbox[0].answer = lambda _: ""
    assert "0 deliveries queued again." in run("send", "weekly", "--again", "--reason", "relay").stdout
    result = run("send", "weekly", "--again", "--reason", "OVER QUOTA")
    assert result.exit_code == 0
    assert "2 deliveries queued again." in result.stdout
    assert "2 sent, 0 deferred, 0 failed." in result.stdout
    assert inbox[0].recipients() == sorted({*PEOPLE} - {PEOPLE[4]})


def test_mailboxes_that_are_none_are_tried_again_only_by_name(run: Run, inbox: tuple[Inbox, int]) -> None:
    inbox[0].answer = lambda to: f"550 5.1.1 <{to}>: no such user"
    run("send", "weekly")  # all of them, which nobody believes
    inbox[0].answer = lambda _: ""
    shown = run("send", "weekly", "--again", "--reason", "550").stdout
    assert "12 × 550 5.1.1 …: no such user  (left as it is)\n0 deliveries queued again." in shown
    assert "12 sent" in run("send", "weekly", "--again", "--reason", "5.1.1").stdout


def test_again_goes_with_nothing_else(run: Run) -> None:
    assert run("send", "weekly", "--again", "--due").exit_code == 2
    assert run("send", "weekly", "--reason", "x").exit_code == 2
    assert "no issue was made yet" in run("send", "weekly", "--again").stdout


def test_a_run_that_leaves_work_says_how_much_and_until_when(run: Run, inbox: tuple[Inbox, int]) -> None:
    inbox[0].answer = lambda to: "450 4.2.1 later" if to == PEOPLE[0] else ""
    result = run("send", "weekly")
    assert result.exit_code == 0
    assert "11 sent, 1 deferred, 0 failed.\n1 delivery waits; the next may go at 20" in result.stdout
