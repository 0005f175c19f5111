"""How often a digest comes, in words that a reader understands."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from feedpub.digest.schedule import next_slots
from feedpub.digest.story import day_in_words
from feedpub.site import Digest

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_LOOK_AHEAD = timedelta(days=28)


def rhythm(digest: Digest, now: datetime) -> str:
    """`Every Monday`, `Every weekday`, `On day 1 of each month`; else when the next issue comes. Told by the slots after `now`.

    The cron is not read for it: what slots it makes is all that counts for a reader, and no form of it is left out.
    """
    days = [slot.date() for slot in next_slots(digest, now, 40)]
    weeks = sorted({day.weekday() for day in days if day - days[0] < _LOOK_AHEAD})
    if not days:
        return "Has no next issue"
    if all(_came(days, weekday) for weekday in weeks):
        if len(weeks) == 7:
            return "Every day"
        if weeks == [0, 1, 2, 3, 4]:
            return "Every weekday"
        if len(weeks) <= 3:
            return f"Every {' and '.join(_DAYS[weekday] for weekday in weeks)}"
    if len({day.day for day in days}) == 1 and all((later - day).days <= 31 for day, later in pairwise(days)):
        return f"On day {days[0].day} of each month"
    first = next_slots(digest, now)[0]
    return f"Next on {day_in_words(first, 'en')}"


def _came(days: list[date], weekday: int) -> bool:
    """Whether it comes on that day in each of the next four weeks."""
    return len({day for day in days if day.weekday() == weekday and day - days[0] < _LOOK_AHEAD}) == 4
