"""Slots: every wall-clock time that the cron names, once, whatever clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.digest import last_slot, next_slots
from feedpub.errors import FeedpubError
from feedpub.model import Author
from feedpub.readers import read_schedule
from feedpub.site import Digest

ZONES = [
    "Europe/Malta", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata", "UTC",
    "Pacific/Apia", "Africa/Casablanca", "America/St_Johns", "Asia/Beirut", "Antarctica/Troll",
]  # fmt: skip


def digest(schedule: str, zone: str = "Europe/Malta") -> Digest:
    return Digest(name="weekly", sender=Author("", "news@example.org"), schedule=schedule, timezone=ZoneInfo(zone))


def at(text: str, zone: str = "Europe/Malta") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("schedule", ["30 2 * * *", "0 0 * * *", "15 1 * * *"])
def test_a_daily_digest_has_one_slot_a_day_all_year(zone: str, schedule: str) -> None:
    slots = next_slots(digest(schedule, zone), at("2024-12-31T23:59", zone), 365)
    assert [slot.date() for slot in slots] == [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]
    assert all(before < after for before, after in pairwise(slots))


def test_a_time_that_clocks_skip_comes_as_much_later() -> None:
    (slot,) = next_slots(digest("30 2 * * *"), at("2025-03-30T00:00"))
    assert slot.isoformat() == "2025-03-30T03:30:00+02:00"


def test_a_time_that_comes_twice_is_the_first() -> None:
    slots = next_slots(digest("30 2 * * *"), at("2025-10-26T00:00"), 2)
    assert [slot.isoformat() for slot in slots] == ["2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"]


def test_weekdays_are_the_days_they_are_named() -> None:
    slots = next_slots(digest("0 8 * * mon,thu"), at("2025-11-11T00:00"), 3)
    assert [f"{slot:%a %d %H:%M}" for slot in slots] == ["Thu 13 08:00", "Mon 17 08:00", "Thu 20 08:00"]


@pytest.mark.parametrize(
    ("weekdays", "count"), [("sun-sat", 7), ("sat-mon", 3), ("MON-FRI", 5), ("*", 7), ("tue,thu-fri", 3), ("sun", 1)]
)
def test_ranges_of_weekdays_go_round_the_week(weekdays: str, count: int) -> None:
    one = digest(read_schedule(f"0 8 * * {weekdays}"))
    assert len([slot for slot in next_slots(one, at("2025-11-09T23:00"), 20) if slot < at("2025-11-17T00:00")]) == count


def test_a_slot_at_this_very_moment_is_the_last_and_not_the_next() -> None:
    monday = at("2025-11-10T08:00")
    assert last_slot(digest("0 8 * * mon"), monday) == monday
    assert next_slots(digest("0 8 * * mon"), monday)[0] == at("2025-11-17T08:00")


def test_a_slot_may_lie_years_back() -> None:
    assert last_slot(digest("0 8 29 feb *"), at("2027-05-01T00:00")) == at("2024-02-29T08:00")


def test_slots_are_shown_in_the_zone_of_the_digest() -> None:
    (slot,) = next_slots(digest("0 8 * * *", "Asia/Kolkata"), datetime(2025, 1, 1, tzinfo=UTC))
    assert slot.isoformat() == "2025-01-01T08:00:00+05:30"


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001
    st.sampled_from(ZONES),
    st.sampled_from(["30 2 * * *", "*/20 * * * *", "0 8 * * mon-fri", "0 0 1 * *", "59 23 * * sun", "0 3,4 * * *"]),
)
@settings(deadline=None, max_examples=150)
def test_last_and_next_enclose_every_moment(moment: datetime, zone: str, schedule: str) -> None:
    now = moment.replace(tzinfo=UTC)
    one = digest(schedule, zone)
    before, (after, later) = last_slot(one, now), next_slots(one, now, 2)
    assert before is not None
    assert before <= now < after < later
    assert next_slots(one, before)[0] == after


@pytest.mark.parametrize(
    ("schedule", "words"),
    [("0 0 31 feb *", "never comes"), ("61 * * * *", "is not a cron expression"), ("a b c d e", "is not a cron expression")],
)
def test_a_cron_that_cannot_be_is_a_problem_with_its_place(schedule: str, words: str) -> None:
    one = msgspec.structs.replace(digest(schedule), lines={"schedule": 7})
    with pytest.raises(FeedpubError, match=rf"feedpub.toml:7: digest.schedule: .*{words}"):
        next_slots(one, at("2025-01-01T00:00"))
