"""The archive: each issue at an address that stays, lists of them, and a feed of each digest's issues."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property, lru_cache, partial
from html import escape
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from feedpub.digest import slot_name
from feedpub.feed.xml import atom, rss
from feedpub.model import Author, Entry, Feed
from feedpub.readers import read_name
from feedpub.site import Digest
from feedpub.store import Archived, archived_issues, archived_letter
from feedpub.web.context import Context
from feedpub.web.cors import options
from feedpub.web.page import page
from feedpub.web.published import FEEDS
from feedpub.web.reading import read_letter, without_layout
from feedpub.web.security import FILE_POLICY, MAIL_POLICY, page_policy
from feedpub.web.version import Version

# Seconds.
_KEEP = 2.0
_HTML = "text/html; charset=utf-8"
_READING = ("GET", "HEAD", "OPTIONS")
_FORMATS: dict[str, Callable[[Feed, str], bytes]] = {"atom.xml": atom, "rss.xml": rss}


def routes(context: Context) -> list[Route]:
    """The routes of the archive; none where the site has no digest, or no archive is wanted."""
    if context.engine is None or not context.site.web.archive:
        return []
    archive = _Archive(context, context.engine)
    return [
        Route("/archive", archive.moved),
        Route("/archive/", archive.digests),
        Route("/archive/{digest}/", archive.issues),
        *(Route(f"/archive/{{digest}}/{file}", partial(archive.feed, file=file), methods=_READING) for file in _FORMATS),
        Route("/archive/{digest}/{slot}/", archive.issue),
    ]


class _Archive:
    """The endpoints. Issues never change, so what was made of one is kept for the next who asks."""

    def __init__(self, context: Context, engine: Engine) -> None:
        self.context, self.engine = context, engine
        self._issue = lru_cache(maxsize=256)(self._read_issue)
        self._feed = lru_cache(maxsize=32)(self._make_feed)
        self._known: list[Archived] = []
        self._known_at = 0.0
        self._reading = threading.Lock()
        # feedgen writes dates by way of setlocale, which is the whole process's.
        self._writing = threading.Lock()

    @cached_property
    def known(self) -> dict[str, Digest]:
        """The digests of the settings. The ledger may hold issues of others, from before."""
        return {digest.name: digest for digest in self.context.site.digests}

    def moved(self, request: Request) -> Response:
        """To the list of digests."""
        return RedirectResponse(f"{self.context.base}/archive/", 308)

    def digests(self, request: Request) -> Response:
        """The list of digests that have issues, and of those of the settings."""
        found: dict[str, list[Archived]] = {name: [] for name in self.known}
        for one in self._all():
            found.setdefault(one.digest, []).append(one)
        lists = [(name, self.title(name), some, self.zone(name)) for name, some in found.items()]
        return self._page("archive.html.j2", found_lists=lists)

    def issues(self, request: Request) -> Response:
        """The list of a digest's issues."""
        name = self._named(request)
        return self._page("issues.html.j2", name=name, title=self.title(name), issues=self._issues(name), zone=self.zone(name))

    def issue(self, request: Request) -> Response | Version:
        """One issue; its day alone leads to the last one of that day, as `archive_url` may say {date}."""
        name, text = self._named(request), str(request.path_params["slot"])
        slot = _read(text, "%Y-%m-%dT%H%M")
        if slot is None and (day := _read(text, "%Y-%m-%d")):
            for one in self._issues(name):
                if one.slot.astimezone(self.zone(name)).date() == day.date():
                    return RedirectResponse(f"{self.context.base}/archive/{name}/{slot_name(one.slot)}/", 302)
        if slot is None or all(one.slot != slot for one in self._issues(name)):
            raise HTTPException(404)
        return self._issue(name, slot)

    def feed(self, request: Request, file: str) -> Response | Version:
        """The feed of a digest's issues, the newest fifty, in the format of `file`."""
        name = self._named(request)
        if request.method == "OPTIONS":
            return options(", ".join(_READING), readable=True)
        issues = tuple(self._issues(name)[:50])
        return self._feed(name, file, issues)

    def title(self, name: str) -> str:
        """What readers know the digest by."""
        return self.known[name].title if name in self.known else name

    def zone(self, name: str) -> ZoneInfo:
        """The zone of the digest's dates."""
        digest = self.known.get(name)
        return (digest and digest.timezone) or self.context.site.timezone

    def _named(self, request: Request) -> str:
        try:
            return read_name(str(request.path_params["digest"]))
        except ValueError:
            raise HTTPException(404) from None

    def _all(self) -> list[Archived]:
        """Every issue. It is asked of the database every other second at most, whoever asks us: SQLite has one writer, and
        in our transactions every reader is one.
        """
        now = self.context.now().timestamp()
        with self._reading:
            if not self._known_at <= now < self._known_at + _KEEP:
                with self.engine.connect() as conn:
                    self._known, self._known_at = archived_issues(conn), now
            return self._known

    def _issues(self, name: str) -> list[Archived]:
        found = [one for one in self._all() if one.digest == name]
        if not found and name not in self.known:
            raise HTTPException(404)
        return found

    def _page(self, template: str, **values: object) -> Response:
        html = page(self.context, template, **values)
        return Response(html, media_type=_HTML, headers={"content-security-policy": page_policy(html)} | self._cache)

    @property
    def _cache(self) -> dict[str, str]:
        return {"cache-control": f"public, max-age={self.context.site.web.max_age}"}

    def _read_issue(self, name: str, slot: datetime) -> Version:
        with self.engine.connect() as conn:
            found = archived_letter(conn, name, slot)
        if found is None:
            raise HTTPException(404)
        issue, letter = found
        html, text = read_letter(letter, unsubscribe=f"{self.context.url}/unsubscribe")
        policy = MAIL_POLICY
        if not html:
            html = page(self.context, "text.html.j2", name=name, title=self.title(name), issue=issue, text=text)
            policy = page_policy(html)
        return self._version(html.encode(), _HTML, issue.made, policy)

    def _make_feed(self, name: str, file: str, issues: tuple[Archived, ...]) -> Version:
        site, base = self.context.site, f"{self.context.url}/archive/{name}/"
        title = self.title(name)
        author = Author(self.known[name].sender.name or title) if name in self.known else Author(title)
        feed = Feed(
            base=base,
            id=f"{site.authority}/archive/{name}/",
            title=title if title != site.title else f"{title}: {name}",
            description=f"Every issue of {title}",
            link=base,
            language=(self.known[name].language if name in self.known else "") or site.language,
            author=author,
            # Without an issue there is no date to tell; 1970 is one that never changes.
            updated=max((issue.made.replace(microsecond=0) for issue in issues), default=datetime.fromtimestamp(0, UTC)),
            entries=tuple(self._entry(issue, base, author) for issue in issues),
        )
        with self._writing:
            data = _FORMATS[file](feed, file)
        return self._version(data, FEEDS[file], feed.updated, FILE_POLICY, link=f'<{base}{file}>; rel="self"')

    def _entry(self, issue: Archived, base: str, author: Author) -> Entry:
        with self.engine.connect() as conn:
            found = archived_letter(conn, issue.digest, issue.slot)
        html, text = read_letter(found[1], unsubscribe=f"{self.context.url}/unsubscribe") if found else ("", "")
        name, made = slot_name(issue.slot), issue.made.replace(microsecond=0)
        return Entry(
            # A slug of an article holds no slash, so this is no article's id.
            id=f"{self.context.site.authority}/archive/{issue.digest}/{name}",
            url=f"{base}{name}/",
            title=issue.subject,
            summary=issue.subject,
            html=without_layout(html) if html else f"<pre>{escape(text)}</pre>",
            authors=(author,),
            categories=(),
            published=made,
            updated=made,
        )

    def _version(self, data: bytes, kind: str, modified: datetime, policy: str, *, link: str = "") -> Version:
        cache = self._cache["cache-control"]
        made, read = int(modified.timestamp()), int(self.context.now().timestamp())
        return Version(data, kind, modified=made, read=read, policy=policy, cache=cache, link=link).pack()


def _read(text: str, form: str) -> datetime | None:
    try:
        found = datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if found.strftime(form) == text and found.year > 1970 else None
