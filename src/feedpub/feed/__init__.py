"""feed: Articles → the bytes of every feed. Pure."""

from feedpub.feed.category import newest_first
from feedpub.feed.plan import Planned, planned_feeds
from feedpub.feed.publication import publication
from feedpub.feed.xml import atom, rss

__all__ = ["Planned", "atom", "newest_first", "planned_feeds", "publication", "rss"]
