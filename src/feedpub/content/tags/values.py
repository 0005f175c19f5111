"""What stands between `{{` and `}}`: the site's address, the page's title, and texts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_TEXT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)')\s*""")
_PART = re.compile(r"""((?:"[^"]*"|'[^']*'|[^|"'])*+)(?:\||$)""")
_SITE_URL = {"site.url", "config.url", "config.base_url", "site.baseurl_full", "metadata.url", "meta.url", "siteurl"}
_SITE_PATH = {
    "site.baseurl", "config.root", "baseurl", "base", "base_url", "site.base", "site.basepath", "$withbase", "url_for", "rooturl",
}  # fmt: skip
# What a template calls the fields of a page; many tools name them without it.
_OWN = re.compile(r"^(?:page\.|\$?frontmatter\.|page\.meta\.)")
_ABSOLUTE = {"absolute_url", "absurl", "full_url_for", "absoluteurl", "htmlbaseurl"}
_RELATIVE = {"relative_url", "url", "relurl", "url_for", "baseurl", "withbase"}


@dataclass(frozen=True, slots=True)
class Page:
    """What a tag may ask of the article that it stands in; `fields` are those of its own.

    `find` gives the address of an article as a file names it.
    """

    title: str = ""
    url: str = ""
    site_title: str = ""
    site_url: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    find: Callable[[str], str | None] = field(default=lambda _: None)

    @property
    def origin(self) -> str:
        """Scheme and host of the site."""
        parts = urlsplit(self.site_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def root(self) -> str:
        """The path of the site's own address, without a slash at its end."""
        return urlsplit(self.site_url).path.rstrip("/")


def value(expression: str, page: Page) -> str | None:
    """What `expression` says, such as `site.baseurl` or `"/x.png" | relative_url`; None where that is not known here."""
    first, *filters = [part[1].strip() for part in _PART.finditer(expression) if part[1].strip()] or [""]
    said = _base(first, page)
    if said is None:
        return None
    for one in filters:
        name, _, argument = one.partition(":")
        low = name.strip().lower()
        if low in _ABSOLUTE:
            said = said if "://" in said else f"{page.origin}{page.root}/{said.lstrip('/')}"
        elif low in _RELATIVE and said.startswith("/"):
            said = f"{page.root}{said}"
        elif low in ("prepend", "append") and (other := _base(argument.strip(), page)) is not None:
            said = other + said if low == "prepend" else said + other
    return said


def _base(text: str, page: Page) -> str | None:
    if quoted := _TEXT.fullmatch(text):
        return quoted[1] if quoted[1] is not None else quoted[2]
    low = text.lower().lstrip(".$")
    if low in _SITE_URL:
        return page.origin
    if low in _SITE_PATH:
        return page.root
    own = page.fields.get(_OWN.sub("", text))
    if isinstance(own, str):
        return own
    return {"page.title": page.title, "title": page.title, "page.url": page.url, "site.title": page.site_title}.get(low)
