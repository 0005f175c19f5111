"""feed: Articles → the bytes of every feed. Pure."""

from feedpub.feed.category import newest_first
from feedpub.feed.plan import Planned, planned_feeds
from feedpub.feed.publication import Part, publication

__all__ = ["Part", "Planned", "newest_first", "planned_feeds", "publication"]
