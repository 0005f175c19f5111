"""[redirects] as lines for the servers of others."""

from collections.abc import Callable
from typing import Literal
from urllib.parse import quote

from feedpub.site import Site
from feedpub.tables import GONE, bare

Server = Literal["nginx", "caddy", "netlify", "cloudflare"]


def redirect_lines(site: Site, server: Server) -> str:
    """What stands in the configuration of nginx or Caddy, or in the file `_redirects` of Netlify or Cloudflare Pages.

    An old path is met with and without a slash at its end. Moved is 301 and gone is 410 (RFC 9110, 15.4.2 and 15.5.11).
    """
    line = _LINES[server]
    lines = []
    for old, new in site.redirects.items():
        spellings = dict.fromkeys((old, bare(old), f"{bare(old)}/" if bare(old) != "/" else "/"))
        lines += [line(_safe(path), None if new == GONE else _safe(new)) for path in spellings]
    return "".join(f"{line}\n" for line in lines)


def _safe(path: str) -> str:
    """Without what would be more than a character in a configuration; what is encoded already stays so."""
    return quote(path, safe="/:?#[]@!&'()*+,=~%-._")


def _nginx(old: str, new: str | None) -> str:
    return f'location = "{old}" {{ return {f"301 {new}" if new else "410"}; }}'


def _caddy(old: str, new: str | None) -> str:
    return f"redir {old} {new} 301" if new else f"respond {old} 410"


def _netlify(old: str, new: str | None) -> str:
    return f"{old} {new} 301!" if new else f"{old} /404.html 410!"


def _cloudflare(old: str, new: str | None) -> str:
    return f"{old} {new} 301" if new else f"# {old} is gone: Cloudflare Pages answers 404 for what is not there"


_LINES: dict[Server, Callable[[str, str | None], str]] = {
    "nginx": _nginx,
    "caddy": _caddy,
    "netlify": _netlify,
    "cloudflare": _cloudflare,
}
