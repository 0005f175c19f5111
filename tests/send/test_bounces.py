"""What comes back by mail: whoever is to be left alone is left alone, and nobody else."""

import email
import mailbox
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import delete, select, update

from feedpub.mailing.bounces import Outcome, note_refusals, read_bounces
from feedpub.mailing.seal import Seal
from feedpub.model import Author
from feedpub.store import find_subscriptions, proof, sealing_key, suppression_kind
from feedpub.store.schema import LAST_UNSEALED, about, deliveries, reports, subscribers
from tests.digest.conftest import featured
from tests.send.conftest import SLOT, Desk

NOW = SLOT + timedelta(days=1)


def dsn(to: str, status: str = "5.1.1", *, extra: str = "") -> bytes:
    return f"""From: MAILER-DAEMON@mx.example
To: {to}
{extra}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; reader@example.org
Action: failed
Status: {status}
--b--
""".encode()


def nested(levels: int) -> bytes:
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(levels))
    return f"From: x@y.example\nMIME-Version: 1.0\n{head}Content-Type: text/plain\n\nx\n".encode()


def fill(place: Path, *messages: bytes) -> Path:
    for name in ("cur", "new", "tmp"):
        (place / name).mkdir(parents=True, exist_ok=True)
    for number, message in enumerate(messages):
        (place / "new" / f"{number:05}").write_bytes(message)
    return place


class Returns:
    """A desk whose letters went out, with the envelopes that they had."""

    def __init__(self, desk: Desk, people: int = 4) -> None:
        self.desk = desk
        desk.set_mail(bounce=Author("", "bounces@news.example.org"), unsubscribe=Author("", "leave@news.example.org"))
        desk.subscribe(*(f"reader{n}@example.org" for n in range(people)))
        self.count = 0

    def send(self, slot: datetime = SLOT) -> list[str]:
        """Send an issue; the address for bounces of each of its letters, by reader."""

        (self.desk.folder / f"articles/{slot:%Y%m%d}.md").write_text(
            featured(f"News of {slot:%d %b}", published=f"{slot:%Y-%m-%d}")
        )
        self.desk.clock.now = slot + timedelta(minutes=1)
        before = len(self.desk.inbox.senders)
        self.desk.publish(slot)
        self.desk.deliver()
        sent = zip(self.desk.inbox.taken[before:], self.desk.inbox.senders[before:], strict=True)
        return [sender for _, sender in sorted((to, sender) for (to, _), sender in sent)]

    def read(self, *messages: bytes, now: datetime = NOW, **options: Any) -> Outcome:
        self.count += 1
        place = fill(self.desk.folder / f"box{self.count}", *messages)
        return read_bounces(self.desk.engine, self.desk.site, place, now=now, **options)

    def states(self) -> list[str]:
        with self.desk.engine.begin() as conn:
            return [one.state for one in find_subscriptions(conn)]


@pytest.fixture
def returns(desk: Desk) -> Returns:
    return Returns(desk)


def test_a_dead_mailbox_is_suppressed_at_once_and_a_report_counts_once(returns: Returns) -> None:
    first, *_ = returns.send()
    assert returns.read(dsn(first)).kinds == {"hard": 1}
    assert returns.states() == ["suppressed", "active", "active", "active"]
    with returns.desk.engine.begin() as conn:
        assert suppression_kind(conn, "reader0@example.org") == "bounce"
    assert returns.read(dsn(first)).kinds == {"known": 1}
    assert returns.read(dsn(first, extra="Received: by another\n")).kinds == {"known": 1}


def test_a_doubtful_mailbox_is_suppressed_at_its_third_issue_however_many_reports_one_brings(returns: Returns) -> None:
    for week in range(3):
        slot = SLOT + timedelta(weeks=week)
        address = returns.send(slot)[0]
        assert returns.states()[0] == "active"
        returns.read(*(dsn(address, "5.2.1", extra=f"X-Number: {n}\n") for n in range(5)), now=slot + timedelta(hours=1))
    assert returns.states() == ["suppressed", "active", "active", "active"]


def test_doubts_of_long_ago_do_not_count(returns: Returns) -> None:
    for n in range(3):
        slot = SLOT + timedelta(days=63 * n)
        returns.read(dsn(returns.send(slot)[0], "5.2.1"), now=slot)
    assert returns.states()[0] == "active"


def test_trouble_counts_against_nobody_and_is_told_by_provider(returns: Returns, feedpub: Callable[..., Result]) -> None:
    addresses = returns.send()
    outcome = returns.read(*(dsn(address, "5.7.26") for address in addresses))
    assert outcome.refusals == {("example.org", "5.7.26", "trouble"): 4}
    assert returns.states() == ["active"] * 4
    assert outcome.held == []


