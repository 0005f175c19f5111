"""What the routes of subscribers share: pages and their headers, the database in a thread, the post."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import TypeVar
from urllib.parse import urlsplit

import anyio
from sqlalchemy import Connection, Engine
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from feedpub.digest import rhythm
from feedpub.site import Digest, Site
from feedpub.web.crowd import Crowd
from feedpub.web.links import Keys, Purpose, Ticket
from feedpub.web.page import templates
from feedpub.web.post import Postman

T = TypeVar("T")
Offer = tuple[str, str, str]
# Nothing of these pages is kept, found by a search engine, or told to the site a link leads to: their addresses are secrets.
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
# For pages with a form and without a secret in their address: with no-referrer, a browser tells no origin of a form.
NO_SECRET = {"Referrer-Policy": "same-origin"}


@dataclass(frozen=True, slots=True)
class Reception:
    """Made once; what each route is given with its request."""

    site: Site
    engine: Engine
    keys: Keys
    now: Callable[[], datetime]
    postman: Postman
    crowd: Crowd
    origins: Collection[str]
    _offers: dict[date, list[Offer]] = field(default_factory=dict)
    # A locked database holds up those who write, and no other page.
    _writers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(8))

    def page(self, name: str, status: int = 200, *, headers: Mapping[str, str] | None = None, **values: object) -> Response:
        """The page of that name."""
        base = urlsplit(self.site.web_url).path
        text = templates().get_template(f"{name}.html.j2").render(site=self.site, base=base, style=style_address(base), **values)
        return HTMLResponse(text, status, headers=_HEADERS | dict(headers or {}))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns, done in one transaction, and off the loop that answers everybody."""

        def transaction() -> T:
            with self.engine.begin() as conn:
                return work(conn)

        return await anyio.to_thread.run_sync(transaction, limiter=self._writers)

    def offers(self) -> list[Offer]:
        """Name, title and rhythm of each digest, reckoned once a day."""
        now = self.now()
        if now.date() not in self._offers:
            self._offers.clear()
            self._offers[now.date()] = [(digest.name, digest.title, rhythm(digest, now)) for digest in self.site.digests]
        return self._offers[now.date()]

    def digests(self, names: tuple[str, ...]) -> tuple[Digest, ...]:
        """The digests of these names, in the site's order; those that are gone from the settings are left out."""
        return tuple(digest for digest in self.site.digests if digest.name in names)

    def titles(self, names: tuple[str, ...]) -> list[str]:
        """Their titles, each once."""
        return list(dict.fromkeys(digest.title for digest in self.digests(names)))

    def ticket(self, request: Request, purpose: Purpose) -> Ticket:
        """What the signed link of this address says. Raises HTTPException: 404 if it is not ours, 410 when its time is over."""
        ticket = self.keys.read(purpose, request.path_params["link"], self.now())
        if ticket is None:
            raise HTTPException(404, "This link is not one of ours. Is it whole? Mail programs sometimes break long ones.")
        if ticket.expired:
            raise HTTPException(410, "Links in mails work for a limited time, and that of this one has passed.")
        return ticket


def no_store(response: Response) -> Response:
    """`response` with the headers that every page here has."""
    response.headers.update(_HEADERS)
    return response


def style_address(base: str) -> str:
    """The style sheet's address: another with each change, so that caches may keep it for ever."""
    return f"{base}/web.css?v={hashlib.sha256(_style()).hexdigest()[:12]}"


async def style(request: Request) -> Response:
    """The style sheet of all pages."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(_style(), media_type="text/css", headers=headers)


@cache
def _style() -> bytes:
    return (resources.files("feedpub.web") / "pages" / "web.css").read_bytes()
