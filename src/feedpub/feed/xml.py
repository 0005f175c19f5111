"""Feed → RSS 2.0 and Atom 1.0. The only file that knows feedgen, and its traps."""

import html
import re
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feedpub.feed.plan import FORMATS
from feedpub.model import Author, Entry, Feed

_ATOM = "http://www.w3.org/2005/Atom"
_RSS, _ATOM_TYPE = (FORMATS[form][1] for form in ("rss", "atom"))
_HISTORY = "http://purl.org/syndication/history/1.0"


def rss(feed: Feed, file: str) -> bytes:
    """RSS 2.0 of `feed`, whose own address is its base and `file`."""
    return bytes(_generator(feed, file, _RSS).rss_str(pretty=True))


def atom(feed: Feed, file: str) -> bytes:
    """Atom 1.0 (RFC 4287) of `feed`, whose own address is its base and `file`."""
    return bytes(_generator(feed, file, _ATOM_TYPE).atom_str(pretty=True))


class _Links(BaseExtension):  # type: ignore[misc]
    """What feedgen writes in no RSS (links other than self) and in neither format (the elements of RFC 5005)."""

    feed: Feed
    file: str
    media_type: str

    def extend_ns(self) -> dict[str, str]:
        return {"fh": _HISTORY} if self.feed.archive or self.feed.complete else {}

    def extend_rss(self, root: Any) -> Any:
        return self._extend(root[0], f"{{{_ATOM}}}link")

    def extend_atom(self, root: Any) -> Any:
        # feedgen writes the elements of Atom without a namespace, and the namespace as an attribute.
        return self._extend(root, "link")

    def _extend(self, parent: Any, link: str) -> Any:
        for rel, href in self._links():
            etree.SubElement(parent, link, rel=rel, href=href)
        # RFC 4287, 4.1.1: several alternates may stand here as long as no two agree in type and hreflang.
        for tag, folder in self.feed.translations:
            etree.SubElement(parent, link, rel="alternate", type=self.media_type, hreflang=tag, href=folder + self.file)
        for name in ("archive", "complete"):
            if getattr(self.feed, name):
                etree.SubElement(parent, f"{{{_HISTORY}}}{name}")
        return parent

    def _links(self) -> list[tuple[str, str]]:
        feed = self.feed
        links = {"hub": feed.hub}
        links["prev-archive"] = feed.previous + self.file if feed.previous else None
        links["current"] = feed.current + self.file if feed.current else None
        return [(rel, href) for rel, href in links.items() if href]


class _EntryLinks(BaseEntryExtension):  # type: ignore[misc]
    """What feedgen leaves out of an entry's links: in Atom it writes the address of each, and forgets the rest; in RSS it
    knows no link to what the entry is about.
    """

    given: list[dict[str, str]]
    related: str | None

    def extend_rss(self, entry: Any) -> Any:
        if self.related:
            etree.SubElement(entry, f"{{{_ATOM}}}link", rel="related", href=self.related)
        return entry

    def extend_atom(self, entry: Any) -> Any:
        for element, link in zip(entry.findall("link"), self.given, strict=True):
            for name in ("rel", "type", "length"):
                if name in link:
                    element.set(name, link[name])
        if self.related:
            etree.SubElement(entry, "link", rel="related", href=self.related)
        return entry


def _generator(feed: Feed, file: str, media_type: str) -> Any:
    generator = FeedGenerator()
    generator.load_extension("media")
    generator.load_extension("dc", atom=False)
    generator.register_extension("links", _Links, _EntryLinks)
    generator.links.feed, generator.links.file, generator.links.media_type = feed, file, media_type
    generator.id(feed.id)
    generator.title(feed.title)
    generator.description(feed.description)
    generator.language(feed.language)
    generator.author(_person(feed.author))
    generator.generator("feedpub")
    # RSS takes the last link that is not self as the channel's own.
    generator.link(href=feed.base + file, rel="self", type=media_type)
    generator.link(href=feed.link, rel="alternate", type="text/html")
    if feed.image:
        generator.logo(feed.image)
        generator.icon(feed.image)
        generator.image(feed.image, title=feed.title, link=feed.link)
    # All three default to now().
    generator.updated(feed.updated)
    generator.lastBuildDate(feed.updated)
    generator.pubDate(max((entry.published for entry in feed.entries), default=feed.updated))
    for entry in feed.entries:
        _add(generator.add_entry(order="append"), entry, rss=media_type == _RSS)
    return generator


def _add(item: Any, entry: Entry, *, rss: bool) -> None:
    item.id(entry.id)
    item.title(entry.title)
    item.link(href=entry.url, rel="alternate", type="text/html")
    item.published(entry.published)
    item.updated(entry.updated)
    # content:encoded is written only beside a description.
    item.summary(_as_html(entry.summary) if rss else entry.summary)
    if entry.html:
        item.content(entry.html, type="html")
    # RSS has one <author>, an address; a bare name would vanish from it. dc:creator has them all.
    mailed = [author for author in entry.authors if author.email][:1]
    item.author([_person(author) for author in (mailed if rss else entry.authors)])
    item.dc.dc_creator([author.name for author in entry.authors])
    for category in entry.categories:
        item.category(term=category)
    if entry.image:
        media = {"url": entry.image.url, "medium": "image", "type": entry.image.media_type}
        if entry.image.length is not None:
            media["fileSize"] = str(entry.image.length)
            # In both formats: feedgen takes the RSS enclosure from this link.
            item.link(href=entry.image.url, rel="enclosure", type=entry.image.media_type, length=str(entry.image.length))
        item.media.content(media, group=None)
    item.links.given, item.links.related = item.link(), entry.related


def _as_html(text: str) -> str:
    """RSS readers take a description for HTML: what they would take for a tag or an entity is escaped."""
    return html.escape(text, quote=False) if re.search(r"<[A-Za-z/!?]|&[#A-Za-z]", text) else text


def _person(author: Author) -> dict[str, str]:
    return {"name": author.name, "email": author.email} if author.email else {"name": author.name}
