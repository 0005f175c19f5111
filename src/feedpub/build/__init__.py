"""build: the use case in which a site's folder becomes its published files."""

from feedpub.build.lastbuild import FeedCount
from feedpub.build.run import Built, build

__all__ = ["Built", "FeedCount", "build"]
