"""The routes of subscribers: sign up, confirm, leave, come back, choose. See leaving.py and preferences.py for the last three."""

from collections.abc import Awaitable, Callable

import anyio
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from feedpub import store
from feedpub.readers import origin_of
from feedpub.web import leaving, preferences
from feedpub.web.asking import ask, behind, count, plausible, refuse_foreign
from feedpub.web.context import Context
from feedpub.web.crowd import Crowd, Limit
from feedpub.web.forms import SignUp, first, form_of, json_of, kind_of
from feedpub.web.post import Postman
from feedpub.web.reception import NO_SECRET, Reception, no_store, style

Endpoint = Callable[[Request, Reception], Awaitable[Response]]
_ASKED = "If this address can be written to, a mail with a link is on its way to it."


def routes(
    context: Context, postman: Postman | None = None, *, refused: Callable[[Limit], object] = lambda _: None
) -> list[Route]:
    """The routes, and the style sheet of all pages; that alone for a site without digests, a database or keys.

    `request.client` must be the client's own address, also behind a proxy: requests are counted by its network. Without a
    `postman` one is made here; it is woken, and sends what an earlier process left. Who makes it can stop it before the
    database is closed. `refused` is told by which limit a request for a mail was refused.

    Raises FeedpubError where [mail] can't be used.
    """
    served = [Route("/web.css", style)]
    if context.engine is None or context.keys is None or not context.site.digests:
        return served
    postman = postman or Postman(context, context.engine, context.keys)
    site = context.site
    origins = {origin_of(url) for url in (site.url, site.feeds_url, site.web_url, *site.web.form_origins)}
    house = Reception(site, context.engine, context.keys, context.now, postman, Crowd(refused), origins)
    postman.wake()
    answers: tuple[tuple[str, Endpoint, Endpoint], ...] = (
        ("/subscribe", _form, _sign_up),
        ("/confirm/{link}", _confirm_page, _confirm),
        ("/unsubscribe", leaving.ways, leaving.send_preferences),
        ("/unsubscribe/{token}/{digest}", leaving.unsubscribe_page, leaving.unsubscribe),
        ("/undo/{link}", leaving.undo_page, leaving.undo),
        ("/preferences/{link}", preferences.show, preferences.change),
    )
    for path, show, act in answers:
        # Some mail programs add a slash, and RFC 8058 allows no redirect.
        served += [_route(path, show, act, house), _route(f"{path}/", show, act, house)]
    return served


def _route(path: str, show: Endpoint, act: Endpoint, house: Reception) -> Route:
    async def answer(request: Request) -> Response:
        try:
            return await (act if request.method == "POST" else show)(request, house)
        except HTTPException as error:
            status, headers, what = error.status_code, dict(error.headers or {}), error.detail
        except SQLAlchemyError:  # the database rests; it is not told why, an error may hold an address
            status, headers, what = 503, {"Retry-After": "60"}, "This does not work at the moment. Please try again in a minute."
        if kind_of(request) == "application/json":
            return no_store(JSONResponse({"error": what}, status, headers=headers))
        return house.page("over" if status == 410 else "problem", status, headers=headers, what=what)

    return Route(path, answer, methods=["GET", "POST"])


async def _form(
    request: Request,
    house: Reception,
    *,
    error: str = "",
    wrong_address: str = "",
    address: str = "",
    chosen: tuple[str, ...] = (),
) -> Response:
    return house.page(
        "subscribe",
        400 if error else 200,
        headers=NO_SECRET,
        digests=house.offers(),
        error=error,
        wrong_address=wrong_address,
        address=address,
        chosen=chosen,
    )


async def _sign_up(request: Request, house: Reception) -> Response:
    refuse_foreign(request, house)
    as_json = kind_of(request) == "application/json"
    if as_json:
        wish = await json_of(request)
    else:
        form = await form_of(request)
        wish = SignUp(first(form, "email"), form.get("digests", []), first(form, "website"))
    began = anyio.current_time()
    wanted, error, wrong_address = _wanted(wish, house), "", ""
    if not wanted:
        error = "Choose one newsletter at least, of those that there are."
    try:
        address = plausible(wish.email)
    except ValueError as reason:
        error = wrong_address = str(reason)
    if error and as_json:
        raise HTTPException(400, error)
    if error:
        return await _form(request, house, error=error, wrong_address=wrong_address, address=wish.email, chosen=wanted)
    count(request, house)
    if not wish.website:  # a field that people do not see is filled in by programs
        now = house.now()
        await ask(house, "confirm", lambda conn, wait: store.sign_up(conn, address, wanted, now=now, how="form", wait=wait))
    answer = no_store(JSONResponse({"status": "asked", "message": _ASKED})) if as_json else house.page("asked")
    return await behind(answer, house, began)


def _wanted(wish: SignUp, house: Reception) -> tuple[str, ...]:
    """The digests that are asked for, the only one of a site without asking; none if one of them is not there."""
    names = tuple(digest.name for digest in house.site.digests)
    if not set(wish.digests) <= set(names):
        return ()
    return tuple(name for name in names if name in wish.digests) or (names if len(names) == 1 else ())


async def _confirm_page(request: Request, house: Reception) -> Response:
    ticket = house.ticket(request, "confirm")
    return house.page("confirm", titles=house.titles(ticket.digests))


async def _confirm(request: Request, house: Reception) -> Response:
    ticket = house.ticket(request, "confirm")
    await form_of(request)
    now = house.now()
    how = f"form, confirmed {now:%Y-%m-%d}"
    active = await house.write(lambda conn: store.confirm(conn, ticket.token, ticket.digests, now=now, how=how))
    if not active:
        raise HTTPException(410, "This link was used before, and there is nothing to confirm any more.")
    return house.page("confirmed", titles=house.titles(active))
