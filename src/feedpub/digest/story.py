"""Article → Story: what a template shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

from feedpub.content import article_url, lead_image_url
from feedpub.model import UNSUBSCRIBE, Article
from feedpub.site import Site

_LONGEST_TITLE, _LONGEST_NAME, _LONGEST_URL = 200, 80, 2_000
# What Outlook, or all of the main clients, cannot show.
_UNSHOWN = (".svg", ".avif")
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Story:
    """An article as a template sees it: plain text, absolute URLs; `article` has the rest, also its `extra` fields.

    `category` is "" where the article names none.

    `image` is None where there is none that mail programs show; `image_height` is for a picture `width` pixels wide, None
    where nothing tells its shape.
    """

    title: str
    url: str
    excerpt: str
    category: str
    authors: str
    date: str
    published: datetime
    article: Article
    image: str | None = None
    image_shape: tuple[int, int] | None = None

    def image_height(self, width: int) -> int | None:
        """Pixels of height at so many of width; None if the shape is not known."""
        return round(width * self.image_shape[1] / self.image_shape[0]) if self.image_shape else None


def story(article: Article, excerpt: str, site: Site, *, language: str, shapes: Mapping[str, tuple[int, int]]) -> Story:
    """The Story of `article`; `shapes` has width and height, by slug, of lead images that are files at hand."""
    day = article.published.astimezone(site.timezone)
    image = _image(article, site)
    return Story(
        title=shortened(_own(article.title), _LONGEST_TITLE),
        url=article_url(article, site),
        excerpt=_own(excerpt),
        category=shortened(article.category, _LONGEST_NAME) if "category" in article.lines else "",
        authors=shortened(", ".join(author.name for author in article.authors), _LONGEST_NAME),
        date=day_in_words(day, language),
        published=day,
        article=article,
        image=image,
        image_shape=_sane(shapes.get(article.slug) or _shape_in(image)) if image else None,
    )


def _own(text: str) -> str:
    """`text` without the placeholder that becomes a subscriber's personal link."""
    return text.replace(UNSUBSCRIBE, "")


def shortened(text: str, length: int) -> str:
    """`text`, cut between words to at most `length` characters with an ellipsis; "" for none."""
    if len(text) <= length:
        return text
    cut = text[: max(length - 1, 0)]
    words = cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut
    return f"{words.rstrip(' ,;:.–—-')}…" if words else ""


def day_in_words(day: datetime, language: str) -> str:
    """`20 October 2026` in English, `2026-10-20` elsewhere: a date that everybody reads the same way."""
    english = language.lower().split("-")[0] == "en"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if english else f"{day:%Y-%m-%d}"


def _image(article: Article, site: Site) -> str | None:
    url = lead_image_url(article, site)
    if url is None or len(url) > _LONGEST_URL:
        return None
    return None if unquote(urlsplit(url).path).lower().endswith(_UNSHOWN) else url


def _sane(shape: tuple[int, int] | None) -> tuple[int, int] | None:
    """No picture is five times as high as it is wide; Outlook would believe it."""
    return shape if shape and shape[1] <= 5 * shape[0] else None


def _shape_in(url: str) -> tuple[int, int] | None:
    """Image services are told the size they are to deliver: `?width=1200&height=600`."""
    query = parse_qs(urlsplit(url).query)
    for names in (("width", "height"), ("w", "h")):
        values = [query.get(name, [""])[0] for name in names]
        if all(value.isdecimal() and value.isascii() and 1 <= len(value) <= 5 and int(value) for value in values):
            return int(values[0]), int(values[1])
    return None
