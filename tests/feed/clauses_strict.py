"""Clauses on values and structure that `clauses` leaves open: each yields what is at fault, and is quiet otherwise."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import lxml.html
from lxml import etree

from tests.feed.clauses import ATOM, HISTORY

Faults = Iterator[str]
Clause = Callable[[Any], Faults]
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
MEDIA = "{http://search.yahoo.com/mrss/}content"
# RFC 3986, appendix A: what a URI may hold; RFC 3987 adds the letters of other scripts.
_URI = r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;={}-]|%[0-9A-Fa-f]{{2}})+"
URI = re.compile(_URI.format(""))
IRI = re.compile(_URI.format("\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000efffd"))
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
ATOM_CHILDREN = {
    "feed": {"author", "category", "contributor", "generator", "icon", "id", "link", "logo", "rights", "subtitle", "title",
             "updated", "entry"},
    "entry": {"author", "category", "content", "contributor", "id", "link", "published", "rights", "source", "summary", "title",
              "updated"},
    "author": {"name", "uri", "email"},
}  # fmt: skip
RSS_CHILDREN = {
    "rss": {"channel"},
    "channel": {"title", "link", "description", "language", "copyright", "managingEditor", "webMaster", "pubDate",
                "lastBuildDate", "category", "generator", "docs", "cloud", "ttl", "image", "rating", "textInput", "skipHours",
                "skipDays", "item"},
    "item": {"title", "link", "description", "author", "category", "comments", "enclosure", "guid", "pubDate", "source"},
    "image": {"url", "title", "link", "width", "height", "description"},
}  # fmt: skip
OPML_HEAD = {"title", "dateCreated", "dateModified", "ownerName", "ownerEmail", "ownerId", "docs", "expansionState",
             "vertScrollState", "windowTop", "windowLeft", "windowBottom", "windowRight"}  # fmt: skip


def addresses(html: str) -> Iterator[str]:
    """Every address that a piece of HTML names."""
    for element in lxml.html.fragment_fromstring(html, create_parent="div").iter(etree.Element):
        yield from (element.get(name) for name in ("href", "src", "poster", "cite") if element.get(name) is not None)
        yield from (part.split()[0] for part in element.get("srcset", "").split(", ") if part)


def fit_for_a_reader(html: str) -> Faults:
    """RFC 4287, 3.1.1.2: HTML "SHOULD be such that it could validly appear directly within a <div>"; no relative address."""
    yield from (f"address {url!r}" for url in addresses(html) if not URI.fullmatch(url))
    tree = lxml.html.fragment_fromstring(html, create_parent="div")
    yield from (f"<{one.tag}>" for one in tree.iter("html", "head", "body", "script", "style", "iframe", "form", "title"))


def atom_nesting(feed: Any) -> Faults:
    """RFC 4287, 4.1 and 6: an element of Atom stands where the grammar has it, and no element is without a namespace."""
    for element in feed.iter(etree.Element):
        for child in element:
            name = str(child.tag)
            allowed = ATOM_CHILDREN.get(str(element.tag).removeprefix(ATOM), set())
            if not name.startswith("{") or (name.startswith(ATOM) and name.removeprefix(ATOM) not in allowed):
                yield f"<{name}> in <{element.tag}>"


def atom_addresses(feed: Any) -> Faults:
    """RFC 4287, 2, 4.2.5 to 4.2.8: ids, hrefs, icon and logo are IRIs; a type is a media type, a length a number."""
    for element in feed.iter(f"{ATOM}id", f"{ATOM}icon", f"{ATOM}logo", f"{ATOM}uri"):
        if not IRI.fullmatch(element.text or ""):
            yield f"{element.tag} {element.text!r}"
    for link in feed.iter(f"{ATOM}link"):
        if not IRI.fullmatch(link.get("href", "")) or (link.text or "").strip() or len(link):
            yield f"link {dict(link.attrib)}"
        if not MEDIA_TYPE.fullmatch(link.get("type", "x/x")) or not link.get("length", "0").isdecimal():
            yield f"link {dict(link.attrib)}"


def atom_enclosures(feed: Any) -> Faults:
    """RFC 4287, 4.2.7.2: a link to a picture is an enclosure, not another form of the entry: alternate is the default rel."""
    for link in feed.iter(f"{ATOM}link"):
        if re.search(r"\.(png|jpe?g|gif|svg|webp|avif)$", link.get("href", "")) and link.get("rel") != "enclosure":
            yield f"link {dict(link.attrib)}"


def atom_moments(feed: Any) -> Faults:
    """RFC 4287, 4.2.9 and 4.2.15: an entry is not updated before it is published, nor a feed before its entries."""
    whole = datetime.fromisoformat(feed.findtext(f"{ATOM}updated"))
    for entry in feed.iter(f"{ATOM}entry"):
        updated, published = (datetime.fromisoformat(entry.findtext(f"{ATOM}{name}")) for name in ("updated", "published"))
        if not published <= updated <= whole:
            yield f"{entry.findtext(f'{ATOM}id')}: published {published}, updated {updated}, the feed {whole}"


def atom_html(feed: Any) -> Faults:
    """RFC 4287, 4.1.3.3 and 3.1.1.2: content of type html is HTML of a <div>, and reads the same from any place."""
    for content in feed.iter(f"{ATOM}content"):
        yield from fit_for_a_reader(content.text or "")


def rss_nesting(rss: Any) -> Faults:
    """RSS 2.0, "Extending RSS": elements of RSS stand where it has them; any other is in a namespace."""
    for parent in rss.iter("rss", "channel", "item", "image"):
        for child in parent:
            if not str(child.tag).startswith("{") and child.tag not in RSS_CHILDREN[parent.tag]:
                yield f"<{child.tag}> in <{parent.tag}>"


def rss_once(rss: Any) -> Faults:
    """RSS profile: of an element's children only category, item and those of other namespaces may be repeated."""
    for parent in rss.iter("rss", "channel", "item", "image"):
        for tag, times in Counter(str(child.tag) for child in parent).items():
            if times > 1 and tag not in ("category", "item") and not tag.startswith("{"):
                yield f"{times} <{tag}> in <{parent.tag}>"


