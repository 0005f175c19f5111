"""Templates → the HTML of our own pages."""

from functools import cache
from http import HTTPStatus

import jinja2
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from feedpub.web.context import Context
from feedpub.web.security import page_policy

# What a person is told: in a word, and what to do now.
_ERRORS = {
    400: ("That request can't be read", "Something in it is not as it should be. If a link brought you here, it is broken."),
    404: ("Nothing is here", "The page was moved or taken away, or the address has a slip in it."),
    405: ("Not in this way", "This address is there, but what was asked of it is not done here."),
    408: ("That took too long", "The request did not arrive in time. Please try once more."),
    413: ("Too much at once", "What was sent is larger than anything this server has a use for."),
    429: ("Slowly, please", "There were many requests in a short time. Wait a little, and try again."),
    503: ("Not ready yet", "What belongs here can't be reached at the moment. Please come back in a minute."),
}
_OTHER = ("Something went wrong here", "It is not your doing. It was noted, and can be mended.")


def page(context: Context, template: str, **values: object) -> str:
    """The page that `template`, of the folder `pages`, makes of `values`; `site`, `base` and what the foot leads to are at hand.

    Links start with `base`. There is no script, and one `<style>`, which `page_policy` allows by its hash.
    """
    archive = context.engine is not None and context.site.web.archive
    mails = context.engine is not None and context.keys is not None and bool(context.site.digests)
    common = {"site": context.site, "base": context.base, "archive": archive, "mails": mails}
    return templates().get_template(template).render(common | values)


def error_page(context: Context, error: HTTPException) -> HTMLResponse:
    """The page that tells a person of an error, with its status and headers."""
    title, what = _ERRORS.get(error.status_code, _OTHER)
    detail = error.detail if error.detail != HTTPStatus(error.status_code).phrase else ""
    html = page(context, "error.html.j2", status=error.status_code, title=title, what=what, detail=detail)
    headers = {"content-security-policy": page_policy(html), "cache-control": "no-store", **(error.headers or {})}
    return HTMLResponse(html, error.status_code, headers=headers)


@cache
def templates() -> jinja2.Environment:
    """The templates of the folder `pages`."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("feedpub.web", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