def test_only_what_was_sent_can_bounce_and_only_by_its_own_token(returns: Returns) -> None:
    first, *_ = returns.send()
    with returns.desk.engine.begin() as conn:
        tokens = list(conn.scalars(select(subscribers.c.token)))
        seal = Seal(sealing_key(conn))
    forged = [*tokens, Seal(b"another").token("bounce", 1), "a" * 24]
    forged += [seal.token("message", 1), seal.token("leave", 1)]
    assert returns.read(*(dsn(f"bounces+{token}@news.example.org") for token in forged)).kinds == {"other": len(forged)}
    assert returns.read(dsn(f"bounces+{seal.token('bounce', 10**9)}@news.example.org")).kinds == {"gone": 1}
    with returns.desk.engine.begin() as conn:
        conn.execute(delete(deliveries))
    assert returns.read(dsn(first)).kinds == {"gone": 1}
    assert returns.states() == ["active"] * 4


def test_letters_of_an_older_feedpub_are_understood_for_a_month_and_only_doubted(returns: Returns) -> None:
    returns.send()
    with returns.desk.engine.begin() as conn:
        conn.execute(update(about).where(about.c.name == LAST_UNSEALED).values(value="1"))
        old, new = conn.scalars(select(subscribers.c.token).order_by(subscribers.c.id).limit(2))
    to = "bounces+{}@news.example.org"
    assert returns.read(dsn(to.format(old)), dsn(to.format(new))).kinds == {"soft": 1, "other": 1}
    assert returns.read(dsn(to.format(old), extra="X: y\n"), now=NOW + timedelta(days=40)).kinds == {"other": 1}
    assert returns.states() == ["active"] * 4


def test_a_mass_event_suppresses_nobody_until_a_person_says_so(desk: Desk, feedpub: Callable[..., Result]) -> None:
    returns = Returns(desk, people=40)
    addresses = returns.send()
    outcome = returns.read(*map(dsn, addresses[:12]))
    assert outcome.suppressed == 0
    assert [(one.people, one.deliveries) for one in outcome.held] == [(12, 40)]
    assert returns.read().held == outcome.held
    assert set(returns.states()) == {"active"}
    assert returns.read(dry_run=True, force=True).suppressed == 12
    assert set(returns.states()) == {"active"}
    dismissed = returns.read(dismiss=True)
    assert dismissed.held == []
    assert returns.read().held == []
    assert set(returns.states()) == {"active"}
    assert returns.read(*map(dsn, addresses[12:24])).waiting == 12
    assert returns.read(force=True).suppressed == 12
    assert returns.states().count("suppressed") == 12


def test_a_few_a_time_pass_the_brake_no_more_than_all_at_once(desk: Desk) -> None:
    returns = Returns(desk, people=20)
    held = [bool(returns.read(dsn(address)).held) for address in returns.send()]
    assert held == [False] * 9 + [True] * 11


def test_reading_dry_notes_nothing(returns: Returns) -> None:
    first, *_ = returns.send()
    assert returns.read(dsn(first), dry_run=True).suppressed == 1
    assert returns.states() == ["active"] * 4
    with returns.desk.engine.begin() as conn:
        assert conn.execute(select(reports)).all() == []


@pytest.mark.parametrize(
    "hostile",
    [
        nested(400),
        nested(15_000),
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 5_000,
        b"X" * 2_000_001,
        b'{"mail": ' * 100_000,
        b'{"mail": {"a": ' + b"[" * 900_000,
    ],
    ids=["deep", "deeper", "many", "huge", "json", "json-deep"],
)
def test_a_message_past_all_bounds_is_named_and_stops_no_other(returns: Returns, hostile: bytes) -> None:
    first, *_ = returns.send()
    outcome = returns.read(hostile, dsn(first))
    assert returns.states()[0] == "suppressed"
    assert len(outcome.unreadable) + outcome.kinds["other"] == 1
    assert all(name == "new/00000" for name, _ in outcome.unreadable)


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?x?q?=ff?=\nFrom: \xff\xff <\xff@\xff>\nTo: \x80\n\n\x80",
        b"Content-Type: text/plain; charset=" + b"x" * 5_000 + b"\n\n\xff",
        b"Content-Type: " + b'";' * 500_000 + b"\n\nx",
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n=A=\n",
        b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\n\nx",
        b"X: " + b"\n " * 900_000,
        b"X: y\n" * 300_000 + b"\n",
        b"From: mailer-daemon@x\nSubject: failure notice\nContent-Type: text/html\n\n" + b"<" * 900_000,
        b"From: mailer-daemon@x\nSubject: failure notice\n\n" + b"a@" * 400_000 + b"\n" + b"user " * 10_000,
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: "
        + b";" * 900_000,
    ],
)
def test_odd_bytes_cost_little_and_are_no_report(returns: Returns, odd: bytes) -> None:
    outcome = returns.read(odd)
    assert outcome.unreadable == []
    assert outcome.kinds.total() == 1


