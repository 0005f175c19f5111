"""cron + zone → slots: the moments at which a digest's issues are due."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from feedpub.errors import FeedpubError
from feedpub.site import Digest

# No zone ever moved its clocks by more: Samoa left out a day.
_LARGEST_SHIFT = timedelta(hours=25)
# A leap day lies in every twelve years; so many days hold more than a year of any schedule, and with it its longest pause.
_FIRST_DAY, _LAST_DAY, _MOST_DAYS = datetime(2024, 1, 1), datetime(2036, 12, 31), 400  # noqa: DTZ001 a wall-clock time
_WINDOWS = (timedelta(days=1), timedelta(days=8), timedelta(days=63), timedelta(days=800), timedelta(days=12_000))


def next_slots(digest: Digest, after: datetime, count: int = 1) -> tuple[datetime, ...]:
    """The first `count` slots later than `after` (aware), in the digest's zone; fewer if its cron ends.

    Every wall-clock time that the cron names is one slot: where clocks skip it, it falls as much later as they move; where
    it comes twice, it is the first. So a daily digest has one slot a day all year. Raises FeedpubError for a bad cron.
    """
    return tuple(islice(_slots(digest, after), count))


def last_slot(digest: Digest, at: datetime) -> datetime | None:
    """The latest slot not later than `at` (aware), in the digest's zone; None if there was none in 30 years."""
    for window in _WINDOWS:
        last = None
        for slot in _slots(digest, at - window):
            if slot > at:
                break
            last = slot
        if last:
            return last
    return None


def widest_gap(digest: Digest) -> timedelta:
    """The longest time, in whole days, from one slot of the digest to the next. Raises FeedpubError for a bad cron."""
    _trigger(digest)
    return _widest_gap(digest.schedule)


def slot_name(slot: datetime) -> str:
    """A slot (aware) as it stands in addresses, such as 2025-11-17T0700: in UTC, so no other setting of a zone changes it."""
    return f"{slot.astimezone(UTC):%Y-%m-%dT%H%M}"


@cache
def _widest_gap(schedule: str) -> timedelta:
    """Told by the days that have a slot: between the last of one and the first of the next there is no more."""
    trigger = CronTrigger.from_crontab(f"0 0 {' '.join(schedule.split()[2:])}", timezone=UTC)
    days: list[datetime] = []
    wall = _FIRST_DAY
    while len(days) < _MOST_DAYS and (found := _next_wall(trigger, wall)) and found < _LAST_DAY:
        days.append(found)
        wall = found + timedelta(days=1)
    return max((later - day for day, later in pairwise(days)), default=timedelta(0))


def _slots(digest: Digest, after: datetime) -> Iterator[datetime]:
    assert digest.timezone
    trigger = _trigger(digest)
    wall = after.astimezone(digest.timezone).replace(tzinfo=None) - _LARGEST_SHIFT
    latest = after
    while wall := _next_wall(trigger, wall):  # type: ignore[assignment]
        slot = _placed(wall, digest.timezone)
        if slot > latest:
            yield slot
            latest = slot
        wall += timedelta(seconds=1)


def _next_wall(trigger: CronTrigger, wall: datetime) -> datetime | None:
    """The cron is read on the wall clock alone (as if it were UTC), where every time comes once."""
    try:
        found = trigger.get_next_fire_time(None, wall.replace(tzinfo=UTC))
    except OverflowError:
        return None
    return found.replace(tzinfo=None) if found else None


def _placed(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)


def _trigger(digest: Digest) -> CronTrigger:
    try:
        trigger = CronTrigger.from_crontab(digest.schedule, timezone=UTC)
    except ValueError as error:
        mend = 'write minute hour day month weekday, such as "0 8 * * mon" for Mondays at 08:00'
        raise FeedpubError([digest.problem("schedule", f"is not a cron expression: {error}", mend)]) from error
    if _next_wall(trigger, datetime(2024, 1, 1)) is None:  # noqa: DTZ001 a wall-clock time has no zone
        raise FeedpubError([digest.problem("schedule", f'"{digest.schedule}" never comes', "write a day that its month has")])
    return trigger