def rss_addresses(rss: Any) -> Faults:
    """RSS 2.0, "link and url": addresses are URIs, which RFC 3986 writes in ASCII."""
    found = [element.text or "" for element in rss.iter("link", "url", "docs", "comments")]
    found += [element.get("url", "") for element in rss.iter("enclosure", MEDIA)]
    found += [element.get("href", "") for element in rss.iter(f"{ATOM}link")]
    yield from (url for url in found if not URI.fullmatch(url))


def rss_weekdays(rss: Any) -> Faults:
    """RFC 822, 5.1 and RFC 5322, 3.3: the day of the week is that of the date."""
    for element in rss.iter("pubDate", "lastBuildDate"):
        moment = parsedate_to_datetime(element.text)
        if element.text[:3] != "Mon Tue Wed Thu Fri Sat Sun".split()[moment.weekday()]:
            yield element.text


def rss_author(rss: Any) -> Faults:
    """RSS 2.0, author: "the email address of the author", here as `mail (Name)`; the profile: not more than one."""
    for author in rss.iter("author", "managingEditor", "webMaster"):
        if not re.fullmatch(r"[^@\s()]+@[^@\s()]+( \(.+\))?", author.text or ""):
            yield author.text or "empty"


def rss_html(rss: Any) -> Faults:
    """RSS 2.0, description: "entity-encoded HTML"; RSS profile: "suitable for presentation as HTML", without relative URLs."""
    for element in (*rss.iterfind("channel/item/description"), *rss.iter(CONTENT)):
        yield from fit_for_a_reader(element.text or "")


def rss_order(rss: Any) -> Faults:
    """RSS profile, content:encoded: some readers take the last of the two, so description comes first."""
    for item in rss.iter("item"):
        tags = [child.tag for child in item]
        if CONTENT in tags and ("description" not in tags or tags.index("description") > tags.index(CONTENT)):
            yield str(item.findtext("guid"))


def history_elements(feed: Any) -> Faults:
    """RFC 5005, 2 and 4: a document is not complete and an archive at once; an archive names the current document."""
    links = {link.get("rel") for link in feed.iter(f"{ATOM}link")}
    archive, complete = (next(feed.iter(f"{HISTORY}{name}"), None) is not None for name in ("archive", "complete"))
    if archive and (complete or "current" not in links or "hub" in links):
        yield "an archive that is complete, names no current document, or is pushed by a hub"
    if complete and "prev-archive" in links:
        yield "complete, but more stands before it"


def json_names(feed: Any) -> Faults:
    """JSON Feed 1.1: the names it knows; others are extensions, and begin with an underscore."""
    top = (
        "version title home_page_url feed_url description user_comment next_url icon favicon authors language expired hubs items"
    )
    item = ("id url external_url title content_html content_text summary image banner_image date_published date_modified "
            "authors tags language attachments")  # fmt: skip
    for one, known in ((feed, top), *((entry, item) for entry in feed["items"])):
        yield from (name for name in one if name not in known.split() and not name.startswith("_"))


def json_addresses(feed: Any) -> Faults:
    """JSON Feed 1.1: feed_url, url, image and their like are URLs."""
    found = [feed.get(name) for name in ("home_page_url", "feed_url", "next_url", "icon", "favicon")]
    found += [item.get(name) for item in feed["items"] for name in ("url", "image")]
    found += [author.get("url") for one in (feed, *feed["items"]) for author in one["authors"]]
    found += [one["url"] for item in feed["items"] for one in item.get("attachments", [])]
    yield from (url for url in found if url is not None and not URI.fullmatch(url))


def json_html(feed: Any) -> Faults:
    """JSON Feed 1.1, content_html: HTML; and, as in the other formats, of a <div> and without relative URLs."""
    for item in feed["items"]:
        yield from fit_for_a_reader(item.get("content_html", ""))


def opml_head(opml: Any) -> Faults:
    """OPML 2.0, head: the elements it knows, each once."""
    names = [str(child.tag) for child in opml.find("head")]
    yield from (name for name in names if name not in OPML_HEAD or names.count(name) > 1)


def opml_nesting(opml: Any) -> Faults:
    """OPML 2.0, body and outline: they hold outlines and nothing else."""
    yield from (str(child.tag) for parent in opml.iter("body", "outline") for child in parent if child.tag != "outline")


def opml_addresses(opml: Any) -> Faults:
    """OPML 2.0, type: rss goes with an xmlUrl, include with a url; addresses are whole."""
    for outline in opml.iter("outline"):
        needed = {"rss": "xmlUrl", "include": "url", "link": "url"}.get(outline.get("type", ""))
        urls = [outline.get(name) for name in ("xmlUrl", "htmlUrl", "url") if outline.get(name) is not None]
        if (needed and outline.get(needed) is None) or not all(URI.fullmatch(url) for url in urls):
            yield str(dict(outline.attrib))


STRICT: dict[str, tuple[Clause, ...]] = {
    "atom.xml": (atom_nesting, atom_addresses, atom_enclosures, atom_moments, atom_html, history_elements),
    "rss.xml": (rss_nesting, rss_once, rss_addresses, rss_weekdays, rss_author, rss_html, rss_order, history_elements),
    "feed.json": (json_names, json_addresses, json_html),
    ".opml": (opml_head, opml_nesting, opml_addresses),
}
