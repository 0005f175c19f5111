"""How often a digest comes, in words that a reader understands."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from feedpub.digest.schedule import next_slots
from feedpub.digest.story import day_in_words
from feedpub.site import Digest

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_WEEKS = 5  # a month and more, so that a day that no month lacks is told from one that some do


def rhythm(digest: Digest, now: datetime) -> str:
    """`Every Monday`, `Every weekday`, `On day 1 of each month`; else when the next issue comes. Told by the slots after `now`.

    The cron is not read for it: the slots it makes are all that counts for a reader, and no form of it is left out.
    """
    first = next(iter(next_slots(digest, now)), None)
    if first is None:
        return "No further issue"
    soon = [day.weekday() for day in _days(digest, now, timedelta(weeks=_WEEKS))]
    weekdays = sorted(set(soon))
    if all(soon.count(weekday) == _WEEKS for weekday in weekdays):
        if len(weekdays) == 7:
            return "Every day"
        if weekdays == [0, 1, 2, 3, 4]:
            return "Every weekday"
        return f"Every {' and '.join(_DAYS[weekday] for weekday in weekdays)}"
    days = _days(digest, now, timedelta(days=100))
    monthly = len(days) > 1 and all((later - day).days <= 31 for day, later in pairwise(days))
    if monthly and {day.day for day in days} == {first.day} and first.day <= 28:
        return f"On day {first.day} of each month"
    return f"Next on {day_in_words(first, 'en')}"


def _days(digest: Digest, now: datetime, span: timedelta) -> list[date]:
    """The days that have a slot, each once, from the first on and so far."""
    days: list[date] = []
    while (slots := next_slots(digest, now)) and (not days or slots[0].date() - days[0] < span):
        days.append(slots[0].date())
        now = slots[0].replace(hour=23, minute=59, second=59)
    return days
