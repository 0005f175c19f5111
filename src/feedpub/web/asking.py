"""What all forms that ask for a mail have in common: a plausible address, a count, and an answer that tells nothing."""

import anyio
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from feedpub.store import read_address
from feedpub.web.reception import Reception

# Every answer to an address takes this long, so that none tells by its haste what the database knew of it.
_SECONDS = 0.25
_LONGEST = 320


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


async def behind(answer: Response, house: Reception, began: float) -> Response:
    """`answer`, no sooner than all of its kind; mails are sent behind it. `began` is anyio's time."""
    await anyio.sleep(max(0.0, began + _SECONDS - anyio.current_time()))
    answer.background = BackgroundTask(house.postman.wake)
    return answer
