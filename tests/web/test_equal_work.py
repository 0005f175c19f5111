"""What a form makes the server do is the same for whom it knows and for whom it does not; and how often it does it at all."""

import logging
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

import pytest
from sqlalchemy import select

from feedpub.errors import FeedpubError
from feedpub.loading import load_site
from feedpub.store import forget_subscriber, suppress_subscriber
from feedpub.store.schema import notes
from feedpub.web.asking import LATEST, SOONEST
from feedpub.web.post import Postman
from tests.conftest import SETTINGS
from tests.web.conftest import ADA, House, path_in

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
KNOWN = ("active", "pending", "ended")
# The steps that take time, and by which a mail leaves this process.
STEPS = {"note.py:note", "inline.py:inlined", "message.py:note_message", "outlet.py:<lambda>"}


def crowded(house: House) -> None:
    """Somebody of each kind; what was asked for until now counts no more."""
    for name in ("active", "ended", "gone", "forgotten"):
        house.subscribe(f"{name}@readers.example")
    house.client().post("/subscribe", data={"email": "pending@readers.example", "digests": "weekly"})
    house.client().post(f"/unsubscribe/{house.token('ended@readers.example')}/weekly", data=ONE_CLICK)
    with house.engine.begin() as conn:
        suppress_subscriber(conn, "gone@readers.example", now=house.clock(), reason="complaint")
        forget_subscriber(conn, "forgotten@readers.example", now=house.clock())
    house.post()
    house.clock.now += timedelta(hours=2)


def steps_of_the_post(house: House) -> Counter[str]:
    """How often each step is taken while what waits is sent."""
    found: Counter[str] = Counter()

    def note_call(frame: FrameType, what: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        step = f"{path.name}:{frame.f_code.co_name}"
        if what == "call" and step in STEPS and "feedpub" in path.parts:
            found[step] += 1

    before = sys.getprofile()
    sys.setprofile(note_call)
    try:
        Postman(house.later, house.engine, house.keys).send_waiting()
    finally:
        sys.setprofile(before)
    return found


@pytest.mark.parametrize("path", ["/subscribe", "/unsubscribe"])
def test_a_mail_is_made_for_whom_nobody_knows_too(house: House, path: str) -> None:
    crowded(house)
    work = {}
    for name in (*KNOWN, "gone", "forgotten", "unknown"):
        sent = len(house.mailbox.mails)
        assert house.client().post(path, data={"email": f"{name}@readers.example", "digests": "weekly"}).status_code == 200
        work[name] = steps_of_the_post(house)
        assert steps_of_the_post(house) == {}
        # Who signs up for the first time is written to.
        goes_out = name in KNOWN or (name, path) == ("unknown", "/subscribe")
        assert len(house.mailbox.mails) - sent == goes_out, name
    assert set(work["active"]) == STEPS
    assert all(steps == work["active"] for steps in work.values()), work
    with house.engine.begin() as conn:
        assert set(conn.scalars(select(notes.c.state).where(notes.c.asked >= house.clock().timestamp()))) == {"sent", "withheld"}


def test_a_mail_is_made_at_a_moment_that_nobody_can_know(house: House) -> None:
    for number in range(12):
        address = ADA if number == 0 else f"r{number}@readers.example"
        for path in ("/subscribe", "/unsubscribe"):
            house.client().post(path, data={"email": address, "digests": "weekly"})
    with house.engine.begin() as conn:
        waits = [row.not_before - row.asked for row in conn.execute(select(notes))]
    assert len(waits) == 24
    assert len({round(wait, 3) for wait in waits}) > 12
    assert all(SOONEST <= wait <= LATEST for wait in waits)
    Postman(house.context, house.engine, house.keys).send_waiting()
    assert house.mailbox.mails == []
    assert len(house.post()) == 24  # 12 to confirm, 12 with the way to the preferences


def test_the_post_wakes_when_a_mail_is_due(house: House) -> None:
    context = replace(house.context, now=lambda: datetime.now(UTC))
    postman = Postman(context, house.engine, house.keys)
    house.client(house.app(postman, context)).post("/subscribe", data={"email": ADA, "digests": "weekly"})
    house.mailbox.wait(1)  # it waits for less than the minute after which the post looks by itself
    postman.stop()


@pytest.mark.parametrize("years", [1, 5])
def test_a_clock_that_was_set_back_holds_no_mail(house: House, years: int) -> None:
    right = house.clock.now
    house.clock.now += timedelta(days=365 * years)
    house.mailbox.answer = lambda to: "451 4.7.1 later" if to.startswith("slow") else ""
    for name in ("slow", "new"):
        house.client().post("/subscribe", data={"email": f"{name}@readers.example", "digests": "weekly"})
        if name == "slow":
            assert house.post() == []
    house.mailbox.answer = lambda _: ""
    house.clock.now = right
    assert {mail["To"] for mail in house.post()} == {"slow@readers.example", "new@readers.example"}
    # The links that were made by then are good.
    for mail in house.mailbox.mails:
        assert house.client().post(path_in(mail, "confirm"), data={}).status_code == 200
    # And what is asked for anew goes out, a farewell too.
    house.clock.now += timedelta(hours=2)
    house.client().post(f"/unsubscribe/{house.token('new@readers.example')}/weekly", data=ONE_CLICK)
    assert len(house.post()) == 1


def limited(house: House, most: int) -> House:
    settings = house.folder / "feedpub.toml"
    settings.write_text(f"{settings.read_text()}\n[web]\nmails_per_hour = {most}\n")
    return House(house.folder, house.engine, house.mailbox)


def test_all_networks_together_get_so_many_mails_an_hour(house_of_each_kind: House, caplog: pytest.LogCaptureFixture) -> None:
    house = limited(house_of_each_kind, 3)
    app = house.app()

    def ask(path: str, number: int) -> int:
        answer = house.client(app).post(path, data={"email": f"r{number}@readers.example", "digests": "weekly"})
        assert (answer.status_code == 429) == ("retry-after" in answer.headers)
        return answer.status_code

    with caplog.at_level(logging.WARNING, "feedpub.web"):
        assert [ask("/subscribe", number) for number in range(5)] == [200, 200, 200, 429, 429]
        # Who wants to leave is not kept by those who pour in.
        assert [ask("/unsubscribe", number) for number in range(10, 15)] == [200, 200, 200, 429, 429]
    assert len([line for line in caplog.messages if "mails_per_hour" in line]) == 1
    assert "readers.example" not in caplog.text
    assert house.states("r3@readers.example") == {}
    house.clock.now += timedelta(hours=1, seconds=1)
    assert ask("/subscribe", 3) == 200


@pytest.mark.parametrize(
    "line", ["mails_per_hour = 0", 'form_origins = ["shop"]', 'form_origins = ["https://shop.example/a"]', 'probes = ["x"]']
)
def test_a_setting_that_cannot_be_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "feedpub.toml").write_text(f"{SETTINGS}\n[web]\n{line}\n")
    with pytest.raises(FeedpubError) as raised:
        load_site(tmp_path)
    (problem,) = raised.value.problems
    assert problem.field == f"web.{line.split()[0]}"
