"""Feeds → index.html, the page that a person sees: what can be subscribed to."""

from collections.abc import Mapping, Sequence
from typing import Any

from feedpub.content import article_url
from feedpub.feed.plan import FORMATS, HEADINGS, LISTS, Planned
from feedpub.model import Article
from feedpub.site import Format, Site


def page_model(feeds: Sequence[Planned], site: Site, files: Mapping[Format, str]) -> dict[str, Any]:
    """All that the page of `feeds`, those of one language, shows, as plain values; `files` names the file of each format."""
    first, own = feeds[0], site
    site, up = site.in_language(first.language), "../" if first.root else ""
    shown = [_card(feed, site, 5 if feed.group == "all" else 3) for feed in feeds]
    groups = {group: [feed for feed in shown if feed["group"] == group] for group in HEADINGS if group != "all"}
    return {
        "site": {name: getattr(site, name) for name in ("title", "description", "language")}
        | {name: f"{getattr(site, name)}/{first.root}".rstrip("/") for name in ("url", "feeds_url")},
        "everything": shown[0],
        "translations": [
            {"tag": tag, "title": own.in_language(tag if tag in own.languages else "").title, "folder": f"{up}{folder}"}
            for tag, folder in first.translations
        ],
        "groups": {HEADINGS[group]: some for group, some in groups.items() if some},
        "feeds": shown,
        "subscribe": f"{site.web_url}/subscribe" if site.digests and site.web.url else None,
        "formats": [(*FORMATS[f], file) for f, file in files.items()],
        "lists": [(HEADINGS[group], LISTS[group]) for group in HEADINGS if files and (group == "all" or groups[group])],
    }


def index_page(model: Mapping[str, Any]) -> bytes:
    """The page, in HTML without script. Every link in it is relative or absolute to the site, so that it works from a disk
    too.
    """
    import jinja2

    loader = jinja2.PackageLoader("feedpub.feed", "")
    templates = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return templates.get_template("page.html.j2").render(model).encode()


def _card(feed: Planned, site: Site, newest: int) -> dict[str, Any]:
    return {
        "folder": feed.place,
        "group": feed.group,
        "name": feed.name,
        "anchor": feed.anchor,
        "count": len(feed.articles),
        "titles": [_title(article, site) for article in feed.articles[:newest]],
    }


def _title(article: Article, site: Site) -> dict[str, str]:
    day = article.published.astimezone(site.timezone).date().isoformat()
    return {"text": article.title, "url": article_url(article, site), "day": day}
