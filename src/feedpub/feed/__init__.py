"""feed: Articles → the bytes of every feed. Pure."""

from feedpub.feed.category import newest_first, variants
from feedpub.feed.entry import MEDIA_TYPES, NO_IMAGES
from feedpub.feed.plan import FORMATS, Planned, planned_feeds, published, sound_feeds
from feedpub.feed.publication import FILES, Part, publication
from feedpub.feed.redirects import Server, redirect_lines

__all__ = [
    "FILES",
    "FORMATS",
    "MEDIA_TYPES",
    "NO_IMAGES",
    "Part",
    "Planned",
    "Server",
    "newest_first",
    "planned_feeds",
    "publication",
    "published",
    "redirect_lines",
    "sound_feeds",
    "variants",
]
