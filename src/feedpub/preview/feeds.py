"""The feeds as they would be written, and as a reader shows them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from feedpub.content import render_body
from feedpub.feed import FILES, FORMATS, Planned, publication
from feedpub.loading import image_file
from feedpub.preview.pictures import Pictures
from feedpub.preview.reading import Reading
from feedpub.preview.scheme import with_images
from feedpub.site import Format

__all__ = ["FILES", "FORMATS", "Shown", "document", "entries", "find_feed"]


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a reader shows it; `html` and `image` have addresses of the preview where the image is a file here."""

    title: str
    url: str
    published: datetime
    authors: str
    tags: tuple[str, ...]
    summary: str
    html: str
    image: str | None


def find_feed(reading: Reading, folder: str) -> Planned | None:
    """The feed whose folder that is ("" for everything), with or without its slash."""
    return next((feed for feed in reading.feeds if feed.folder.strip("/") == folder.strip("/")), None)


def document(folder: Path, reading: Reading, planned: Planned, form: Format) -> bytes:
    """The feed's file of that format, as a build writes it."""
    assert reading.site
    feeds = msgspec.structs.replace(reading.site.feeds, formats=(form,), compress=())
    site = msgspec.structs.replace(reading.site, feeds=feeds)
    shown = planned.documents(site)[-1].articles
    lengths = {article.slug: file.stat().st_size for article in shown if (file := image_file(folder, article))}
    path = planned.folder + FILES[form]
    # Nothing is compared here, so bodies need no keys.
    part = next(part for part in publication([planned], site, lambda _: b"", lengths) if path in part.paths)
    return part.draw(lambda article: render_body(article, site))()[path]


def entries(folder: Path, reading: Reading, planned: Planned) -> list[Shown]:
    """What the feed's subscription document holds, read back from its JSON: readers know no more than that."""
    assert reading.site
    pictures = Pictures(folder, reading.site, planned.articles)
    items: list[dict[str, Any]] = msgspec.json.decode(document(folder, reading, planned, "json"))["items"]
    return [
        Shown(
            title=item["title"],
            url=item["url"],
            published=datetime.fromisoformat(item["date_published"]).astimezone(reading.site.timezone),
            authors=", ".join(author["name"] for author in item["authors"]),
            tags=tuple(item["tags"]),
            summary=item["summary"],
            html=with_images(item.get("content_html", ""), pictures.address),
            image=pictures.address(item["image"]) if "image" in item else None,
        )
        for item in items
    ]
