"""Reports of failed deliveries and complaints: who is to be left alone is left alone, and nobody else."""

import mailbox
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from feedpub.mailing.bounces import read_bounces, read_report
from feedpub.store import find_subscriptions, is_suppressed
from feedpub.store.schema import subscribers
from tests.send.conftest import Desk

NOW = datetime(2025, 11, 20, tzinfo=UTC)


def dsn(
    token: str, status: str = "5.1.1", action: str = "failed", *, to: str = "bounces+{}@news.example.org", extra: str = ""
) -> bytes:
    return f"""From: MAILER-DAEMON@mx.example
To: {to.format(token)}
{extra}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; reader0@example.org
Action: {action}
Status: {status}
--b--
""".encode()


def complaint(token: str) -> bytes:
    return f"""From: feedback@provider.example
To: abuse@news.example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Somebody complained.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1
--b
Content-Type: message/rfc822

From: news@news.example.org
To: redacted@provider.example
List-Unsubscribe: <https://news.example.org/unsubscribe/{token}/weekly>
Subject: A story

x
--b--
""".encode()


@pytest.fixture
def tokens(desk: Desk) -> list[str]:
    desk.subscribe(*(f"reader{n}@example.org" for n in range(4)))
    with desk.engine.begin() as conn:
        return list(conn.scalars(select(subscribers.c.token).order_by(subscribers.c.id)))


def states(desk: Desk) -> list[str]:
    with desk.engine.begin() as conn:
        return [one.state for one in find_subscriptions(conn)]


def fill(place: Path, *messages: bytes) -> Path:
    box = mailbox.Maildir(place)
    for message in messages:
        box.add(message)
    return place


def test_hard_bounces_and_complaints_suppress_at_once(desk: Desk, tokens: list[str], tmp_path: Path) -> None:
    place = fill(tmp_path / "box", dsn(tokens[0]), complaint(tokens[1]), b"Subject: hello\n\nNo report.\n")
    assert read_bounces(desk.engine, place, now=NOW) == {"hard": 1, "complaint": 1, "other": 1}
    assert states(desk) == ["suppressed", "suppressed", "active", "active"]
    with desk.engine.begin() as conn:
        assert is_suppressed(conn, "reader0@example.org")
    assert read_bounces(desk.engine, place, now=NOW) == {"known": 2, "other": 1}


@pytest.mark.parametrize(
    ("status", "action"), [("4.2.2", "failed"), ("5.2.2", "failed"), ("4.4.1", "delayed"), ("5.1.1", "delayed")]
)
def test_what_may_pass_is_soft(status: str, action: str) -> None:
    report = read_report(dsn("t" * 24, status, action))
    assert report
    assert report.kind == "soft"


def test_soft_bounces_count_and_the_fifth_in_thirty_days_suppresses(desk: Desk, tokens: list[str], tmp_path: Path) -> None:
    for n in range(6):
        moment = NOW + timedelta(days=25 if n else -40)
        read_bounces(desk.engine, fill(tmp_path / f"box{n}", dsn(tokens[0], "4.2.2", extra=f"X-Number: {n}\n")), now=moment)
        assert states(desk)[0] == ("suppressed" if n == 5 else "active")


@pytest.mark.parametrize(
    "message",
    [
        b"From: a@b.c\nAuto-Submitted: auto-replied\nSubject: Out of office\n\nBack on Monday.\n",
        b"",
        b"\xff\xfe\x00",
        dsn("unknown", to="bounces@news.example.org"),
        dsn("t" * 24, "2.0.0", "delivered"),
        dsn("t" * 24, "nonsense"),
        b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n',
        b"Content-Type: multipart/report\n\n5.1.1 failed bounces+tttttttttttttttttttttttt@x.y\n",
    ],
)
def test_what_is_no_report_counts_for_nothing(message: bytes) -> None:
    assert read_report(message) is None


def test_a_forged_report_without_a_token_of_ours_ends_no_subscription(desk: Desk, tokens: list[str], tmp_path: Path) -> None:
    assert len(tokens) == 4
    assert read_bounces(desk.engine, fill(tmp_path / "box", dsn("x" * 24)), now=NOW) == {"other": 1}
    assert states(desk) == ["active"] * 4


def test_an_mbox_is_read_too_and_a_missing_one_is_told(
    desk: Desk, tokens: list[str], feedpub: Callable[..., Result], tmp_path: Path
) -> None:
    box = mailbox.mbox(tmp_path / "mail.mbox")
    box.add(dsn(tokens[2]))
    box.close()
    assert read_bounces(desk.engine, tmp_path / "mail.mbox", now=NOW) == {"hard": 1}
    result = feedpub("bounces", "read", tmp_path / "nowhere", "--site", desk.folder)
    assert result.exit_code == 1
    assert "nowhere: there is no such mailbox" in result.stderr
    assert feedpub("bounces", "read", tmp_path / "mail.mbox", "--site", desk.folder).stdout.endswith("1 no report of ours.\n")
