"""The checker is checked: each fault, put into a sound document, is found by the clause that forbids it."""

import json
from typing import Any

import pytest
from lxml import etree

from tests.feed import clauses, clauses_json
from tests.feed import clauses_strict as strict
from tests.feed.test_strict_conformance import SITE_CLAUSES, faults

SOUND_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0" xml:lang="en">
<id>tag:a.example,2025:/</id><title>T</title><updated>2025-11-11T00:00:00Z</updated><author><name>A</name></author>
<link rel="self" href="https://a.example/atom.xml"/><link rel="alternate" type="text/html" href="https://a.example/"/>
<icon>https://a.example/i.png</icon><fh:complete/>
<entry><id>tag:a.example,2025:a</id><title>A</title><published>2025-11-10T00:00:00Z</published><updated>2025-11-11T00:00:00Z</updated>
<link rel="alternate" type="text/html" href="https://a.example/a/"/><category term="c"/>
<link rel="enclosure" type="image/png" length="1" href="https://a.example/a.png"/>
<summary>s</summary><content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry></feed>"""
SOUND_RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><link>https://a.example/</link>
<description>D</description><atom:link rel="self" href="https://a.example/rss.xml"/><language>en</language>
<image><url>https://a.example/i.png</url><title>T</title><link>https://a.example/</link></image>
<lastBuildDate>Tue, 11 Nov 2025 00:00:00 +0000</lastBuildDate><item><title>A</title><link>https://a.example/a/</link>
<description>s</description><content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded><author>a@b.example (A)</author>
<guid isPermaLink="false">tag:a.example,2025:a</guid><enclosure url="https://a.example/a.png" length="1" type="image/png"/>
<pubDate>Mon, 10 Nov 2025 00:00:00 +0000</pubDate><dc:creator>A</dc:creator></item></channel></rss>"""
SOUND_OPML = """<opml version="2.0"><head><title>T</title></head><body><outline text="E">
<outline text="T" title="T" type="rss" xmlUrl="https://a.example/atom.xml"/></outline>
<outline text="C" type="include" url="https://a.example/c.opml"/></body></opml>"""
SOUND_JSON = json.dumps({
    "version": "https://jsonfeed.org/version/1.1", "title": "T", "feed_url": "https://a.example/f.json",
    "home_page_url": "https://a.example/", "authors": [{"name": "A"}], "hubs": [{"type": "WebSub", "url": "https://h.example/"}],
    "items": [{
        "id": "1", "url": "https://a.example/a/", "content_html": "<p>x</p>", "date_published": "2025-11-10T00:00:00Z",
        "date_modified": "2025-11-11T00:00:00Z", "authors": [{"name": "A", "url": "mailto:a@b.example"}], "tags": ["c"],
        "attachments": [{"url": "https://a.example/a.png", "mime_type": "image/png", "size_in_bytes": 1}],
    }],
})  # fmt: skip
SOUND = {"atom.xml": SOUND_ATOM, "rss.xml": SOUND_RSS, ".opml": SOUND_OPML, "feed.json": SOUND_JSON}
SECOND = '<link rel="alternate" type="text/html" href="https://a.example/z/"/><category'
ENTRY = SOUND_ATOM[SOUND_ATOM.index("<entry") : SOUND_ATOM.index("</feed>")]
FAULTS: list[tuple[str, Any, str, str]] = [
    ("atom.xml", clauses.atom_root, ' xml:lang="en"', ""),
    ("atom.xml", clauses.atom_once, "<title>A</title>", ""),
    ("atom.xml", clauses.atom_once, "<title>A</title>", "<title>A</title><title>B</title>"),
    ("atom.xml", clauses.atom_once, "<summary>s</summary>", "<summary>s</summary><summary>t</summary>"),
    ("atom.xml", clauses.atom_authors, "<author><name>A</name></author>", ""),
    ("atom.xml", clauses.atom_authors, "<name>A</name>", "<name>A</name><email>nobody</email>"),
    ("atom.xml", clauses.atom_ids, "<id>tag:a.example,2025:a</id>", "<id>a</id>"),
    ("atom.xml", clauses.atom_ids, "</feed>", f"{ENTRY}</feed>"),
    ("atom.xml", clauses.atom_dates, "2025-11-10T00:00:00Z", "2025-11-10t00:00:00z"),
    ("atom.xml", clauses.atom_dates, "2025-11-10T00:00:00Z", "2025-11-10T00:00:00"),
    ("atom.xml", clauses.atom_links, "<category", SECOND),
    ("atom.xml", clauses.atom_links, 'rel="enclosure" ', ""),
    ("atom.xml", clauses.atom_links, 'href="https://a.example/a/"', 'href="/a/"'),
    ("atom.xml", clauses.atom_links, '<link rel="self" href="https://a.example/atom.xml"/>', ""),
    ("atom.xml", clauses.atom_content, 'type="html"', 'type="CDATA"'),
    ("atom.xml", clauses.atom_content, "&lt;p&gt;x&lt;/p&gt;", "<p>x</p>"),
    ("atom.xml", clauses.atom_categories, ' term="c"', ""),
    ("atom.xml", clauses.atom_elements, "<summary>", "<rating/><summary>"),
    ("atom.xml", strict.atom_nesting, "<summary>", '<x xmlns=""/><summary>'),
    ("atom.xml", strict.atom_nesting, "<summary>", "<subtitle/><summary>"),
    ("atom.xml", strict.atom_addresses, "https://a.example/i.png", "/i.png"),
    ("atom.xml", strict.atom_addresses, "https://a.example/a.png", "https://a.example/a b.png"),
    ("atom.xml", strict.atom_addresses, 'length="1"', 'length="None"'),
    ("atom.xml", strict.atom_enclosures, 'rel="enclosure" ', ""),
    ("atom.xml", strict.atom_moments, "2025-11-10T00:00:00Z", "2025-11-10T23:30:00-05:00"),
    ("atom.xml", strict.atom_html, "&lt;p&gt;", "&lt;p&gt;&lt;img src='a.png'&gt;"),
    ("atom.xml", strict.atom_html, "&lt;p&gt;", "&lt;p&gt;&lt;img srcset='https://a.example/a 1x, b 2x'&gt;"),
    ("atom.xml", strict.atom_html, "&lt;p&gt;", "&lt;p&gt;&lt;script&gt;&lt;/script&gt;"),
    ("atom.xml", strict.history_elements, "<fh:complete/>", "<fh:archive/>"),
    ("rss.xml", clauses.rss_channel, "<description>D</description>", ""),
    ("rss.xml", clauses.rss_channel, '<atom:link rel="self" href="https://a.example/rss.xml"/>', ""),
    ("rss.xml", clauses.rss_items, "<title>A</title>", "<title>A</title><title>B</title>"),
    ("rss.xml", clauses.rss_guids, ' isPermaLink="false"', ""),
    ("rss.xml", clauses.rss_dates, "Mon, 10 Nov 2025", "Mon, 10 Nov 25"),
    ("rss.xml", clauses.rss_authors, "a@b.example (A)", "A"),
    ("rss.xml", clauses.rss_enclosures, 'length="1"', ""),
    ("rss.xml", clauses.rss_urls, "<link>https://a.example/a/</link>", "<link>/a/</link>"),
    ("rss.xml", clauses.rss_image, "<title>T</title><link>https://a.example/</link></image>", "<title>T</title></image>"),
    ("rss.xml", clauses.rss_language, "<language>en</language>", "<language>English</language>"),
    ("rss.xml", strict.rss_nesting, "<pubDate>", "<updated/><pubDate>"),
    ("rss.xml", strict.rss_once, "<author>", "<author>c@d.example</author><author>"),
    ("rss.xml", strict.rss_addresses, "https://a.example/a.png", "https://a.example/ä.png"),
    ("rss.xml", strict.rss_weekdays, "Mon, 10", "Sun, 10"),
    ("rss.xml", strict.rss_author, "a@b.example (A)", "a@b.example, A"),
    ("rss.xml", strict.rss_html, "<description>s", "<description>&lt;a href='b'&gt;s"),
    ("rss.xml", strict.rss_order, "<description>s</description>", ""),
    (
        "rss.xml",
        strict.history_elements,
        "</channel>",
        '<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/></channel>',
    ),
    (".opml", clauses.opml_document, 'version="2.0"', ""),
    (".opml", clauses.opml_outlines, 'text="E"', ""),
    (".opml", clauses.opml_outlines, "c.opml", "c.xml"),
    (".opml", strict.opml_head, "<title>T</title>", "<title>T</title><title>U</title>"),
    (".opml", strict.opml_nesting, "<body>", "<body><feed/>"),
    (".opml", strict.opml_addresses, ' xmlUrl="https://a.example/atom.xml"', ""),
    ("feed.json", clauses_json.json_top_level, "version/1.1", "version/1"),
    ("feed.json", clauses_json.json_top_level, '"title": "T"', '"title": "T", "author": {}'),
    ("feed.json", clauses_json.json_ids, '"id": "1"', '"id": 1'),
    ("feed.json", clauses_json.json_content, "content_html", "_content"),
    ("feed.json", clauses_json.json_dates, "2025-11-10T00:00:00Z", "2025-11-10"),
    ("feed.json", clauses_json.json_authors, '[{"name": "A"}]', "[{}]"),
    ("feed.json", clauses_json.json_tags, '["c"]', '[""]'),
    ("feed.json", clauses_json.json_attachments, '"image/png"', '""'),
    ("feed.json", clauses_json.json_hubs, '"WebSub"', '""'),
    ("feed.json", clauses_json.json_urls, '"https://a.example/a/"', '"/a/"'),
    ("feed.json", strict.json_names, '"tags"', '"keywords"'),
    ("feed.json", strict.json_addresses, "mailto:a@b.example", "mailto:a b.example"),
    ("feed.json", strict.json_html, "<p>x", "<p><a href=b>x"),
]


def parsed(ending: str, text: str) -> Any:
    return json.loads(text) if ending == "feed.json" else etree.fromstring(text)


@pytest.mark.parametrize(("ending", "clause", "old", "new"), [pytest.param(*f, id=f"{f[1].__name__}-{f[3]}") for f in FAULTS])
def test_a_fault_is_found_by_its_clause(ending: str, clause: Any, old: str, new: str) -> None:
    assert old in SOUND[ending]
    assert faults(clause, parsed(ending, SOUND[ending].replace(old, new, 1)))


@pytest.mark.parametrize("ending", SOUND)
def test_a_sound_document_is_refused_by_no_clause(ending: str) -> None:
    assert {
        clause.__name__: some for clause in SITE_CLAUSES[ending] if (some := faults(clause, parsed(ending, SOUND[ending])))
    } == {}


def test_every_clause_has_a_fault_that_it_finds() -> None:
    checked = {(ending, clause) for ending, clause, _, _ in FAULTS}
    known = {(ending, clause) for ending, some in SITE_CLAUSES.items() for clause in some}
    assert [(ending, clause.__name__) for ending, clause in known - checked] == []
