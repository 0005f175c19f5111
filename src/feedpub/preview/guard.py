"""What a request must be before it is looked at: of this machine, of our own page, and a question."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Articles are written by others too: our pages run our one script, the documents in their frames run none.
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
# `sandbox` holds also where a frame's document is opened by itself. Its links open beside the preview, out of the sandbox.
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
FRAME = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data: http: https:; "
    "media-src 'self' data: http: https:; "
    f"form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox {SANDBOX}"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": PAGE,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


class Guard:
    """Lets only requests of our own pages through, and puts the headers that keep them safe on every answer.

    A site that a browser shows could otherwise name a host of its own that resolves to 127.0.0.1, and read drafts (DNS
    rebinding), or fetch from another port of this machine.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        hosts = [f"{name}:{port}" for name in ("127.0.0.1", "localhost")]
        # Browsers leave the default port out.
        self._hosts = {*hosts, *(host.removesuffix(":80") for host in hosts)}
        self._origins = {f"http://{host}" for host in self._hosts}
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope["method"], Headers(scope=scope))
        await (refusal or self._app)(scope, receive, guarded)

    def _refusal(self, method: str, headers: Headers) -> PlainTextResponse | None:
        hosts, origins, sites = (headers.getlist(name) for name in ("host", "origin", "sec-fetch-site"))
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return PlainTextResponse("This page is served to 127.0.0.1 and localhost alone.\n", 421)
        if any(origin not in self._origins for origin in origins) or any(site not in ("same-origin", "none") for site in sites):
            return PlainTextResponse("Other sites may not read this page: type its address into the browser.\n", 403)
        if method not in ("GET", "HEAD"):
            return PlainTextResponse("This page only answers questions.\n", 405, {"Allow": "GET, HEAD"})
        return None
