"""A relay that says no: to everybody, for a while, or to one connection too many. Nobody on the list pays for it."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event

from feedpub.store import standings
from tests.send.conftest import Desk
from tests.send.relay import Relay, running

SPREAD = [f"u{n}@d{n}.example" for n in range(60)]
COLLEAGUES = [f"u{n}@company.example" for n in range(60)]
NO = {
    "open relay": ("RCPT", 0, "554 5.7.1 Relay access denied"),
    "daily quota": ("RCPT", 5, "550 5.4.5 Daily user sending limit exceeded"),
    "spam": ("BODY", 0, "554 5.7.1 Message rejected as spam"),
    "no signature": ("BODY", 0, "550 5.7.26 Unauthenticated email is not accepted"),
}
LESS = {
    "at MAIL, closed": ("MAIL", 5, "421 4.7.0 Too many messages, slow down"),
    "at RCPT": ("RCPT", 5, "450 4.7.0 Transmit rate limit exceeded, try again later"),
    "at MAIL": ("MAIL", 5, "451 4.7.1 Ratelimit user exceeded"),
    "too many": ("RCPT", 5, "452 4.5.3 Too many messages"),
}


@pytest.fixture
def relay(desk: Desk) -> Iterator[Relay]:
    with running(Relay()) as relay:
        desk.port = relay.port
        yield relay


def states(desk: Desk) -> dict[str, int]:
    with desk.engine.begin() as conn:
        return standings(conn)[0].states


@pytest.mark.parametrize("people", [SPREAD, COLLEAGUES], ids=["many domains", "one company"])
@pytest.mark.parametrize("how", NO)
def test_a_relay_that_refuses_everybody_burns_no_list(desk: Desk, relay: Relay, people: list[str], how: str) -> None:
    desk.subscribe(*people)
    desk.publish()
    command, number, reply = NO[how]
    relay.stops_after(command, number, reply)
    report = desk.deliver()
    assert report.stopped == f"the server refuses everybody: {reply}"
    assert report.trouble
    assert report.waiting == 60 - len(relay.taken)
    assert states(desk).get("failed", 0) == report.answers["failed"] == 0
    assert relay.seen[reply[:3]] < 25
    relay.says = lambda command, to: ""  # it was mended, and the operator says go
    assert desk.deliver(insist=True).answers["sent"] == report.waiting
    assert sorted(relay.taken) == sorted(people)


@pytest.mark.parametrize("reply", ["550 no", "550 5.1.1 User unknown in local recipient table", "552 5.2.2 mailbox full"])
def test_a_relay_that_knows_no_mailbox_at_all_has_lost_its_table(desk: Desk, relay: Relay, reply: str) -> None:
    desk.subscribe(*SPREAD)
    desk.publish()
    relay.stops_after("RCPT", 5, reply)
    report = desk.deliver()
    assert report.stopped == f"the server refuses everybody: {reply}"
    assert report.answers["failed"] == 0
    assert report.waiting == 60 - len(relay.taken)


def test_nine_dead_mailboxes_are_nine_dead_mailboxes(desk: Desk, relay: Relay) -> None:
    desk.subscribe(*SPREAD[:20])
    desk.publish()
    relay.says = lambda command, to: "550 5.1.1 User unknown" if command == "RCPT" and to in SPREAD[:9] else ""
    report = desk.deliver()
    assert not report.stopped
    assert report.answers["failed"] == 9


def test_three_subscribers_are_not_burnt_either(desk: Desk, relay: Relay) -> None:
    desk.subscribe(*SPREAD[:3])
    desk.publish()
    relay.stops_after("RCPT", 0, "554 5.7.1 Relay access denied")
    assert desk.deliver().stopped.startswith("the server refuses everybody: 554 5.7.1")
    assert states(desk) == {"queued": 3}


def test_one_company_that_refuses_us_stops_nobody_else(desk: Desk, relay: Relay) -> None:
    desk.subscribe(*COLLEAGUES[:20], *SPREAD[:20])
    desk.publish()
    relay.says = lambda command, to: "554 5.7.1 policy" if command == "RCPT" and to.endswith("@company.example") else ""
    assert desk.deliver().stopped == ""  # ten colleagues were refused; the others wait a little, and see
    assert states(desk)["sent"] == 20


def test_the_next_run_leaves_a_server_alone_that_refused_everybody_and_then_tries_it(desk: Desk, relay: Relay) -> None:
    desk.subscribe(*SPREAD)
    desk.publish()
    relay.stops_after("RCPT", 0, "554 5.7.1 Relay access denied")
    desk.deliver()
    refused = relay.seen["554"]
    report = desk.deliver()
    assert (report.stopped, report.answers) == ("", {})
    assert report.until == desk.clock() + timedelta(minutes=1)
    assert relay.seen["554"] == refused
    desk.clock.now += timedelta(minutes=2)
    report = desk.deliver()
    assert report.trouble
    assert report.again  # the operator knows
    relay.says = lambda command, to: ""
    desk.clock.now += timedelta(minutes=3)
    assert desk.deliver().answers["sent"] == 60


@pytest.mark.parametrize("how", LESS)
def test_a_relay_that_wants_less_rests_the_run_and_it_counts_for_nobody(desk: Desk, relay: Relay, how: str) -> None:
    desk.set_mail(connections=2)
    desk.subscribe(*SPREAD)
    desk.publish()
    command, number, reply = LESS[how]
    relay.stops_after(command, number, reply)
    report = desk.deliver()
    assert report.stopped == f"the server wants to be asked later: {reply}"
    assert report.until == desk.clock() + timedelta(seconds=10)
    assert relay.seen[reply[:3]] <= 6
    assert relay.seen["connections"] <= 6
    desk.clock.now += timedelta(minutes=10)
    relay.says = lambda command, to: ""
    left = 60 - len(relay.taken)
    assert desk.deliver().answers == {"sent": left}


def test_a_limit_that_lasts_a_second_is_waited_for(desk: Desk, relay: Relay) -> None:
    desk.subscribe(*SPREAD[:20])
    desk.publish()
    refused: list[str] = []

    def says(command: str, to: str) -> str:
        if command != "RCPT" or len(relay.taken) < 8 or len(refused) > 2:
            return ""
        refused.append(to)
        return "450 4.7.0 Transmit rate limit exceeded"

    relay.says = says
    report = desk.deliver()
    assert report.stopped == ""
    assert states(desk) == {"sent": 20}


def test_what_a_connection_gives_back_while_the_database_is_slow_goes_out_all_the_same(desk: Desk, relay: Relay) -> None:
    event.listen(desk.engine, "commit", lambda conn: time.sleep(0.03))
    relay.most = 1
    desk.subscribe(*SPREAD[:12])
    desk.publish()
    assert desk.deliver().answers == {"sent": 12}
    assert relay.seen["turned away"] >= 1


def test_one_connection_too_many_ends_and_the_number_is_remembered(desk: Desk, relay: Relay) -> None:
    relay.most, relay.slow = 3, 0.05
    desk.subscribe(*SPREAD)
    desk.publish()
    assert desk.deliver().answers == {"sent": 60}
    assert relay.seen["turned away"] >= 1
    turned_away = relay.seen["turned away"]
    desk.subscribe(*COLLEAGUES)
    desk.publish_next()
    assert desk.deliver().stopped == ""
    assert relay.seen["turned away"] == turned_away
    relay.most = 16  # it allows more now, which is found out some other day, one by one
    before = relay.seen["at once"]
    desk.clock.now += timedelta(days=2)
    desk.publish_next()
    desk.deliver()
    assert len(relay.taken) == 60 + 120 + 120
    assert relay.seen["at once"] <= before + 1


def test_a_server_with_no_connection_to_spare_takes_no_mail(desk: Desk, relay: Relay) -> None:
    relay.most = 0
    desk.subscribe(*SPREAD[:5])
    desk.publish()
    report = desk.deliver()
    assert report.stopped.startswith("the server takes no mail: ")
    assert report.trouble
    assert states(desk) == {"queued": 5}


def test_greylisting_of_everybody_is_no_wish_for_less(desk: Desk, relay: Relay) -> None:
    desk.subscribe(*SPREAD[:20])
    desk.publish()
    seen: set[str] = set()

    def says(command: str, to: str) -> str:
        if command == "RCPT" and to not in seen:
            seen.add(to)
            return "451 4.7.1 Greylisted, come back later"
        return ""

    relay.says = says
    assert desk.deliver().answers == {"queued": 20}
    desk.clock.now += timedelta(hours=1)
    assert desk.deliver().answers == {"sent": 20}


def test_a_server_that_hangs_up_each_time_is_not_called_sixty_times(desk: Desk, relay: Relay) -> None:
    desk.subscribe(*COLLEAGUES)
    desk.publish()
    relay.hangs_up = True
    report = desk.deliver()
    assert report.stopped.startswith("the server wants to be asked later: connection lost")
    assert relay.seen["connections"] <= 8
    relay.hangs_up = False
    desk.clock.now += timedelta(hours=1)
    assert desk.deliver().answers == {"sent": 60}
