"""How the pages say when something comes."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from feedpub.preview.pages import how_soon

NOW = datetime(2026, 11, 10, 8, tzinfo=ZoneInfo("Europe/Malta"))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-10T08:00:20", "in 1 minute"),
        ("2026-11-10T08:45", "in 45 minutes"),
        ("2026-11-10T09:10", "in 1 hour"),
        ("2026-11-10T23:30", "in 16 hours"),
        ("2026-11-11T00:30", "tomorrow"),
        ("2026-11-11T23:30", "tomorrow"),
        ("2026-11-23T08:00", "in 13 days"),
        ("2026-12-01T08:00", "in 3 weeks"),
        ("2027-11-10T08:00", "in 12 months"),
    ],
)
def test_a_time_to_come_is_told_as_one_says_it(moment: str, words: str) -> None:
    assert how_soon(datetime.fromisoformat(moment).replace(tzinfo=NOW.tzinfo), NOW) == words


def test_days_are_those_of_the_place_where_it_happens() -> None:
    tokyo = datetime(2026, 11, 11, 8, tzinfo=ZoneInfo("Asia/Tokyo"))  # there it is the tenth, 16:00
    assert how_soon(tokyo, NOW) == "tomorrow"
