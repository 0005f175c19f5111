"""What every route is given: the site and its folder, its database and keys, and the time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from feedpub.site import Site
from feedpub.web.links import Keys


@dataclass(frozen=True, slots=True)
class Context:
    """Made once, at the start. `now` tells the time (aware). A site without digests needs no engine and no keys."""

    folder: Path
    site: Site
    engine: Engine | None
    keys: Keys | None
    now: Callable[[], datetime]
