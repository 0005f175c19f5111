"""What the ledger promises to a run: claims in the order of an index, clocks that jump, quotas and a rate over all processes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from feedpub.errors import FeedpubError
from feedpub.store import claim, given_since, open_store, standings, take_tokens
from feedpub.store.schema import deliveries
from tests.send.conftest import SLOT, Desk

# The disk is full as soon as twenty are noted.
_WHEN = "new.state = 'sent' AND (SELECT count(*) FROM deliveries WHERE state = 'sent') >= 20"
FULL = {
    "sqlite": [
        "CREATE TRIGGER is_full BEFORE UPDATE ON deliveries "
        f"WHEN {_WHEN} BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {_WHEN} THEN RAISE EXCEPTION 'database or disk is full'; END IF; RETURN new; END $$",
        "CREATE TRIGGER is_full BEFORE UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION is_full()",
    ],
}
PEOPLE = [f"r{n}@d{n % 7}.example" for n in range(60)]


def states(desk: Desk) -> dict[str, int]:
    with desk.engine.begin() as conn:
        return standings(conn)[0].states


def test_a_claim_reads_in_the_order_of_the_index_and_sorts_nothing(tmp_path: Path) -> None:
    engine = open_store("sqlite:///feedpub.db", tmp_path)
    queries: list[str] = []
    with engine.begin() as conn:
        driver: Any = conn.connection.dbapi_connection
        driver.set_trace_callback(queries.append)
        assert claim(conn, "me", now=SLOT, lease=timedelta(minutes=5), limit=200) == []
        driver.set_trace_callback(None)
        (front,) = [query for query in queries if "WITH front" in query]
        plan = " ".join(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {front}"))
    assert "deliveries USING INDEX deliveries_due (state=? AND not_before<?)" in plan
    assert "TEMP B-TREE" not in plan.partition("SCAN f")[0]
    engine.dispose()


def test_what_was_written_by_a_clock_that_was_ahead_does_not_wait_for_it(desk: Desk) -> None:
    desk.subscribe(*PEOPLE)
    desk.clock.now += timedelta(days=5 * 365)
    desk.publish()
    desk.inbox.answer = lambda to: "450 4.7.0 slow down" if to.endswith("d1.example") else ""
    desk.set_mail(per_hour=30)
    desk.deliver()
    with desk.engine.begin() as conn:
        held = claim(conn, "elsewhere/1/0", now=desk.clock(), lease=timedelta(minutes=5), limit=5)
    assert len(held) == 5
    desk.clock.now -= timedelta(days=5 * 365)
    desk.inbox.answer = lambda _: ""
    desk.set_mail(per_hour=None)
    desk.deliver()
    assert states(desk) == {"sent": 60}


def test_a_quota_that_is_set_later_counts_what_was_sent_before(desk: Desk) -> None:
    desk.subscribe(*PEOPLE[:20])
    desk.publish()
    desk.deliver()
    desk.subscribe(*PEOPLE[20:])
    desk.set_mail(per_hour=30)
    desk.publish_next()
    desk.clock.now += timedelta(minutes=1)
    assert desk.deliver().answers == {"sent": 10}
    assert "quota" in desk.deliver().stopped


def test_only_what_was_taken_counts_against_a_quota(desk: Desk) -> None:
    desk.subscribe(*PEOPLE)
    desk.publish()
    desk.set_mail(per_hour=30)
    desk.inbox.answer = lambda to: "550 5.1.1 unknown" if to in PEOPLE[:20] else ""
    assert desk.deliver().answers == {"sent": 30, "failed": 20}
    with desk.engine.begin() as conn:
        hour = desk.clock() - timedelta(hours=1)
        assert given_since(conn, f"127.0.0.1:{desk.port}", hour, now=desk.clock()) in (0, 30)


def test_a_rate_is_one_for_all_who_share_the_ledger(desk: Desk) -> None:
    def take(conn: Connection) -> int:
        return take_tokens(conn, "relay:25", 2.0, 5)[0]

    with desk.engine.begin() as conn:
        assert [take(conn), take(conn), take(conn)] == [1, 0, 0]
        assert 0 < take_tokens(conn, "relay:25", 2.0, 5)[1] <= 0.5
        assert take_tokens(conn, "another:25", 2.0, 5)[0] == 1
        assert sum(take_tokens(conn, "third:25", 1000.0, 500)[0] for _ in range(2)) < 40


def test_a_database_that_refuses_is_one_line_and_what_was_not_noted_goes_out_again(desk: Desk) -> None:
    desk.subscribe(*PEOPLE)
    desk.publish()
    with desk.engine.begin() as conn:
        for statement in FULL[desk.engine.dialect.name]:
            conn.exec_driver_sql(statement)
    with pytest.raises(FeedpubError, match="database or disk is full") as caught:
        desk.deliver()
    assert len(caught.value.problems) == 1
    with desk.engine.begin() as conn:
        conn.exec_driver_sql(f"DROP TRIGGER is_full{'' if desk.engine.dialect.name == 'sqlite' else ' ON deliveries'}")
        assert conn.scalar(select(deliveries.c.id).where(deliveries.c.state == "failed")) is None
    taken = len(desk.inbox.taken)
    assert taken <= 20 + 2 * desk.site.mail.connections
    desk.deliver()
    assert states(desk) == {"sent": 60}
    assert set(desk.inbox.recipients()) == set(PEOPLE)
