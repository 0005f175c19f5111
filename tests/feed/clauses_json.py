"""What JSON Feed 1.1 asks of a publisher, clause by clause (https://www.jsonfeed.org/version/1.1/)."""

import re
from collections.abc import Callable
from typing import Any

from tests.feed.clauses import IRI, RFC_3339

Check = Callable[[dict[str, Any]], None]


def json_top_level(feed: dict[str, Any]) -> None:
    """version, title and items are required; feed_url and home_page_url are addresses; author is deprecated."""
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert isinstance(feed["items"], list)
    assert all(IRI.fullmatch(feed[name]) for name in ("home_page_url", "feed_url", "icon", "favicon", "next_url") if name in feed)
    assert "author" not in feed
    assert "expired" not in feed


def json_ids(feed: dict[str, Any]) -> None:
    """id: required, a string, "unique for that item for that feed over time"."""
    ids = [item["id"] for item in feed["items"]]
    assert all(isinstance(one, str) and one for one in ids)
    assert len(ids) == len(set(ids))


def json_content(feed: dict[str, Any]) -> None:
    """content_html and content_text: "one or both must be present"."""
    for item in feed["items"]:
        assert {"content_html", "content_text"} & item.keys()
        assert all(isinstance(item[name], str) for name in ("content_html", "content_text", "title", "summary") if name in item)


def json_dates(feed: dict[str, Any]) -> None:
    """date_published, date_modified: RFC 3339."""
    for item in feed["items"]:
        assert RFC_3339.fullmatch(item["date_published"])
        assert RFC_3339.fullmatch(item["date_modified"])


def json_authors(feed: dict[str, Any]) -> None:
    """authors: an array of objects, of which each has at least one of name, url, avatar."""
    for one in (feed, *feed["items"]):
        assert all({"name", "url", "avatar"} & author.keys() for author in one["authors"])
        assert all(IRI.fullmatch(author["url"]) for author in one["authors"] if "url" in author)


def json_tags(feed: dict[str, Any]) -> None:
    """tags: an array of strings."""
    assert all(isinstance(tag, str) and tag for item in feed["items"] for tag in item["tags"])


def json_attachments(feed: dict[str, Any]) -> None:
    """attachments: url and mime_type are required."""
    for item in feed["items"]:
        for attachment in item.get("attachments", []):
            assert IRI.fullmatch(attachment["url"])
            assert re.fullmatch(r"image/[a-z+.-]+", attachment["mime_type"])
            assert isinstance(attachment["size_in_bytes"], int)


def json_hubs(feed: dict[str, Any]) -> None:
    """hubs: objects with type and url."""
    assert all(hub["type"] == "WebSub" and IRI.fullmatch(hub["url"]) for hub in feed.get("hubs", []))


def json_urls(feed: dict[str, Any]) -> None:
    """url, image: addresses; next_url "must not be the same as feed_url"."""
    assert all(IRI.fullmatch(item[name]) for item in feed["items"] for name in ("url", "image") if name in item)
    assert feed.get("next_url") != feed["feed_url"]


JSON_CLAUSES: list[Check] = [
    json_top_level, json_ids, json_content, json_dates, json_authors, json_tags, json_attachments, json_hubs, json_urls,
]  # fmt: skip