def test_a_letter_offers_a_mail_to_leave_only_where_somebody_reads_it_and_that_mail_ends_it(desk: Desk) -> None:
    headers: list[str] = []
    take = desk.inbox.handle_DATA

    async def kept(server: Any, session: Any, envelope: Any) -> str:
        headers.append(email.message_from_bytes(envelope.content)["List-Unsubscribe"])
        return await take(server, session, envelope)

    desk.inbox.handle_DATA = kept  # type: ignore[method-assign]
    returns = Returns(desk, people=1)
    desk.set_mail(unsubscribe=None)
    returns.send()
    assert re.fullmatch(r"<https://[^>]*>", headers.pop())
    desk.set_mail(unsubscribe=Author("", "leave@news.example.org"))
    returns.send(SLOT + timedelta(weeks=1))
    found = re.fullmatch(r"<https:[^>]*>,\s+<mailto:([^?]*)\?subject=unsubscribe%20([a-z2-7]{24})>", headers.pop())
    assert found
    mail = f"From: reader0@example.org\nTo: {found[1].upper()}\nSubject: hello\n\n".encode()
    assert returns.read(b"Auto-Submitted: auto-replied\n" + mail).kinds == {"automatic": 1}
    assert returns.states() == ["active"]
    assert returns.read(mail).kinds == {"leave": 1}
    assert returns.states() == ["ended"]
    with desk.engine.begin() as conn:
        assert proof(conn, "reader0@example.org")[-1][2:] == ("ended", "mail to unsubscribe")
    assert returns.read(mail).kinds == {"known": 1}


def test_what_a_server_refuses_while_we_send_counts_like_the_bounce_of_it(desk: Desk) -> None:
    answers = {"reader0@example.org": "550 5.1.1 no such user", "reader1@example.org": "554 5.7.1 not from you"}
    desk.inbox.answer = lambda address: answers.get(address, "")
    returns = Returns(desk)
    returns.send()
    assert returns.states() == ["suppressed", "active", "active", "active"]
    assert note_refusals(desk.engine, now=desk.clock()).kinds == {}


def test_a_server_that_knows_a_third_of_the_list_no_more_suppresses_nobody_and_the_run_says_so(desk: Desk) -> None:
    desk.inbox.answer = lambda address: "550 5.1.1 no such user" if address < "reader2" else ""
    returns = Returns(desk, people=30)
    desk.publish()
    report = desk.deliver()
    assert report.answers == {"sent": 18, "failed": 12}
    assert report.stopped.startswith("12 of the 30 deliveries of an issue of weekly bounced within a day: too many")
    assert set(returns.states()) == {"active"}


def test_the_command_tells_what_it_read_in_lines_that_no_report_can_write(
    desk: Desk, feedpub: Callable[..., Result], tmp_path: Path
) -> None:
    returns = Returns(desk)
    first, second, *_ = returns.send()
    trouble = dsn(second, "5.7.26\x1b[2J\x07").replace(b"mx.example", b"mx.\x1b[31mgoogle.com")
    box = mailbox.mbox(tmp_path / "mail.mbox")
    for message in (dsn(first), trouble, b"Subject: hello\n\nNo report.\n", nested(400)):
        box.add(message)
    box.close()
    with (desk.folder / "feedpub.toml").open("a") as file:
        file.write('[store]\nurl = "sqlite:///../feedpub.db"\n')
    command = ("bounces", "read", tmp_path / "mail.mbox", "--site", desk.folder)
    if desk.engine.dialect.name == "sqlite":
        result = feedpub(*command)
        assert result.exit_code == 0
        assert result.stdout.splitlines() == [
            "dead mailboxes: 1, sender's troubles: 1, no report of ours: 1, unreadable: 1.",
            "  1 of 2 reports: 5.1.1 from example.org: the mailbox is no more",
            "  1 of 2 reports: 5.7.26 from example.org: neither SPF nor DKIM passes, or DMARC fails: "
            "your DKIM key and SPF record, `feedpub check --dns`",
            "1 subscriber suppressed for bounces.",
        ]
        assert result.stderr.splitlines() == ["unreadable, left where it is: message 4: parts within parts, more than 20 deep"]
    missing = feedpub("bounces", "read", tmp_path / "nowhere", "--site", desk.folder)
    assert missing.exit_code == 1
    assert "nowhere: there is no such mailbox" in missing.stderr
