"""What guards every answer: headers, the hosts that are ours, how long a path and a body may be."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedpub.web.negotiation import wish

LARGEST_BODY = 64 * 1024
LONGEST_PATH = 1_000
PATIENCE = 30
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
# For what is no page. A browser shows XML with a style sheet of its own, which is inline; nothing else may load.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
# For an issue: e-mail has no other place for its styles than attributes and <style>, so these are allowed there, and
# nothing that acts.
MAIL_POLICY = (
    "default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page_policy(html: str) -> str:
    """The Content-Security-Policy of a page of ours: no script, and of inline styles those that `html` holds, by hash."""
    styles = (hashlib.sha256(style.encode()).digest() for style in re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in styles) or "'none'"
    return (
        f"default-src 'none'; img-src 'self' https: data:; style-src {allowed}; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def base_headers(policy: str) -> list[tuple[bytes, bytes]]:
    """The headers of every answer."""
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        # Links that carry a token are not told to others.
        (b"referrer-policy", b"same-origin"),
    ]


class Hosts:
    """The names by which this server may be asked: another one is a trick, or a mistake of a proxy."""

    def __init__(self, urls: Iterable[str], *names: str) -> None:
        """Those of `urls` and `names`, and of this machine."""
        known = {urlsplit(url).hostname or "" for url in urls} | {"localhost", "127.0.0.1", "::1", *names}
        self._known = {name.lower().rstrip(".") for name in known} - {""}
        self.known = lru_cache(maxsize=256)(self._is_known)

    def _is_known(self, host: bytes) -> bool:
        """Whether a Host header names one of them, with any port."""
        found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", host.decode("latin-1").lower())
        return found is not None and found[1].strip("[]").rstrip(".") in self._known


class Guard:
    """ASGI middleware: refuses requests for other hosts, strange paths and large bodies, and adds the base headers."""

    def __init__(
        self, app: ASGIApp, *, hosts: Hosts, nameless: Collection[str], refusal: Callable[[HTTPException], ASGIApp]
    ) -> None:
        """`nameless` are the paths that may be asked for by any host, or none; `refusal` answers what is refused."""
        self.app, self.hosts, self.nameless, self.refusal = app, hosts, nameless, refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its whole body at hand."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                secure = [STRICT_TRANSPORT] if scope["scheme"] == "https" else []
                for name, value in (*base_headers(FILE_POLICY), *secure):
                    headers.setdefault(name.decode(), value.decode())
            await send(message)

        app = self.app
        try:
            self._check(scope)
            receive = await _with_body(scope, receive)
        except HTTPException as error:
            app = self.refusal(error)
        await app(scope, receive, send_guarded)

    def _check(self, scope: Scope) -> None:
        if scope["path"] not in self.nameless and not self.hosts.known(wish(scope["headers"]).host):
            raise HTTPException(400, "This server goes by another name.")
        if len(scope.get("raw_path") or b"") > LONGEST_PATH or re.search(r"[\x00-\x1f\x7f\\\ufffd]", scope["path"]):
            raise HTTPException(400, "No address of ours looks like this.")


async def _with_body(scope: Scope, receive: Receive) -> Receive:
    """A `receive` that has the whole body. Raises HTTPException if it is too large, also where no length was told first,
    or takes too long, and ClientDisconnect if its end never comes.
    """
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if not length.isdigit() or len(length) > 18 or int(length) > LARGEST_BODY:
        raise HTTPException(413)
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(PATIENCE):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > LARGEST_BODY:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408, headers={"Connection": "close"}) from error
    messages: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again
