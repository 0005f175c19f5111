"""Times, with an offset and without, in zones where clocks go forward and back."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedpub.content import read_article
from feedpub.content.fields import read_instant
from feedpub.site import read_site

SITE = read_site('[site]\ntitle = "The Signal"\nurl = "https://news.example.org"\ntimezone = "Europe/Malta"\n')
ZONES = st.sampled_from(
    ["Europe/Malta", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Beirut", "America/Sao_Paulo"]
)
FIRST, LAST = datetime.fromisoformat("1001-01-02"), datetime.fromisoformat("9000-01-01")
CLOCK_CHANGES = st.sampled_from(
    """2025-03-30T00:00 2025-03-30T02:00 2025-10-26T02:00 2025-03-09T02:00 2025-11-02T01:00 2025-04-06T01:30 2025-10-05T02:00
    2011-12-30T00:00 2018-11-04T00:00 2018-02-17T23:00 2025-10-26T00:00""".split()
).map(datetime.fromisoformat)
AROUND_CLOCK_CHANGES = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes), CLOCK_CHANGES, st.integers(-120, 180)
)
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))

many = settings(deadline=None, max_examples=200)


@given(st.datetimes(FIRST, LAST, timezones=OFFSETS), st.sampled_from("T "), st.booleans())
@many
def test_an_instant_with_an_offset_reads_as_that_instant(moment: datetime, separator: str, quoted: bool) -> None:
    written = moment.isoformat(separator)
    value = f'"{written}"' if quoted else written
    article = read_article(f"---\ntitle: A title\npublishedAt: {value}\n---\n", "article.md", SITE)
    assert article.published == moment
    assert article.published.utcoffset() is not None


@given(st.one_of(AROUND_CLOCK_CHANGES, st.datetimes(FIRST, LAST)), ZONES)
@settings(many, max_examples=400)
def test_a_local_time_is_what_clocks_show_or_one_they_skip(wall: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    instants = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = {instant for instant in instants if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall}
    if shown:
        assert read_instant(wall.isoformat(), zone).astimezone(UTC) == min(shown)
    else:
        with pytest.raises(ValueError, match="clocks skip"):
            read_instant(wall.isoformat(), zone)


@given(st.dates(FIRST.date(), LAST.date()), ZONES)
@example(date(2025, 3, 30), "Asia/Beirut")  # clocks skip midnight
@example(date(2018, 11, 4), "America/Sao_Paulo")
@many
def test_a_bare_date_is_the_first_instant_of_its_day(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    instant = read_instant(day.isoformat(), zone).astimezone(UTC)
    assert (instant - timedelta(microseconds=1)).astimezone(zone).date() < day
    assert instant.astimezone(zone).date() == day


def test_a_day_that_a_zone_never_had_is_the_next_one() -> None:
    """Samoa went from 29 to 31 December 2011."""
    zone = ZoneInfo("Pacific/Apia")
    assert read_instant("2011-12-30", zone).astimezone(UTC) == read_instant("2011-12-31", zone).astimezone(UTC)
