"""Leaving by the link in an issue (RFC 8058), and coming back by the link in the farewell."""

import re

import anyio
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from feedpub import store
from feedpub.web.asking import ask, behind, count, plausible, refuse_foreign
from feedpub.web.forms import first, form_of, untyped_form_of
from feedpub.web.reception import NO_SECRET, Reception

_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


async def unsubscribe_page(request: Request, house: Reception) -> Response:
    """A page with one button. Nothing is looked up and nothing is changed: mail scanners follow every link."""
    _, digest = _place(request)
    return house.page("unsubscribe", title=_title(house, digest))


async def unsubscribe(request: Request, house: Reception) -> Response:
    """End the subscription at once, for whoever posts `List-Unsubscribe=One-Click`: a mail program, or our button.

    RFC 8058, 3.1: no redirect, no cookie, no login. The answer is the same if there is no such subscription, or no more.
    """
    token, digest = _place(request)
    form = await untyped_form_of(request)
    if first(form, "List-Unsubscribe").strip().lower() != "one-click":
        raise HTTPException(400, "To unsubscribe, use the button on this page.")
    how, now = "unsubscribe page" if first(form, "from") == "page" else "one click in the mail program", house.now()
    await house.write(lambda conn: store.leave(conn, token, [digest], now=now, how=how))
    answer = house.page("unsubscribed", title=_title(house, digest))
    answer.background = BackgroundTask(house.postman.wake)
    return answer


async def undo_page(request: Request, house: Reception) -> Response:
    """A page with one button."""
    ticket = house.ticket(request, "undo")
    return house.page("undo", titles=house.titles(ticket.digests))


async def undo(request: Request, house: Reception) -> Response:
    """Bring back what was ended by unsubscribing; never what was suppressed."""
    ticket = house.ticket(request, "undo")
    await form_of(request)
    now = house.now()
    how = "undone by the link in the farewell"
    active = await house.write(lambda conn: store.resume(conn, ticket.token, ticket.digests, now=now, how=how))
    if not active:
        raise HTTPException(410, "There is nothing to bring back any more.")
    return house.page("undone", titles=house.titles(active))


async def ways(request: Request, house: Reception, *, error: str = "", address: str = "") -> Response:
    """How to leave: the link in any issue, or a link by mail."""
    return house.page("leave", 400 if error else 200, headers=NO_SECRET, error=error, address=address)


async def send_preferences(request: Request, house: Reception) -> Response:
    """Send a link to the preferences, under the same rules as a sign-up."""
    refuse_foreign(request, house)
    form = await form_of(request)
    began = anyio.current_time()
    try:
        address = plausible(first(form, "email"))
    except ValueError as error:
        return await ways(request, house, error=str(error), address=first(form, "email"))
    count(request, house)
    if not first(form, "website"):
        now = house.now()
        await ask(house, "preferences", lambda conn, wait: store.ask_note(conn, "preferences", address, (), now=now, wait=wait))
    return await behind(house.page("asked"), house, began)


def _place(request: Request) -> tuple[str, str]:
    """Token and digest of the address. Raises HTTPException 404 if they can't be ours by their form."""
    token, digest = request.path_params["token"], request.path_params["digest"]
    if not _TOKEN.fullmatch(token) or not _NAME.fullmatch(digest):
        raise HTTPException(404, "There is no such page. Is the link whole?")
    return token, digest


def _title(house: Reception, digest: str) -> str:
    """The digest's title; "" if the site has it no more. What stands in the address is not shown: anybody can write that."""
    return next(iter(house.titles((digest,))), "")
