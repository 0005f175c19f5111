"""The address that an article names as its own."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from feedpub.content.dialects.names import at, places

_NAMES = ("permalink", "url", "path")
_TEMPLATE = re.compile(r"[\s{}<>%:*\\\"^`|]|\$\(")


def own_address(fields: Mapping[str, object], known: Mapping[str, str], site_url: str) -> str | None:
    """The article's address where `fields` give a whole one: a path from the root, or an address below `site_url`.

    A pattern such as `/:year/:title/` is none.
    """
    for place in places(_NAMES, fields, known):
        value = at(fields, place)
        if not isinstance(value, str):
            continue
        value = value.strip()
        path = value.removeprefix(site_url) if value.startswith(f"{site_url}/") else value
        if place == "path" and re.fullmatch(r"[\w.-]+(/[\w.-]+)+/?", path):  # as Zola writes it, without slashes around
            path = f"/{path.rstrip('/')}/"
        if path.startswith("/") and not path.startswith("//") and path != "/" and not _TEMPLATE.search(path):
            return f"{site_url}{urlsplit(path).path}"
    return None
