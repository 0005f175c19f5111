"""What went into a folder was a rehearsal: it reached nobody, and spends no issue."""

import json
import mailbox
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result

from feedpub.loading import load_articles
from feedpub.mailing.newsletter import choose, publish
from feedpub.mailing.turn import put_right
from feedpub.store import archived_issues, issued_slugs, standings
from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured
from tests.send.conftest import SLOT, Desk, Inbox

Run = Callable[..., Result]
PEOPLE = ["ada@example.org", "bob@example.org", "cyd@example.org"]


@pytest.fixture
def site(write_site: Write) -> Path:
    return write_site({"articles/a.md": featured("A story", "2025-11-11")}, DIGEST)


@pytest.fixture
def run(feedpub: Run, site: Path) -> Run:
    """Runs a command on the site, in which three people are subscribed."""
    for address in PEOPLE:
        feedpub("subscribers", "add", address, "--site", site)
    return lambda *arguments: feedpub(*arguments, "--site", site)


def name_server(site: Path, port: int) -> None:
    settings = site / "feedpub.toml"
    settings.write_text(settings.read_text() + f'[mail]\nurl = "smtp://127.0.0.1:{port}"\n')


@pytest.mark.parametrize("command", [("send", "weekly"), ("send", "--due")])
def test_what_was_rehearsed_goes_to_everybody_once_a_server_is_named(
    run: Run, site: Path, inbox: tuple[Inbox, int], command: tuple[str, ...]
) -> None:
    run("send", "--due")  # this digest is new here: its last slot is noted
    said = run("send", "weekly").stdout
    assert "3 put into the folder outbox" in said
    assert "It was a rehearsal: it reached nobody, and no article is spent." in said
    assert "rehearsed" in run("send", "weekly", "--dry-run").stdout
    (issue,) = json.loads(run("status", "--json").stdout)
    assert issue["rehearsal"] is True
    name_server(site, inbox[1])
    assert "1 story to 3 subscribers; nothing was sent." in run("send", "weekly", "--dry-run").stdout
    result = run(*command)
    assert "3 deliveries queued" in result.stdout
    assert "3 sent, 0 deferred, 0 failed.\n" in result.stdout
    assert inbox[0].recipients() == PEOPLE
    assert len(mailbox.Maildir(site / "outbox", create=False)) == 3
    assert "went out already (3 sent)" in run("send", "weekly", "--dry-run").stdout
    (issue,) = json.loads(run("status", "--json").stdout)
    assert issue["rehearsal"] is False


def test_a_folder_may_be_the_real_way_out(run: Run, site: Path) -> None:
    (site / "feedpub.toml").write_text((site / "feedpub.toml").read_text() + '[mail]\nurl = "maildir:spool"\nrehearsal = false\n')
    assert run("send", "weekly").stdout.endswith("3 put into the folder spool, 0 deferred, 0 failed.\n")
    assert "Left out: 1 in an earlier issue." in run("digest", "weekly", "--at", "2030-01-07T08:00").stdout


def test_a_server_that_only_catches_mail_may_be_a_rehearsal(run: Run, site: Path, inbox: tuple[Inbox, int]) -> None:
    name_server(site, inbox[1])
    settings = site / "feedpub.toml"
    settings.write_text(settings.read_text() + "rehearsal = true\n")
    assert "3 sent, 0 deferred, 0 failed. It was a rehearsal" in run("send", "weekly").stdout
    settings.write_text(settings.read_text().replace("rehearsal = true", ""))
    assert "3 sent, 0 deferred, 0 failed.\n" in run("send", "weekly").stdout


def test_what_is_left_of_a_rehearsal_never_reaches_anybody(desk: Desk) -> None:
    desk.subscribe(*PEOPLE)
    articles, _ = load_articles(desk.folder, desk.site)
    digest = choose(desk.site, None)
    publish(desk.engine, desk.folder, desk.site, digest, articles, slot=SLOT, now=desk.clock(), rehearsal=True)
    assert desk.deliver().answers.total() == 0
    with desk.engine.begin() as conn:
        assert issued_slugs(conn, "weekly") == set()
        assert archived_issues(conn) == []
    put_right(desk.engine, desk.site, now=desk.clock())
    with desk.engine.begin() as conn:
        assert standings(conn) == []
    assert desk.publish() == 3
    assert desk.deliver().answers["sent"] == 3


def test_what_waits_for_the_server_never_goes_into_a_folder(desk: Desk) -> None:
    desk.subscribe(*PEOPLE)
    desk.publish()
    server = desk.site.mail.url
    desk.set_mail(url="maildir:outbox")
    desk.clock.now += timedelta(hours=1)
    put_right(desk.engine, desk.site, now=desk.clock())
    assert desk.deliver().answers.total() == 0
    desk.set_mail(url=server)
    assert desk.deliver().answers["sent"] == 3
    assert desk.inbox.recipients() == PEOPLE
