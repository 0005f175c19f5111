"""Feed → JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from urllib.parse import quote

import msgspec

from feedpub.model import Author, Entry, Feed


def json_feed(feed: Feed, file: str) -> bytes:
    """JSON Feed 1.1 of `feed`, whose own address is its base and `file`. Older pages are named by `next_url`."""
    document: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.link,
        "feed_url": feed.base + file,
        "description": feed.description,
        "language": feed.language,
        "authors": [_author(feed.author)],
    }
    if feed.image:
        document |= {"icon": feed.image, "favicon": feed.image}
    if feed.previous:
        document["next_url"] = feed.previous + file
    if feed.hub:
        document["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    document["items"] = [_item(entry) for entry in feed.entries]
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _item(entry: Entry) -> dict[str, object]:
    item: dict[str, object] = {"id": entry.id, "url": entry.url, "title": entry.title}
    if entry.related:
        item["external_url"] = entry.related
    # "One or both MUST be present": a summary stands in where there is no content.
    item |= {"content_html": entry.html} if entry.html else {"content_text": entry.summary}
    item |= {
        "summary": entry.summary,
        "date_published": entry.published,
        "date_modified": entry.updated,
        "authors": [_author(author) for author in entry.authors],
        "tags": entry.categories,
    }
    if entry.image:
        item["image"] = entry.image.url
        if entry.image.length is not None:
            item["attachments"] = [
                {"url": entry.image.url, "mime_type": entry.image.media_type, "size_in_bytes": entry.image.length}
            ]
    return item


def _author(author: Author) -> dict[str, str]:
    return {"name": author.name, "url": f"mailto:{quote(author.email, safe='@')}"} if author.email else {"name": author.name}
