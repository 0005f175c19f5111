"""Feeds → OPML 2.0 (http://opml.org/spec2.opml), for import into a reader."""

from collections.abc import Iterable

from lxml import etree

from feedpub.feed.plan import Planned
from feedpub.site import Site

# One file for each way to subscribe: whoever follows "Everything" and a category reads each of its articles twice.
FILES = {"all": "feeds.opml", "category": "categories.opml", "tag": "tags.opml", "author": "authors.opml"}
HEADINGS = {"all": "Everything", "category": "By category", "tag": "By tag", "author": "By author"}


def subscription_lists(feeds: Iterable[Planned], site: Site, file: str) -> dict[str, bytes]:
    """`feeds.opml`, and a list for each other group of feeds, with the address of each feed's `file`.

    `feeds.opml` subscribes to everything by one feed; the other groups stand in it by inclusion (type="include"), which
    readers show or pass over but do not subscribe to.
    """
    groups: dict[str, list[Planned]] = {}
    for feed in feeds:
        groups.setdefault(feed.group, []).append(feed)
    lists = {}
    for group in groups:
        root = etree.Element("opml", version="2.0")
        head = etree.SubElement(root, "head")
        etree.SubElement(head, "title").text = site.title if group == "all" else f"{site.title}: {HEADINGS[group].lower()}"
        body = etree.SubElement(root, "body")
        outline = etree.SubElement(body, "outline", text=HEADINGS[group])
        for feed in groups[group]:
            _subscription(outline, feed, site, file)
        for other in (other for other in groups if group == "all" != other):
            etree.SubElement(body, "outline", text=HEADINGS[other], type="include", url=f"{site.feeds_url}/{FILES[other]}")
        etree.indent(root, space="  ")
        lists[FILES[group]] = bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"
    return lists


def _subscription(parent: etree._Element, feed: Planned, site: Site, file: str) -> None:
    name = site.title if feed.group == "all" else feed.name
    url = f"{site.feeds_url}/{feed.folder}{file}"
    etree.SubElement(parent, "outline", text=name, title=name, type="rss", xmlUrl=url, htmlUrl=f"{site.url}/")
