"""The preview as a web application: which address shows what."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from feedpub.errors import FeedpubError
from feedpub.feed import Planned
from feedpub.model import Article
from feedpub.preview import articles, digests, feeds, operator, pages, plots
from feedpub.preview.guard import FRAME, SANDBOX, Guard
from feedpub.preview.live import Live
from feedpub.preview.pictures import media_type, picture
from feedpub.preview.reading import Reading
from feedpub.site import Digest, Site
from feedpub.store import refused

K = TypeVar("K", bound=str)


def preview_app(live: Live, port: int) -> Starlette:
    """The application that shows what `live` follows, to this machine at `port`."""
    here = _Here(live)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        work = asyncio.create_task(live.follow())
        yield
        live.stop()
        await work

    routes = [
        Route("/", here.articles),
        Route("/articles/{slug:path}", here.article),
        Route("/frames/article/{slug:path}", here.one_entry),
        Route("/feeds", here.feed),
        Route("/feeds/{folder:path}", here.feed),
        Route("/frames/feed/{folder:path}", here.reader),
        Route("/raw/{path:path}", here.raw),
        Route("/digests", here.digests),
        Route("/digests/{name}", here.digest),
        Route("/digests/{name}/{view}", here.digest),
        Route("/frames/digest/{name}/{view}", here.letter),
        Route("/operator", here.operator),
        Route("/operator/{plot}.svg", here.plot),
        Route("/pictures/{path:path}", here.picture),
        Route("/events", here.events),
        Route("/{asset}", here.asset),
    ]
    handlers = {404: here.not_found, FeedpubError: here.refused, SQLAlchemyError: here.refused}
    return Starlette(routes=routes, middleware=[Middleware(Guard, port=port)], exception_handlers=handlers, lifespan=lifespan)


class _Here:
    """The answers, each from the Reading of the moment."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def articles(self, request: Request) -> Response:
        """The articles, with what is wrong with each."""
        query = request.query_params
        only = _one_of(query, "only", articles.ONLY, "all")
        reading = self._live.reading
        search = query.get("search", "")[:200]
        shown = articles.page(reading, only=only, search=search, number=_number(query.get("page", "1")))
        return self._page("articles", reading, "Articles", shown=shown, only=only, search=search)

    def article(self, request: Request) -> Response:
        """An article, drafts too, as a reader shows it; what is wrong with it, and the feeds it stands in."""
        reading, site = self._site()
        article = self._article(request)
        bearers = [feed for feed in reading.feeds if article in feed.articles[: site.feeds.limit]]
        problems = reading.by_source.get(article.source, ())
        return self._page("article", reading, article.title, article=article, bearers=bearers, problems=problems, sandbox=SANDBOX)

    def one_entry(self, request: Request) -> Response:
        """An article, as the document of a frame."""
        reading, site = self._site()
        alone = Planned("", "all", "", (self._article(request),))
        entries = feeds.entries(self._live.folder, reading, alone)
        return pages.document("reader", {"site": site, "name": entries[0].title, "entries": entries})

    def feed(self, request: Request) -> Response:
        """A feed, and the list of all of them."""
        reading, _ = self._site()
        planned = feeds.find_feed(reading, request.path_params.get("folder", ""))
        if planned is None:
            raise HTTPException(404)
        groups: dict[str, list[Planned]] = {}
        for one in reading.feeds:
            groups.setdefault(one.group, []).append(one)
        return self._page(
            "feeds", reading, "Feeds", feed=planned, groups=groups, formats=feeds.FORMATS, files=feeds.FILES, sandbox=SANDBOX
        )

    def reader(self, request: Request) -> Response:
        """A feed's entries, as the document of a frame."""
        reading, site = self._site()
        planned = feeds.find_feed(reading, request.path_params["folder"])
        if planned is None:
            raise HTTPException(404)
        entries = feeds.entries(self._live.folder, reading, planned)
        return pages.document("reader", {"site": site, "name": planned.name, "entries": entries})

    def raw(self, request: Request) -> Response:
        """A feed's file, as a build writes it."""
        reading, _ = self._site()
        folder, _, file = request.path_params["path"].rpartition("/")
        planned = feeds.find_feed(reading, folder)
        form = next((form for form, name in feeds.FILES.items() if name == file), None)
        if planned is None or form is None:
            raise HTTPException(404)
        return Response(feeds.document(self._live.folder, reading, planned, form), media_type=feeds.FORMATS[form][1])

    def digests(self, request: Request) -> Response:
        """Every digest, and what comes next of it."""
        reading, site = self._site()
        now = self._live.clock()
        coming = [digests.coming(self._live.folder, reading, digest, now=now) for digest in site.digests]
        return self._page("digests", reading, "Digests", coming=coming, now=now, clipped=digests.CLIPPED)

    def digest(self, request: Request) -> Response:
        """The next issue of a digest."""
        reading, site = self._site()
        digest, now = self._digest(request), self._live.clock()
        coming = digests.coming(self._live.folder, reading, digest, now=now)
        view = request.path_params.get("view") or next(iter(coming.views), "light")
        if view not in digests.VIEWS:
            raise HTTPException(404)
        if coming.views and view not in coming.views:
            return RedirectResponse(f"/digests/{quote(digest.name, safe='')}")
        preheader = digests.preheader(coming.made) if coming.made else ""
        return self._page(
            "digest", reading, digest.title, coming=coming, view=view, now=now, clipped=digests.CLIPPED, preheader=preheader,
            views=digests.VIEWS, sandbox=SANDBOX, text=digests.text(coming.made, site) if coming.made else "",
        )  # fmt: skip

    def letter(self, request: Request) -> Response:
        """The e-mail of a digest's next issue, as the document of a frame."""
        reading, _ = self._site()
        view = request.path_params["view"]
        coming = digests.coming(self._live.folder, reading, self._digest(request), now=self._live.clock())
        if coming.made is None or view == "text" or view not in coming.views:
            raise HTTPException(404)
        return pages.framed(digests.frame(self._live.folder, reading, coming.made, view))

    def operator(self, request: Request) -> Response:
        """Figures of the ledger."""
        reading, site = self._site()
        step = _one_of(request.query_params, "by", operator.SPANS, "week")
        found = operator.figures(self._live.folder, site, now=self._live.clock(), step=step)
        return self._page("operator", reading, "Operator", found=found, step=step, plotted=plots.installed())

    def plot(self, request: Request) -> Response:
        """One of the plots."""
        _, site = self._site()
        query = request.query_params
        step = _one_of(query, "by", operator.SPANS, "week")
        scheme, shape = (
            _one_of(query, "scheme", plots.COLOURS, "light"),
            _one_of(query, "shape", plots.WIDTHS, "wide"),
        )
        found = operator.figures(self._live.folder, site, now=self._live.clock(), step=step)
        which = request.path_params["plot"]
        if found is None or which not in operator.PLOTS or not plots.installed():
            raise HTTPException(404)
        return Response(operator.plot(which, found, site.timezone, scheme=scheme, shape=shape), media_type="image/svg+xml")

    def picture(self, request: Request) -> Response:
        """An image file of the site."""
        place = picture(self._live.folder, request.path_params["path"])
        if place is None:
            raise HTTPException(404)
        return FileResponse(place, media_type=media_type(place), headers={"Content-Security-Policy": FRAME})

    async def events(self, request: Request) -> Response:
        """Server-sent events: `change`, whenever there is a new Reading."""
        known = _number(request.headers.get("last-event-id") or request.query_params.get("since", "0"))

        async def lines() -> AsyncIterator[str]:
            async for number in self._live.news(known):
                yield f"id: {number}\nevent: change\ndata: {number}\n\n" if number else ": still here\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")

    def asset(self, request: Request) -> Response:
        """A style sheet or the script."""
        found = pages.asset(request.path_params["asset"])
        if found is None:
            raise HTTPException(404)
        return found

    def not_found(self, request: Request, _: Exception) -> Response:
        """There is no such page, feed or digest, or there is none any more."""
        return self._page("missing", self._live.reading, "Not found", status=404)

    def refused(self, request: Request, error: Exception) -> Response:
        """What can't be shown, and why; of what a page leans on, such as the database."""
        problems = error.problems if isinstance(error, FeedpubError) else refused(error).problems
        return self._page("refused", self._live.reading, "Not to be shown", status=503, refusal=problems)

    def _page(self, name: str, reading: Reading, title: str, *, status: int = 200, **context: object) -> Response:
        about = {"reading": reading, "site": reading.site, "title": title, "elsewhere": articles.elsewhere(reading)}
        return pages.page(name, about | context, status=status)

    def _site(self) -> tuple[Reading, Site]:
        reading = self._live.reading
        if reading.site is None:
            raise FeedpubError(())
        return reading, reading.site

    def _article(self, request: Request) -> Article:
        reading, _ = self._site()
        found = next((article for article in reading.articles if article.slug == request.path_params["slug"]), None)
        if found is None:
            raise HTTPException(404)
        return found

    def _digest(self, request: Request) -> Digest:
        _, site = self._site()
        digest = next((digest for digest in site.digests if digest.name == request.path_params["name"]), None)
        if digest is None:
            raise HTTPException(404)
        return digest


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 20 else 0


def _one_of(query: Mapping[str, str], name: str, known: Iterable[K], otherwise: K) -> K:
    for one in known:
        if one == query.get(name, otherwise):
            return one
    raise HTTPException(404)
