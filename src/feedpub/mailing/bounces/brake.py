"""The brake: one day's mistake, theirs or ours, must not cost the list."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from feedpub.store import Due, due_suppressions, issue_size, suppressed_since

# Of an issue's deliveries. Of a list that people asked for, 2 % are dead; more than 20 % within a day is an accident.
_LEAST, _SHARE, _SPAN = 10, 0.2, timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """Bounces of an issue that are too many to be believed: of how many people, and of how many deliveries."""

    digest: str
    people: int
    deliveries: int

    def __str__(self) -> str:
        what = f"{self.people:,} of the {self.deliveries:,} deliveries of an issue of {self.digest} bounced within a day"
        return f"{what}: too many to be believed, so nobody is suppressed for them"


def braked(conn: Connection, *, now: datetime) -> tuple[list[Due], list[Due], list[Held]]:
    """Who is to be suppressed; who would be, but is held; and by which issues."""
    by_issue: defaultdict[int, list[Due]] = defaultdict(list)
    for one in due_suppressions(conn, now=now):
        by_issue[one.issue].append(one)
    free: list[Due] = []
    held: list[Due] = []
    why = []
    for issue, due in by_issue.items():
        people = len(suppressed_since(conn, issue, now - _SPAN) | {one.subscriber for one in due})
        size = issue_size(conn, issue)
        if bites(people, size):
            held += due
            why.append(Held(due[0].digest, people, size))
        else:
            free += due
    return free, held, why


def bites(people: int, deliveries: int) -> bool:
    """Whether so many, of so many deliveries of an issue, are more than a list loses in a day."""
    return people >= _LEAST and people > deliveries * _SHARE
