"""feed: Articles → the bytes of every feed. Pure."""

from feedpub.feed.category import newest_first
from feedpub.feed.plan import Planned, planned_feeds
from feedpub.feed.publication import FILES, Part, publication

__all__ = ["FILES", "Part", "Planned", "newest_first", "planned_feeds", "publication"]
