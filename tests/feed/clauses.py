"""What the standards ask of a publisher, clause by clause: each check takes a parsed document and asserts."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
Element = etree._Element
Check = Callable[[Element], None]
IRI = re.compile(r"(https?://[^\s<>\"{}|\\^`]+|mailto:\S+|tag:[A-Za-z0-9.@-]+,[0-9-]+:\S*)")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")


def texts(parent: Element, path: str) -> list[str]:
    return [element.text or "" for element in parent.findall(path.replace("a:", ATOM))]


def atom_root(feed: Element) -> None:
    """RFC 4287, 4.1.1: the document element is atom:feed; and 2: it says in which language it is."""
    assert feed.tag == f"{ATOM}feed"
    assert re.fullmatch(r"[A-Za-z0-9-]+", feed.get("{http://www.w3.org/XML/1998/namespace}lang", ""))


def atom_once(feed: Element) -> None:
    """RFC 4287, 4.1.1 and 4.1.2: exactly one id, title and updated; at most one of the others."""
    for parent in (feed, *feed.iter(f"{ATOM}entry")):
        counts = Counter(child.tag.removeprefix(ATOM) for child in parent)
        assert counts["id"] == counts["title"] == counts["updated"] == 1
        for name in ("content", "published", "summary", "generator", "icon", "logo", "subtitle", "rights", "source"):
            assert counts[name] <= 1, name


def atom_authors(feed: Element) -> None:
    """RFC 4287, 4.1.1: a feed has an author, unless all its entries do; 3.2: a person has one name, at most one email."""
    assert feed.findall(f"{ATOM}author") or all(entry.findall(f"{ATOM}author") for entry in feed.iter(f"{ATOM}entry"))
    for person in feed.iter(f"{ATOM}author"):
        assert len(texts(person, "a:name")) == 1
        assert texts(person, "a:name")[0].strip()
        assert all(re.fullmatch(r"[^@\s]+@[^@\s]+", email) for email in texts(person, "a:email"))
        assert len(texts(person, "a:email")) <= 1


def atom_ids(feed: Element) -> None:
    """RFC 4287, 4.2.6: an id is an absolute IRI; 4.1.1: no entry twice in a feed, and none with the feed's own id."""
    ids = texts(feed, "a:id") + texts(feed, "a:entry/a:id")
    assert all(IRI.fullmatch(one) for one in ids)
    assert len(ids) == len(set(ids))


def atom_dates(feed: Element) -> None:
    """RFC 4287, 3.3: dates are those of RFC 3339, with T and an offset in upper case."""
    dates = [element.text or "" for name in ("updated", "published") for element in feed.iter(f"{ATOM}{name}")]
    assert all(RFC_3339.fullmatch(one) and datetime.fromisoformat(one) for one in dates)


def atom_links(feed: Element) -> None:
    """RFC 4287, 4.2.7: a link has an href, an absolute one here; 4.1.1, 4.1.2: no two alternates of one type and language."""
    for parent in (feed, *feed.iter(f"{ATOM}entry")):
        links = parent.findall(f"{ATOM}link")
        assert all(IRI.fullmatch(link.get("href", "")) for link in links)
        assert all(link.get("rel") for link in links)
        alternates = Counter((link.get("type"), link.get("hreflang")) for link in links if link.get("rel") == "alternate")
        assert set(alternates.values()) == {1}
    assert len([link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]) == 1


