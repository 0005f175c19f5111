"""Context: what every route is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine

from feedpub.site import Site
from feedpub.web.links import Keys


@dataclass(frozen=True)
class Context:
    """The site in `folder`, its database (None where the site has no digest), the keys that sign links,
    and the clock (aware)."""

    folder: Path
    site: Site
    engine: Engine | None
    keys: Keys | None
    now: Callable[[], datetime]

    @cached_property
    def output(self) -> Path:
        """The folder that builds write."""
        return self.folder / self.site.output

    @cached_property
    def url(self) -> str:
        """Where the public reaches this server, without a slash at its end."""
        return self.site.web_url

    @cached_property
    def base(self) -> str:
        """The path of `url`, "" or such as `/feeds`: what links in pages start with."""
        return urlsplit(self.url).path
