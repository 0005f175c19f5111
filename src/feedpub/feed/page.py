"""Feeds → index.html, the page that a person sees: what can be subscribed to."""

from collections.abc import Iterable, Mapping
from functools import cache

import jinja2

from feedpub.content import article_url
from feedpub.feed.opml import FILES as LISTS
from feedpub.feed.opml import HEADINGS
from feedpub.feed.plan import Planned
from feedpub.model import Article
from feedpub.site import Site

_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON"}
_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


def index_page(feeds: Iterable[Planned], site: Site, files: Mapping[str, str]) -> bytes:
    """The page, in HTML without script; `files` names the file of each format. Every link in it is relative or absolute
    to the site, so that it works from a disk too.
    """
    feeds = tuple(feeds)
    groups = {group: [feed for feed in feeds if feed.group == group] for group in HEADINGS if group != "all"}
    text = _template().render(
        site=site,
        everything=feeds[0],
        groups={HEADINGS[group]: some for group, some in groups.items() if some},
        feeds=feeds,
        formats=[(_NAMES[f], _TYPES[f], file) for f, file in files.items()],
        lists=[(HEADINGS[group], LISTS[group]) for group in HEADINGS if files and (group == "all" or groups[group])],
        anchor=lambda feed: feed.anchor,
        url_of=lambda article: article_url(article, site),
        day_of=lambda article: _day(article, site),
    )
    return text.encode()


def _day(article: Article, site: Site) -> str:
    return article.published.astimezone(site.timezone).date().isoformat()


@cache
def _template() -> jinja2.Template:
    loader = jinja2.PackageLoader("feedpub.feed", "")
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("page.html.j2")
