"""The pages of the preview, from their templates."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from urllib.parse import quote, urlencode

import jinja2
from starlette.responses import Response

from feedpub.preview.guard import FRAME, PAGE

ASSETS = {"preview.css": "text/css", "reader.css": "text/css", "preview.js": "text/javascript"}
TABS = (("/", "Articles"), ("/feeds", "Feeds"), ("/digests", "Digests"), ("/operator", "Operator"))


def page(name: str, context: Mapping[str, object], *, status: int = 200) -> Response:
    """The page made of the template `name`."""
    return _html(_templates().get_template(f"{name}.html.j2").render(context, tabs=TABS), PAGE, status)


def document(name: str, context: Mapping[str, object]) -> Response:
    """The document of a frame, made of the template `name`."""
    return framed(_templates().get_template(f"{name}.html.j2").render(context))


def framed(html: str) -> Response:
    """`html`, which others wrote, as the document of a frame: no script of it runs."""
    return _html(html, FRAME, 200)


def asset(name: str) -> Response | None:
    """A style sheet or the script; None for another name."""
    if name not in ASSETS:
        return None
    return Response((files("feedpub.preview") / "assets" / name).read_bytes(), media_type=ASSETS[name])


def how_soon(moment: datetime, now: datetime) -> str:
    """`in 3 days`: how long it is until `moment`, as one says it; both aware."""
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    if moment - now < timedelta(hours=1):
        return f"in {_counted(max(1, round((moment - now) / timedelta(minutes=1))), 'minute')}"
    if days == 0:
        return f"in {_counted(round((moment - now) / timedelta(hours=1)), 'hour')}"
    if days == 1:
        return "tomorrow"
    if days < 14:
        return f"in {days} days"
    return f"in {days // 7} weeks" if days < 61 else f"in {days // 30} months"


def _html(html: str, policy: str, status: int) -> Response:
    data = html.encode("utf-8", "replace")  # a source may be no UTF-8 either
    return Response(data, status, {"Content-Security-Policy": policy}, "text/html")


def _counted(count: int, noun: str, plural: str = "") -> str:
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("feedpub.preview", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "counted": _counted,
        "soon": how_soon,
        "day": lambda moment: f"{moment.day} {moment:%B %Y}",
        "waits": lambda moment: f"Waits until {moment.day} {moment:%B %Y}, {moment:%H:%M}",
        "slot": lambda moment: f"{moment:%A} {moment.day} {moment:%B %Y}, {moment:%H:%M}",
        # The name of a file need not be UTF-8.
        "path": lambda text: quote(text, errors="replace"),
        "query": lambda fields: urlencode({name: value for name, value in fields.items() if value}),
    }
    return environment
