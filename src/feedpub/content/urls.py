"""URLs: absolute, without the parameters that a site strips, and a look for credentials in them."""

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import unquote_plus, urljoin, urlsplit

import mdurl

from feedpub.readers import ascii_host

# HTML, "parsing a srcset attribute": the address ends at white space, and a comma at its end ends the candidate.
_ADDRESS, _DESCRIPTOR = re.compile(r"[\s,]*+(\S+)"), re.compile("[^,]*")
# An address that no rule changes: a host in small letters, and plain segments without a dot at their start.
_PLAIN = re.compile(r"(?:https?://[a-z0-9]+(?:[.-][a-z0-9]+)+)?(?:/|(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+/?)", re.ASCII)
_CREDENTIAL = re.compile(
    r"(.*[-_.])?(token|auth|authorization|key|apikey|api_key|accesskey|secret|sig|signature|password|passwd|pwd|credential"
    r"|credentials|session|sessionid|sid|jwt|accesstoken|authtoken|clientsecret|awsaccesskeyid|sharekey|hmac)",
    re.IGNORECASE,
)


def absolute(url: str, base: str, strip_params: Collection[str] = ()) -> str | None:
    """`url` against `base`, percent-encoded where a URI needs it (RFC 3986), without the parameters to strip.

    None where it is no URL at all, or of a scheme that no public page needs (`javascript:`, `data:`, `file:`).
    """
    if is_plain(url):
        root = "/" if url[0] == "h" else _root(base)
        return root and root[:-1] + url
    return _resolved(url, base, strip_params)


def _resolved(url: str, base: str, strip_params: Collection[str]) -> str | None:
    try:
        joined = urljoin(base, url.strip())
        parts = urlsplit(joined)
        if parts.scheme in ("mailto", "tel"):
            return mdurl.encode(joined)
        if parts.scheme not in ("http", "https") or not parts.hostname or " " in parts.hostname or parts.port == 0:
            return None
        if not parts.hostname.isascii():
            parts = parts._replace(netloc=parts.netloc.replace(parts.hostname, ascii_host(parts.hostname)))
        return mdurl.encode(without(parts.geturl(), strip_params))
    except ValueError:
        return None


def is_plain(url: str) -> bool:
    """Whether `url` is a web address, or a path from the site's root, of which no rule changes a character."""
    return _PLAIN.fullmatch(url) is not None


@lru_cache(maxsize=4)
def _root(base: str) -> str | None:
    return _resolved("/", base, ())


def absolute_srcset(srcset: str, base: str, strip_params: Collection[str] = ()) -> str | None:
    """A `srcset` attribute with every candidate's URL absolute; None if no candidate is left."""
    candidates = []
    position = 0
    while found := _ADDRESS.match(srcset, position):
        position, descriptor = found.end(), ""
        if not found[1].endswith(",") and (rest := _DESCRIPTOR.match(srcset, position)):
            position, descriptor = rest.end(), rest[0].strip()
        url = absolute(found[1].rstrip(","), base, strip_params)
        if url and url.startswith("http"):
            candidates.append(f"{url} {descriptor}".strip())
    return ", ".join(candidates) or None


def without(url: str, params: Collection[str]) -> str:
    """`url` without the query parameters of these names, in any case; the others keep their bytes and their order."""
    head, mark, rest = url.partition("?")
    if not mark or not params:
        return url
    query, hash_mark, fragment = rest.partition("#")
    dropped = {name.casefold() for name in params}
    kept = [pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]).casefold() not in dropped]
    return head + ("?" + "&".join(kept) if kept else "") + hash_mark + fragment


def credentials(url: str) -> tuple[str, ...]:
    """Names of the parts of `url` that look like a credential: query parameters, or a user name before the host."""
    try:
        parts = urlsplit(url)
        user = ("user name and password",) if parts.username or parts.password else ()
    except ValueError:
        return ()
    names = (unquote_plus(pair.partition("=")[0]) for pair in re.split("[&;]", parts.query))
    return user + tuple(name for name in names if _CREDENTIAL.fullmatch(name))
