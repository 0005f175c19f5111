"""publishing: the use case in which a site's folder becomes its published files."""

from feedpub.publishing.lastbuild import FeedCount
from feedpub.publishing.run import Built, build

__all__ = ["Built", "FeedCount", "build"]
