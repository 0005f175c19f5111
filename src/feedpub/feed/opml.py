"""Feeds → OPML 2.0 (http://opml.org/spec2.opml), for import into a reader."""

from collections.abc import Iterable

from lxml import etree

from feedpub.feed.plan import HEADINGS, LISTS, Planned


def subscription_lists(feeds: Iterable[Planned], *, title: str, url: str, feeds_url: str, file: str) -> dict[str, bytes]:
    """`feeds.opml`, and a list for each other group of feeds, with the address of each feed's `file`.

    `feeds.opml` subscribes to everything by one feed; the other groups stand in it by inclusion (type="include"), which
    readers show or pass over but do not subscribe to. `title` and `url` are the site's, `feeds_url` that of the output.
    """
    groups: dict[str, list[Planned]] = {}
    for feed in feeds:
        groups.setdefault(feed.group, []).append(feed)
    lists = {}
    for group in groups:
        root = etree.Element("opml", version="2.0")
        head = etree.SubElement(root, "head")
        etree.SubElement(head, "title").text = title if group == "all" else f"{title}: {HEADINGS[group].lower()}"
        body = etree.SubElement(root, "body")
        outline = etree.SubElement(body, "outline", text=HEADINGS[group])
        for feed in groups[group]:
            name = title if feed.group == "all" else feed.name
            address = f"{feeds_url}/{feed.folder}{file}"
            etree.SubElement(outline, "outline", text=name, title=name, type="rss", xmlUrl=address, htmlUrl=f"{url}/")
        for other in (other for other in groups if group == "all" != other):
            etree.SubElement(body, "outline", text=HEADINGS[other], type="include", url=f"{feeds_url}/{LISTS[other]}")
        etree.indent(root, space="  ")
        lists[LISTS[group]] = bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"
    return lists
