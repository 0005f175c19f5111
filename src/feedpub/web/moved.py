"""Answers at addresses that are no longer ours: where what was there is now, or that it is gone."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from feedpub.tables import GONE, bare

_DAY = 86_400


def moved(redirects: Mapping[str, str], path: str) -> Response:
    """301 to where `path` leads, as `[redirects]` says. Raises HTTPException: 410 for what is gone, 404 for what is unknown."""
    new = {bare(old): place for old, place in redirects.items()}.get(bare(path))
    if new is None:
        raise HTTPException(404)
    if new == GONE:
        raise HTTPException(410)
    return RedirectResponse(quote(new, safe="/:?#[]@!$&'()*+,;=~%-._"), 301, {"Cache-Control": f"public, max-age={_DAY}"})
