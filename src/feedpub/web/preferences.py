"""The preferences of one person, by a link that was mailed to them: which newsletters, none, or to be forgotten."""

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from feedpub import store
from feedpub.web.forms import first, form_of
from feedpub.web.reception import Reception

_HOW = "preferences page"


async def show(request: Request, house: Reception) -> Response:
    """The page, with the newsletters as they stand."""
    return await _page(house, house.ticket(request, "preferences").token)


async def change(request: Request, house: Reception) -> Response:
    """Save the choice, leave all, or forget the person: that is asked a second time, as it can't be undone."""
    token = house.ticket(request, "preferences").token
    form = await form_of(request)
    now, names = house.now(), tuple(digest.name for digest in house.site.digests)
    match first(form, "do"):
        case "save":
            wanted = form.get("digests", [])
            await house.write(lambda conn: store.choose_digests(conn, token, wanted, names, now=now, how=_HOW))
        case "leave":
            await house.write(lambda conn: store.leave(conn, token, None, now=now, how=_HOW))
        case "ask":
            return house.page("forget")
        case "forget":
            await house.write(lambda conn: store.forget_person(conn, token, now=now))
            await run_in_threadpool(store.erase_traces, house.engine)
            return house.page("forgotten")
        case _:
            raise HTTPException(400, "Use a button of this page.")
    answer = await _page(house, token, saved=True)
    answer.background = BackgroundTask(house.postman.wake)
    return answer


async def _page(house: Reception, token: str, *, saved: bool = False) -> Response:
    states = await house.write(lambda conn: store.standing(conn, token))
    if states is None or "suppressed" in states.values():
        raise HTTPException(410, "Nothing is known here of whom this link was for.")
    digests = house.offers()
    chosen = [name for name, state in states.items() if state == "active"]
    return house.page("preferences", digests=digests, chosen=chosen, saved=saved)
