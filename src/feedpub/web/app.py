"""The application: what is published at once, out of memory; all else by routes, behind a guard."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedpub.web import archive
from feedpub.web.context import Context
from feedpub.web.cors import options
from feedpub.web.hub import Turn, announce
from feedpub.web.metrics import Traffic
from feedpub.web.moved import moved
from feedpub.web.negotiation import wish
from feedpub.web.networks import Networks
from feedpub.web.page import error_page
from feedpub.web.published import UNREADABLE, Published
from feedpub.web.security import Guard, Hosts

_OURS = Path(__file__).parents[1]
# What nginx notes of a client that went away before it was answered.
_GONE = 499
_log = logging.getLogger("feedpub.web")


def create_app(
    context: Context,
    routes: Iterable[BaseRoute] = (),
    *,
    hosts: Collection[str] = (),
    traffic: Traffic | None = None,
    turn: Path | None = None,
    at_end: Iterable[Callable[[], None]] = (),
) -> ASGIApp:
    """The ASGI application that serves the site of `context`: its output folder, its archive, and `routes`.

    It may be asked by the host of the site's `[web] url`, by names of this machine, and by `hosts`. `turn` is a file that
    all workers of a server know; who locks it tells the hub. `at_end` is called when the last request was answered, while
    the database can still be reached.
    """
    return _Front(context, routes, hosts=hosts, traffic=traffic or Traffic(), turn=Turn(turn), at_end=at_end)


class _Front:
    """Answers for the files that are published; whatever else is asked goes through the guard to the routes."""

    def __init__(
        self, context: Context, routes: Iterable[BaseRoute], *, hosts: Collection[str], traffic: Traffic, turn: Turn,
        at_end: Iterable[Callable[[], None]],
    ) -> None:  # fmt: skip
        self.context = context
        self.published = Published(context)
        self.hosts = Hosts((context.url, context.site.feeds_url), *hosts)
        self.traffic = traffic
        self.turn = turn
        self._at_end = tuple(at_end)
        self._pings: set[asyncio.Task[None]] = set()
        ours = [Route("/healthz", self.health), Route("/metrics", self.figures)]
        all_routes = [*routes, *archive.routes(context), *ours]
        app = Starlette(
            routes=all_routes,
            lifespan=self._lifespan,
            exception_handlers={
                HTTPException: self._failed,
                SQLAlchemyError: self._no_database,
                Exception: lambda request, error: error_page(context, HTTPException(500)),
            },
        )
        app.router.redirect_slashes = False
        app.router.default = self._other
        # Probes ask by an address, by the name of a container, or by none, and many can't be told another.
        probed = {base + route.path for route in ours for base in ("", context.base)}
        self._routes = Guard(app, hosts=self.hosts, nameless=probed, refusal=lambda error: error_page(context, error))
        self._probes = None if context.site.web.probes is None else Networks(context.site.web.probes)
        self._templates: dict[object, str] = {route.endpoint: route.path for route in all_routes if isinstance(route, Route)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._routes(scope, receive, send)
            return
        began = time.perf_counter()
        method = scope["method"]
        version = self.published.snapshot.versions.get(scope["path"])
        if version is not None and (method == "GET" or method == "HEAD"):
            wanted = wish(scope["headers"])
            if not wanted.has_body and self.hosts.known(wanted.host):
                status = await version.answer(scope, wanted, send)
                self.traffic.note(version.route, method, status, began)
                return
        await self._by_route(scope, receive, send, began)

    async def _by_route(self, scope: Scope, receive: Receive, send: Send, began: float) -> None:
        status = 0

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        base = self.context.base
        if base and scope["path"].startswith(f"{base}/"):
            scope["root_path"] = base
        try:
            await self._routes(scope, receive, send_noted)
        except ClientDisconnect:  # it is nobody's fault here, and nobody hears an answer
            status = _GONE
        except Exception as error:  # answered already; the message may hold what no log should
            _log.error("%s in %s", type(error).__name__, _place(error))
        self.traffic.note(self._templates.get(scope.get("endpoint", ""), "none"), scope["method"], status or 500, began)

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What no route is for: a file that is published, asked for in a way that is not, or nothing."""
        version = self.published.snapshot.versions.get(scope["path"])
        if version is None:
            await moved(self.context.site.redirects, scope["path"])(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await options("GET, HEAD, OPTIONS", readable=version.is_readable)(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        await version.answer(scope, wish(scope["headers"]), send)

    async def health(self, request: Request) -> Response:
        """Whether there is something to serve: 200, or 503."""
        self._ask(request)
        snapshot = self.published.snapshot
        body = {"status": "ok" if snapshot.stamps else "no build was read yet", "files": len(snapshot.files)}
        return JSONResponse(body, 200 if snapshot.stamps else 503, headers={"cache-control": "no-store"})

    async def figures(self, request: Request) -> Response:
        """The figures for Prometheus."""
        self._ask(request)
        return self.traffic.told()

    def _ask(self, request: Request) -> None:
        """Raises HTTPException 404 for whom `[web] probes` leaves out."""
        if self._probes and not self._probes.holds(request.client.host if request.client else ""):
            raise HTTPException(404)

    async def _failed(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 405 and request.method == "OPTIONS":  # the route has told what may be done
            return options(f"{(error.headers or {})['Allow']}, OPTIONS", readable=False)
        return error_page(self.context, error)

    async def _no_database(self, request: Request, error: Exception) -> Response:
        # Only its kind: the statement that failed holds addresses.
        _log.error("The database refused: %s", type(error).__name__)
        return error_page(self.context, HTTPException(503, headers={"Retry-After": "60"}))

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        for _ in range(12):  # a second and more: what was built this very second is not read before the next
            with suppress(*UNREADABLE):  # it is told by the watch, which goes on looking
                await asyncio.to_thread(self.published.look)
            if self.published.snapshot.stamps:
                break
            await asyncio.sleep(0.1)
        await asyncio.to_thread(self.published.pack, 1.0)
        self._read()
        watch = asyncio.create_task(self.published.watch(self._changed))
        try:
            yield
        finally:
            for task in (watch, *self._pings):
                task.cancel()
            await asyncio.gather(watch, *self._pings, return_exceptions=True)
            for end in self._at_end:
                await asyncio.to_thread(end)
            if self.context.engine:
                self.context.engine.dispose()

    def _changed(self, files: frozenset[str]) -> None:
        self._read()
        self.traffic.builds.inc()
        feeds = sorted(name for name in files if self.published.is_pushed(name))
        hub = self.context.site.feeds.hub
        if hub and feeds and self.turn.is_mine():
            urls = [f"{self.context.site.feeds_url}/{name}" for name in feeds]
            task = asyncio.create_task(announce(hub, urls, lambda result: self.traffic.pings.labels(result).inc()))
            self._pings.add(task)
            task.add_done_callback(self._pings.discard)

    def _read(self) -> None:
        self.traffic.read_at.set(self.context.now().timestamp())


def _place(error: BaseException) -> str:
    """Where it was raised: the innermost line of ours."""
    ours, trace = "?", error.__traceback__
    while trace:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(_OURS):
            ours = f"{file.relative_to(_OURS)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return ours
