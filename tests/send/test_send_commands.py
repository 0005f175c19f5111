"""The commands of the newsletter, as an operator runs them on a fresh machine."""

import json
import mailbox
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured
from tests.send.conftest import Inbox

Run = Callable[..., Result]


@pytest.fixture
def site(write_site: Write) -> Path:
    return write_site({"articles/a.md": featured("A story", "2025-11-11")}, DIGEST)


@pytest.fixture
def run(feedpub: Run, site: Path) -> Run:
    """Runs a command on the site."""
    return lambda *arguments: feedpub(*arguments, "--site", site)


def outbox(site: Path) -> list[str]:
    return sorted(str(message["To"]) for message in mailbox.Maildir(site / "outbox", create=False))


def test_everything_works_with_nothing_set_up(run: Run, site: Path) -> None:
    for address in ("ada@example.org", "bob@example.org"):
        assert run("subscribers", "add", address).exit_code == 0
    result = run("send", "weekly")
    assert result.exit_code == 0
    assert "2 deliveries queued" in result.stdout
    assert "2 put into the folder outbox, 0 deferred, 0 failed. It was a rehearsal: it reached nobody" in result.stdout
    assert outbox(site) == ["ada@example.org", "bob@example.org"]
    assert "this issue was rehearsed already" in run("send", "weekly").stdout
    assert len(outbox(site)) == 2
    (issue,) = json.loads(run("status", "--json").stdout)
    assert (issue["digest"], issue["sent"], issue["queued"], issue["rehearsal"]) == ("weekly", 2, 0, True)
    assert "A story" in run("status").stdout


def test_a_dry_run_and_a_test_copy_record_nothing(run: Run, site: Path) -> None:
    run("subscribers", "add", "ada@example.org")
    assert "1 story to 1 subscriber; nothing was sent." in run("send", "weekly", "--dry-run").stdout
    assert run("send", "weekly", "--to", "me@example.org").exit_code == 0
    assert outbox(site) == ["me@example.org"]
    assert json.loads(run("status", "--json").stdout) == []


def test_a_test_copy_that_cannot_go_out_is_one_line(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": featured("A", "2025-11-11")}, DIGEST + '[mail]\nurl = "smtp://127.0.0.1:9"\n')
    for to, words in (("nobody", "is not a mail address"), ("me@example.org", "the server takes no mail: 127.0.0.1:9: ")):
        result = feedpub("send", "weekly", "--to", to, "--site", site)
        assert result.exit_code == 1
        assert words in result.stderr


def test_the_first_look_at_what_is_due_sends_no_old_issue(run: Run, site: Path) -> None:
    run("subscribers", "add", "ada@example.org")
    assert run("send", "--due").exit_code == 0
    assert json.loads(run("status", "--json").stdout) == []


def test_an_import_reports_bad_double_and_suppressed_addresses_by_line(run: Run, site: Path) -> None:
    run("subscribers", "suppress", "gone@example.org")
    (site / "list.csv").write_text(
        "name,Email\nAda,ada@example.org\nNobody,not an address\n,ADA@example.org\nGone,gone@example.org\n"
    )
    assert "2 added" not in run("subscribers", "import", site / "list.csv", "--dry-run").stdout
    assert "0 subscriptions." in run("subscribers", "list").stdout
    result = run("subscribers", "import", site / "list.csv")
    assert result.exit_code == 1
    assert "1 added, 0 there already, 1 suppressed, 1 double, 1 bad." in result.stdout
    for line, words in ((3, "is not a mail address"), (4, "stands twice"), (5, "is suppressed")):
        assert f"list.csv:{line}: " in result.stderr
        assert words in result.stderr
    assert run("subscribers", "export").stdout.splitlines()[1].startswith("ada@example.org,weekly,active,")


def test_proof_tells_when_and_how_a_person_agreed(run: Run) -> None:
    run("subscribers", "add", "ada@example.org")
    assert "weekly  active  added by hand" in run("subscribers", "proof", "ada@example.org").stdout


def test_who_is_removed_is_forgotten_and_not_brought_back(run: Run, site: Path) -> None:
    run("subscribers", "add", "ada@example.org")
    assert run("subscribers", "remove", "ADA@example.org").exit_code == 0
    result = run("subscribers", "add", "ada@example.org")
    assert result.exit_code == 1
    assert "this address is suppressed" in result.stderr
    assert b"ada@example.org" not in b"".join(path.read_bytes() for path in site.glob("feedpub.db*"))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('[mail]\nurl = "smtp://u:secret@h"\n', "mail.url: holds a password; put it into the environment"),
        ('[mail]\nurl = "ftp://h"\n', "mail.url: \"ftp://h\" is not a way to send mail"),
        ('[mail]\nrate = 0\n', "mail.rate"),
        ('[store]\nurl = "nonsense"\n', "store.url: can't be used"),
        ('[store]\nurl = "sqlite:////nowhere/at/all.db"\n', "store: the database refused"),
        ('[mail]\nurl = "smtp://127.0.0.1:9"\npassword_file = "none"\n', "mail.password_file: this file can't be read"),
    ],
)  # fmt: skip
def test_bad_settings_are_one_line_without_a_secret(write_site: Write, feedpub: Run, settings: str, words: str) -> None:
    site = write_site({"articles/a.md": featured("A", "2025-11-11")}, DIGEST + settings)
    result = feedpub("send", "weekly", "--site", site)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "secret" not in result.output
    assert not (site / "outbox").exists()


def test_a_wrong_password_stops_with_one_line_and_everything_waits(
    write_site: Write, feedpub: Run, inbox: tuple[Inbox, int]
) -> None:
    settings = f'[mail]\nurl = "smtp://ada@127.0.0.1:{inbox[1]}"\n'
    site = write_site({"articles/a.md": featured("A", "2025-11-11")}, DIGEST + settings)
    feedpub("subscribers", "add", "ada@example.org", "--site", site)
    os.environ["FEEDPUB_SMTP_PASSWORD"] = "hunter2"
    try:
        result = feedpub("send", "weekly", "--site", site)
    finally:
        del os.environ["FEEDPUB_SMTP_PASSWORD"]
    assert result.exit_code == 1
    assert "the server takes no mail" in result.stderr
    assert "hunter2" not in result.output
    assert json.loads(feedpub("status", "--json", "--site", site).stdout)[0]["queued"] == 1


def test_a_scheduler_ends_with_0_when_it_is_told_to(site: Path) -> None:
    command = [sys.executable, "-m", "feedpub", "schedule", "--site", site]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stderr
    assert process.stderr.readline() == "Watching 1 digest; stop with Ctrl-C.\n"
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert errors == ""


def test_two_sends_at_once_write_to_everybody_once(run: Run, site: Path) -> None:
    (site / "list.csv").write_text("".join(f"reader{n}@example.org\n" for n in range(200)))
    run("subscribers", "import", site / "list.csv")
    command = [sys.executable, "-m", "feedpub", "send", "weekly", "--site", site]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert "Traceback" not in errors
    assert run("send", "weekly").exit_code == 0
    assert len(outbox(site)) == len(set(outbox(site))) == 200


def test_a_database_that_is_none_is_told(run: Run, site: Path) -> None:
    (site / "feedpub.db").write_bytes(b"not a database" * 1000)
    result = run("status")
    assert result.exit_code == 1
    assert "the database refused: file is not a database" in result.stderr
