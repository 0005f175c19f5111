"""How old an article may be to go into an issue: at least as old as the wait between two issues can make it."""

from datetime import timedelta

from feedpub.digest.schedule import widest_gap
from feedpub.site import Digest

_LEAST, _SLACK = timedelta(days=30), timedelta(days=7)


def age_limit(digest: Digest) -> timedelta:
    """The age at which an article is too old for an issue: `max_age`; without it 30 days, or a week more than the widest gap
    between two slots where that is longer, so that what is published right after an issue is in the next.
    """
    return digest.max_age or max(_LEAST, widest_gap(digest) + _SLACK)


def span_in_words(span: timedelta) -> str:
    """A span as the settings take it, such as `36h` or `30d`."""
    return f"{span.days}d" if not span % timedelta(days=1) else f"{round(span / timedelta(hours=1))}h"