def atom_content(feed: Element) -> None:
    """RFC 4287, 4.1.2: without content an entry has an alternate link; 4.1.3.3 and 3.1.1: html is escaped, no child elements."""
    for entry in feed.iter(f"{ATOM}entry"):
        content = entry.find(f"{ATOM}content")
        if content is None:
            assert [link for link in entry.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        else:
            assert content.get("type") == "html"
            assert len(content) == 0
    for name in ("title", "subtitle", "summary"):
        assert all(len(one) == 0 and one.get("type", "text") == "text" for one in feed.iter(f"{ATOM}{name}"))


def atom_categories(feed: Element) -> None:
    """RFC 4287, 4.2.2.1: a category has a term."""
    assert all(category.get("term") for category in feed.iter(f"{ATOM}category"))


def atom_elements(feed: Element) -> None:
    """RFC 4287, 6.1 and 6.4: what is not of Atom stands in a namespace of its own."""
    known = set(
        "author category content contributor email entry feed generator icon id link logo name published rights source subtitle "
        "summary title updated uri".split()
    )
    for element in feed.iter(etree.Element):
        namespace, _, name = str(element.tag).rpartition("}")
        assert namespace
        assert namespace + "}" != ATOM or name in known


def rss_channel(rss: Element) -> None:
    """RSS 2.0: version 2.0, one channel, with one title, one link and one description."""
    assert rss.tag == "rss"
    assert rss.get("version") == "2.0"
    (channel,) = rss
    for name in ("title", "link", "description"):
        assert len(channel.findall(name)) == 1, name
        assert (channel.findtext(name) or "").strip()
    assert len([one for one in channel.findall(f"{ATOM}link") if one.get("rel") == "self"]) == 1  # RSS profile, atom:link


def rss_items(rss: Element) -> None:
    """RSS 2.0: an item has a title or a description; none of its elements twice but category."""
    for item in rss.iter("item"):
        assert item.find("title") is not None or item.find("description") is not None
        counts = Counter(str(child.tag) for child in item)
        repeated = {tag for tag, times in counts.items() if times > 1}
        assert repeated <= {"category", "{http://purl.org/dc/elements/1.1/}creator"}


def rss_guids(rss: Element) -> None:
    """RSS 2.0, guid: unique; one that is no address says isPermaLink="false"."""
    guids = list(rss.iter("guid"))
    assert len(guids) == len(list(rss.iter("item"))) == len({guid.text for guid in guids})
    assert all(guid.get("isPermaLink") == "false" and IRI.fullmatch(guid.text or "") for guid in guids)


def rss_dates(rss: Element) -> None:
    """RSS 2.0: dates are those of RFC 822, years of four digits preferred."""
    dates = [element.text or "" for name in ("pubDate", "lastBuildDate") for element in rss.iter(name)]
    assert dates
    assert all(RFC_822.fullmatch(one) and parsedate_to_datetime(one) for one in dates)


def rss_authors(rss: Element) -> None:
    """RSS 2.0, author: an e-mail address; a name without one is dc:creator."""
    assert all(re.match(r"[^@\s]+@[^@\s]+", author.text or "") for author in rss.iter("author"))
    creators = "{http://purl.org/dc/elements/1.1/}creator"
    assert all((item.findtext(creators) or "").strip() for item in rss.iter("item"))


def rss_enclosures(rss: Element) -> None:
    """RSS 2.0, enclosure: url, length and type, all three; the profile: at most one an item."""
    for enclosure in rss.iter("enclosure"):
        assert IRI.fullmatch(enclosure.get("url", ""))
        assert enclosure.get("length", "").isdecimal()
        assert re.fullmatch(r"image/[a-z+.-]+", enclosure.get("type", ""))


def rss_urls(rss: Element) -> None:
    """RSS 2.0, link and url: they begin with a registered scheme."""
    assert all(IRI.fullmatch(one.text or "") for name in ("link", "url") for one in rss.iter(name))
    assert all(IRI.fullmatch(one.get("href", "")) for one in rss.iter(f"{ATOM}link"))
    assert all(IRI.fullmatch(one.get("url", "")) for one in rss.iter("{http://search.yahoo.com/mrss/}content"))


def rss_image(rss: Element) -> None:
    """RSS 2.0, image: url, title and link, the last two those of the channel."""
    (channel,) = rss
    for image in channel.findall("image"):
        assert urlsplit(image.findtext("url") or "").scheme in ("http", "https")
        assert (image.findtext("title"), image.findtext("link")) == (channel.findtext("title"), channel.findtext("link"))


def rss_language(rss: Element) -> None:
    """RSS 2.0, language: a tag that the W3C or the RSS board lists."""
    assert re.fullmatch(r"[a-z]{2,8}(-[A-Za-z0-9]+)*", rss.findtext("channel/language") or "")


def opml_document(opml: Element) -> None:
    """OPML 2.0: version, one head, one body with one outline or more."""
    assert opml.tag == "opml"
    assert opml.get("version") == "2.0"
    assert [child.tag for child in opml] == ["head", "body"]
    assert len(opml[1]) >= 1
    assert (opml.findtext("head/title") or "").strip()


def opml_outlines(opml: Element) -> None:
    """OPML 2.0: every outline has text; one of type rss an xmlUrl; one of type include the url of an OPML file."""
    for outline in opml.iter("outline"):
        assert outline.get("text")
        if outline.get("type") == "rss":
            assert IRI.fullmatch(outline.get("xmlUrl", ""))
            assert outline.get("title") == outline.get("text")
        if outline.get("type") == "include":
            assert outline.get("url", "").endswith(".opml")


ATOM_CLAUSES: list[Check] = [
    atom_root, atom_once, atom_authors, atom_ids, atom_dates, atom_links, atom_content, atom_categories, atom_elements,
]  # fmt: skip
RSS_CLAUSES: list[Check] = [
    rss_channel, rss_items, rss_guids, rss_dates, rss_authors, rss_enclosures, rss_urls, rss_image, rss_language,
]  # fmt: skip
OPML_CLAUSES: list[Check] = [opml_document, opml_outlines]
