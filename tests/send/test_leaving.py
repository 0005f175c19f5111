"""Who leaves, is forgotten or suppressed while a run holds their delivery gets nothing but what is on the wire."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from feedpub.store import end_subscription, forget_subscriber, standings, suppress_subscriber
from feedpub.store.schema import deliveries
from tests.send.conftest import Desk

PEOPLE = [f"r{n:03}@d{n}.example" for n in range(200)]


def leave(desk: Desk, address: str) -> None:
    with desk.engine.begin() as conn:
        end_subscription(conn, address, None, now=desk.clock(), how="one click")


def forget(desk: Desk, address: str) -> None:
    with desk.engine.begin() as conn:
        forget_subscriber(conn, address, now=desk.clock())


def suppress(desk: Desk, address: str) -> None:
    with desk.engine.begin() as conn:
        suppress_subscriber(conn, address, now=desk.clock(), reason="complaint", kind="complaint")


@pytest.mark.parametrize("go", [leave, forget, suppress])
@pytest.mark.parametrize("connections", [1, 16])
def test_who_goes_during_a_run_gets_no_mail_from_that_moment(
    desk: Desk, go: Callable[[Desk, str], None], connections: int
) -> None:
    desk.set_mail(connections=connections)
    desk.subscribe(*PEOPLE)
    desk.publish()
    gone: set[str] = set()
    late: list[str] = []

    def says(to: str) -> str:
        # All 200 are held by the run. Those at the end go while the 50th is asked for.
        if to in gone:
            late.append(to)
        if len(desk.inbox.taken) >= 50 and not gone:
            gone.update(PEOPLE[150:])
            for address in PEOPLE[150:]:
                go(desk, address)
        return ""

    desk.inbox.answer = says
    desk.deliver()
    assert gone
    assert late == []
    assert desk.inbox.recipients() == PEOPLE[:150]
    with desk.engine.begin() as conn:
        states = standings(conn)[0].states
    assert states == {"sent": 150} | ({} if go is forget else {"failed": 50})


def test_what_was_on_the_wire_is_noted_as_sent(desk: Desk) -> None:
    desk.subscribe(PEOPLE[0])
    desk.publish()
    desk.inbox.answer = lambda to: leave(desk, to) or ""  # type: ignore[func-returns-value]
    assert desk.deliver().answers == {"sent": 1}
    with desk.engine.begin() as conn:
        assert standings(conn)[0].states == {"sent": 1}


def test_who_left_on_the_wire_is_not_tried_again(desk: Desk) -> None:
    desk.subscribe(PEOPLE[0])
    desk.publish()
    desk.inbox.answer = lambda to: leave(desk, to) or "450 4.2.2 full"  # type: ignore[func-returns-value]
    desk.deliver()
    with desk.engine.begin() as conn:
        assert conn.execute(select(deliveries.c.state, deliveries.c.reason)).all() == [("failed", "subscription ended")]
