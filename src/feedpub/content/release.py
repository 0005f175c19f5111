"""Which articles are out at a moment: a date of the future waits, and one that expired has gone."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from feedpub.model import Article


class Release(NamedTuple):
    """The articles that are out, and those that wait, the next to come first.

    The same articles are out from `since` until before `until`; None means that there is no such end.
    """

    out: list[Article]
    later: list[Article]
    since: datetime | None
    until: datetime | None


def released(articles: Iterable[Article], now: datetime | None, *, future: bool = False) -> Release:
    """What of `articles` is out at `now` (aware); with `future` also what is dated later. Without a clock everything is."""
    articles = list(articles)
    if now is None:
        return Release(articles, [], None, None)
    waiting = [] if future else sorted((a for a in articles if a.published > now), key=lambda a: (a.published, a.slug))
    waits = {article.slug for article in waiting}
    out = [a for a in articles if a.slug not in waits and not (a.expires and a.expires <= now)]
    turns = [a.expires for a in articles if a.expires] + ([] if future else [a.published for a in articles])
    since = max((turn for turn in turns if turn <= now), default=None)
    return Release(out, waiting, since, min((turn for turn in turns if turn > now), default=None))
