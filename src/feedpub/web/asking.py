"""What all forms that ask for a mail have in common: a plausible address, a count, and an answer that tells nothing."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

import anyio
from sqlalchemy import Connection
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from feedpub import store
from feedpub.store import read_address
from feedpub.web.reception import Reception

# Every answer to an address takes this long, so that none tells by its haste what the database knew of it.
_SECONDS = 0.25
# A mail is made at some moment within these seconds, for whom nobody knows too: how busy the server is then tells nothing.
SOONEST, LATEST = 1.0, 10.0
_dice = random.SystemRandom()
_LONGEST = 320
Kind = Literal["confirm", "preferences"]


def plausible(text: str) -> str:
    """`text` as a mail address. Raises ValueError with a sentence for whoever typed it."""
    if len(text) > _LONGEST:
        raise ValueError("This address is too long.")
    try:
        return read_address(text)
    except ValueError as error:
        raise ValueError(f"This is not a mail address. {error}" if text.strip() else "Write your mail address.") from error


def refuse_foreign(request: Request, house: Reception) -> None:
    """Raises HTTPException 403 for a form that stands on a page of a site that is not known here.

    It would ask in the name of whoever looks at that page, from as many networks as it has readers. What is no browser tells
    no origin, and is counted by its network alone.
    """
    origin = request.headers.get("origin")
    if origin is None or request.headers.get("sec-fetch-site") in ("same-origin", "none"):
        return
    # Behind a proxy the scheme may be another, and the host was looked at already.
    if origin in house.origins or origin.partition("://")[2] == request.headers.get("host"):
        return
    where = f"{house.site.web_url}{request.url.path.removeprefix(request.scope.get('root_path', ''))}"
    raise HTTPException(403, f"This form stands on a page that is not known here. Please use the one at {where}.")


def count(request: Request, house: Reception) -> None:
    """Count the request by the client's network. Raises HTTPException 429, which says when to come back."""
    if seconds := house.crowd.wait(request.client.host if request.client else ""):
        what = "Somebody in your network has asked for this very often. Please try again later."
        raise HTTPException(429, what, {"Retry-After": str(seconds)})


async def ask(house: Reception, kind: Kind, work: Callable[[Connection, timedelta], object]) -> None:
    """Do `work`, which is given how long its mail is to wait. Raises HTTPException 429 where all networks together ask for too
    many mails of this kind: an attacker may have more of them than there are readers."""
    wait, most, now = timedelta(seconds=_dice.uniform(SOONEST, LATEST)), house.site.web.mails_per_hour, house.now()

    def unless_flooded(conn: Connection) -> bool:
        if store.asked_lately(conn, kind, most, now=now):
            return False
        work(conn, wait)
        return True

    if not await house.write(unless_flooded):
        what = "Very many people have asked for this within the hour. Please try again later."
        raise HTTPException(429, what, {"Retry-After": str(house.crowd.flooded(most))})


async def behind(answer: Response, house: Reception, began: float) -> Response:
    """`answer`, no sooner than all of its kind; mails are sent behind it. `began` is anyio's time."""
    await anyio.sleep(max(0.0, began + _SECONDS - anyio.current_time()))
    answer.background = BackgroundTask(house.postman.wake)
    return answer
