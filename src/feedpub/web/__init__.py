"""web: what faces the public over HTTP. Feeds out of the output folder, the archive of issues, health and figures."""

from feedpub.web.app import create_app
from feedpub.web.context import Context

__all__ = ["Context", "create_app"]
