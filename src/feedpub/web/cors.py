"""What pages of other sites may read (CORS, of the Fetch standard): what is published for all, so no page with a form."""

from starlette.responses import Response

# No cookie and no login changes what is in a feed, so there is nothing to keep from anybody.
READABLE = ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"etag, link"))
_ASKED_BEFORE = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    # Readers in a browser send If-None-Match, which is asked for before it is sent.
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


def options(allow: str, *, readable: bool) -> Response:
    """The answer to OPTIONS where `allow` may be done; `readable` for what pages of other sites may read."""
    answer = Response(status_code=204, headers={"Allow": allow, **(_ASKED_BEFORE if readable else {})})
    if readable:
        answer.raw_headers.extend(READABLE)
    return answer
