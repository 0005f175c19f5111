"""Each subscriber gets an issue once, whatever the server says and however often it is asked."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from feedpub.errors import FeedpubError
from feedpub.loading import load_site
from feedpub.store import end_subscription, issued_slugs, open_store, standings, suppress_subscriber
from feedpub.store.schema import about
from tests.digest.conftest import featured
from tests.send.conftest import SLOT, Desk

PEOPLE = [f"reader{n}@example.org" for n in range(60)]


def states(desk: Desk) -> dict[str, int]:
    with desk.engine.begin() as conn:
        (one,) = standings(conn)
    return one.states


def test_everybody_gets_the_issue_once_however_often_it_is_sent(desk: Desk) -> None:
    desk.subscribe(*PEOPLE)
    assert desk.publish() == 60
    assert desk.publish() == 0
    assert desk.deliver().answers == {"sent": 60}
    assert desk.deliver().answers == {}
    assert desk.inbox.recipients() == sorted(PEOPLE)
    assert len({message_id for _, message_id in desk.inbox.taken}) == 60
    assert states(desk) == {"sent": 60}


def test_what_is_deferred_waits_longer_each_time_and_goes_out_later(desk: Desk) -> None:
    desk.subscribe(*PEOPLE[:3])
    desk.publish()
    desk.inbox.answer = lambda to: "451 4.7.1 greylisted" if to == PEOPLE[1] else ""
    assert desk.deliver().answers == {"sent": 2, "queued": 1}
    assert desk.deliver().answers == {}
    desk.clock.now += timedelta(minutes=2)
    assert desk.deliver().answers == {"queued": 1}
    desk.clock.now += timedelta(minutes=1)
    assert desk.deliver().answers == {}
    desk.inbox.answer = lambda _: ""
    desk.clock.now += timedelta(minutes=3)
    assert desk.deliver().answers == {"sent": 1}
    assert desk.inbox.recipients() == PEOPLE[:3]


def test_what_is_refused_is_final_and_keeps_its_status_code(desk: Desk) -> None:
    desk.subscribe(*PEOPLE[:2])
    desk.publish()
    desk.inbox.answer = lambda to: "550 5.1.1 no such user" if to == PEOPLE[0] else ""
    assert desk.deliver().answers == {"sent": 1, "failed": 1}
    desk.clock.now += timedelta(days=9)
    assert desk.deliver().answers == {}
    with desk.engine.begin() as conn:
        assert standings(conn)[0].reasons == (("550 5.1.1 no such user", 1),)


def test_a_deferral_that_never_ends_is_given_up_and_told(desk: Desk) -> None:
    desk.subscribe(PEOPLE[0])
    desk.publish()
    desk.inbox.answer = lambda _: "450 4.2.2 mailbox full"
    for _ in range(30):
        desk.deliver()
        desk.clock.now += timedelta(hours=9)
    assert states(desk) == {"failed": 1}


def test_a_domain_that_asks_to_slow_down_rests_and_others_go_on(desk: Desk) -> None:
    desk.set_mail(connections=1)
    desk.subscribe(*(f"r{n}@busy.example" for n in range(40)), *PEOPLE[:5])
    desk.publish()
    desk.inbox.answer = lambda to: "450 4.7.0 slow down" if to.endswith("busy.example") else ""
    report = desk.deliver()
    assert report.answers["sent"] == 5
    assert report.answers["queued"] == 1
    desk.inbox.answer = lambda _: ""
    desk.clock.now += timedelta(minutes=5)
    desk.deliver()
    assert states(desk) == {"sent": 45}


def test_a_server_that_takes_nothing_burns_no_list(desk: Desk) -> None:
    desk.subscribe(*PEOPLE)
    desk.publish()
    desk.port = 9  # nobody listens there
    report = desk.deliver()
    assert report.stopped.startswith("the server takes no mail: 127.0.0.1:9: ")
    assert states(desk) == {"queued": 60}


def test_who_left_in_the_meantime_gets_nothing(desk: Desk) -> None:
    desk.subscribe(*PEOPLE[:3])
    desk.publish()
    with desk.engine.begin() as conn:
        assert end_subscription(conn, PEOPLE[0], "weekly", now=desk.clock(), how="one click") == 1
        suppress_subscriber(conn, PEOPLE[1], now=desk.clock(), reason="complaint")
    desk.deliver()
    assert desk.inbox.recipients() == [PEOPLE[2]]
    assert states(desk) == {"sent": 1, "failed": 2}


def test_a_quota_holds_the_rest_back_until_its_window_opens(desk: Desk) -> None:
    desk.set_mail(per_hour=25)
    desk.subscribe(*PEOPLE)
    desk.publish()
    report = desk.deliver()
    assert report.answers == {"sent": 25}
    assert "quota" in report.stopped
    assert states(desk) == {"sent": 25, "queued": 35}
    desk.clock.now += timedelta(minutes=61)
    desk.deliver()
    desk.clock.now += timedelta(minutes=61)
    desk.deliver()
    assert states(desk) == {"sent": 60}


def test_the_server_never_sees_more_in_a_second_than_was_said(desk: Desk) -> None:
    desk.set_mail(rate=30.0)
    desk.subscribe(*PEOPLE, *(f"more{n}@example.org" for n in range(20)))
    desk.publish()
    times: list[float] = []
    desk.inbox.after_data = lambda _: times.append(time.monotonic()) or ""  # type: ignore[func-returns-value]
    desk.deliver()
    assert len(times) == 80
    # The server sees a message a moment after it was let go, so a second of ours may look like a little less of its own.
    assert max(sum(start <= moment < start + 0.95 for moment in times) for start in times) <= 31


def test_a_newer_database_is_not_touched(desk: Desk, tmp_path: Path) -> None:
    with desk.engine.begin() as conn:
        conn.execute(update(about).where(about.c.name == "version").values(value="99"))
    with pytest.raises(FeedpubError, match="was written by a newer feedpub"):
        open_store(desk.engine.url.render_as_string(hide_password=False), tmp_path)


def test_a_stop_finishes_what_is_in_flight_and_keeps_the_rest(desk: Desk) -> None:
    desk.subscribe(*PEOPLE)
    desk.publish()
    desk.inbox.after_data = lambda _: desk.stop.set() or ""  # type: ignore[func-returns-value]
    desk.deliver()
    done = states(desk)
    assert done["sent"] == len(desk.inbox.taken) <= desk.site.mail.connections
    assert done["queued"] == 60 - done["sent"]


def test_a_connection_that_is_lost_after_the_data_is_tried_again_with_the_same_id(desk: Desk) -> None:
    desk.subscribe(PEOPLE[0])
    desk.publish()
    desk.inbox.after_data = lambda _: "421 4.3.2 going down"
    assert desk.deliver().stopped == "the server wants to be asked later: 421 4.3.2 going down"
    tries = len(desk.inbox.taken)
    desk.inbox.after_data = lambda _: ""
    desk.clock.now += timedelta(minutes=3)
    assert desk.deliver().answers == {"sent": 1}
    assert len(desk.inbox.taken) == tries + 1
    assert len(set(desk.inbox.taken)) == 1


def test_the_envelope_tells_whom_a_bounce_is_about_without_the_address(desk: Desk) -> None:
    from feedpub.model import Author

    desk.set_mail(bounce=Author("", "bounces@news.example.org"))
    desk.subscribe(*PEOPLE[:2])
    desk.publish()
    desk.deliver()
    assert len(set(desk.inbox.senders)) == 2
    assert all(sender.startswith("bounces+") and sender.endswith("@news.example.org") for sender in desk.inbox.senders)
    assert not any("reader" in sender for sender in desk.inbox.senders)


def test_addresses_of_other_scripts_are_written_to(desk: Desk) -> None:
    desk.subscribe("用户@例え.jp", "josé@example.org")
    desk.publish()
    assert desk.deliver().answers == {"sent": 2}
    assert desk.inbox.recipients() == ["josé@example.org", "用户@例え.jp"]


def test_stories_left_out_for_size_go_into_the_next_issue(desk: Desk) -> None:
    for n in range(90):
        (desk.folder / f"articles/n{n}.md").write_text(featured(f'"{n} {"Title " * 30}"', excerpt="word " * 60))
    settings = desk.folder / "feedpub.toml"
    settings.write_text(settings.read_text() + "limit = 1000\n")
    desk.site = load_site(desk.folder)
    desk.subscribe(PEOPLE[0])
    issues = 0
    while desk.publish(SLOT + timedelta(weeks=issues)):
        issues += 1
    with desk.engine.begin() as conn:
        assert len(issued_slugs(conn, "weekly")) == 91
    assert issues > 1


@pytest.mark.parametrize("weeks", [1, 2])
def test_an_article_goes_out_in_one_issue_only(desk: Desk, weeks: int) -> None:
    desk.subscribe(PEOPLE[0])
    assert desk.publish() == 1
    assert desk.publish(SLOT + timedelta(weeks=weeks)) == 0
