"""The operator's figures: issues and deliveries, subscribers gained and lost, failures; as rows and as plots."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from feedpub.preview import plots
from feedpub.site import Site
from feedpub.store import (
    IssueFigures,
    Movement,
    active_subscribers,
    failure_causes,
    find_store,
    issue_figures,
    movements,
)

Step = Literal["day", "week"]
Plot = Literal["issues", "subscribers", "failures"]
PLOTS: tuple[Plot, ...] = get_args(Plot)
_ISSUES, _CAUSES = 24, 8
SPANS: dict[Step, timedelta] = {"day": timedelta(days=30), "week": timedelta(weeks=26)}
FAILURES_SINCE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the ledger says: issues newest first, and a Movement for every day or week of the span, oldest first."""

    issues: tuple[IssueFigures, ...]
    movements: tuple[Movement, ...]
    causes: tuple[tuple[str, int], ...]
    active: dict[str, int]
    step: Step

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.issues or self.active or self.causes or any(one.gained or one.lost for one in self.movements))


def figures(folder: Path, site: Site, *, now: datetime, step: Step) -> Figures | None:
    """The figures of the site's database; None where there is none yet. Raises FeedpubError when it can't be read."""
    engine = find_store(site.store.url, folder)
    if engine is None:
        return None
    with engine.begin() as conn:
        since = now - SPANS[step]
        return Figures(
            issue_figures(conn, limit=_ISSUES),
            _every(step, movements(conn, site.timezone, since=since), since, now, site.timezone),
            failure_causes(conn, since=now - FAILURES_SINCE, limit=_CAUSES),
            active_subscribers(conn),
            step,
        )


def plot(which: Plot, found: Figures, zone: ZoneInfo, *, scheme: plots.Scheme, shape: plots.Shape) -> bytes:
    """One of the plots, as SVG. Raises ImportError where feedpub[preview] is not installed."""
    match which:
        case "issues":
            shown = found.issues[::-1]
            series = {
                "sent": [issue.sent for issue in shown],
                "failed": [issue.failed for issue in shown],
                "waiting": [issue.waiting for issue in shown],
            }
            return plots.columns(series, [_short(issue.slot.astimezone(zone)) for issue in shown], scheme=scheme, shape=shape)
        case "subscribers":
            series = {"gained": [one.gained for one in found.movements], "lost": [-one.lost for one in found.movements]}
            return plots.columns(series, [_short(one.day) for one in found.movements], scheme=scheme, shape=shape)
        case "failures":
            return plots.bars(found.causes, scheme=scheme, shape=shape)


def _every(step: Step, some: tuple[Movement, ...], since: datetime, now: datetime, zone: ZoneInfo) -> tuple[Movement, ...]:
    """A Movement for each day, or each week by its Monday, from `since` to `now`: also where nothing moved."""
    first, last = (_start(moment.astimezone(zone).date(), step) for moment in (since, now))
    width = timedelta(days=1) if step == "day" else timedelta(weeks=1)
    counts = {first + number * width: (0, 0) for number in range((last - first) // width + 1)}
    for one in some:
        start = _start(one.day, step)
        gained, lost = counts.get(start, (0, 0))
        counts[start] = (gained + one.gained, lost + one.lost)
    return tuple(Movement(day, *counts[day]) for day in sorted(counts))


def _start(day: date, step: Step) -> date:
    return day if step == "day" else day - timedelta(days=day.weekday())


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"
