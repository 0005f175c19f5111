"""Article + Body → Entry, with an id that never changes."""

from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlsplit

from markupsafe import escape

from feedpub.content import article_url, lead_image_url
from feedpub.model import Article, Body, Entry, Image
from feedpub.site import Site

# Not `mimetypes`, which reads the tables of the machine.
MEDIA_TYPES = {
    "avif": "image/avif", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png",
    "svg": "image/svg+xml", "webp": "image/webp",
}  # fmt: skip

# What is no image for sure: some tools have one field for all media.
NO_IMAGES = {
    "aac", "avi", "flac", "htm", "html", "m4a", "m4v", "mkv", "mov", "mp3", "mp4", "oga", "ogg", "ogv", "opus", "pdf", "wav",
    "webm",
}  # fmt: skip
_SIZES = {
    "w", "h", "q", "width", "height", "quality", "size", "fit", "crop", "resize", "format", "fm", "auto", "dpr", "ar", "ssl",
}  # fmt: skip


def entry(article: Article, body: Body, site: Site, *, image_length: int | None = None) -> Entry:
    """The article as a feed shows it; `image_length` in octets, where its lead image is a file at hand.

    The lead image stands on top of the content unless the body shows it, as many readers pass over Media RSS; a link to what
    the article is about stands below.
    """
    image = _image(article, site, image_length)
    html = body.html
    if image and _picture(image.url) not in map(_picture, body.images):
        html = f'<p><img src="{escape(image.url)}" alt="{escape(article.title)}"></p>\n{html}'
    if article.related and f'href="{escape(article.related)}"' not in html:
        html = f'{html}<p><a href="{escape(article.related)}">{escape(_named(article.related))}</a></p>\n'
    return Entry(
        id=entry_id(article, site),
        url=article_url(article, site),
        title=article.title,
        summary=article.excerpt or body.lead or article.title,
        html=html if site.feeds.content == "full" else "",
        authors=article.authors,
        categories=(article.category, *(tag for tag in article.tags if tag.casefold() != article.category.casefold())),
        published=whole_second(article.published),
        updated=whole_second(article.updated),
        image=image,
        related=article.related,
    )


def entry_id(article: Article, site: Site) -> str:
    """The id of an article: the one it had elsewhere before, else a tag URI such as `tag:example.org,2025:coreweave-ipo`.

    RFC 4287, 4.2.6: an id "MUST NOT change", also when its entry is relocated. So it is made of the slug and of the
    site's fixed authority (RFC 4151), never of the title, the date, the category or today's URL.
    """
    return article.id or site.ids.get(article.slug) or f"{site.authority}{quote(article.slug, safe=_SPECIFIC)}"


def feed_id(folder: str, site: Site) -> str:
    """Tag URI of a feed: a slug holds no slash, so it is no entry's id."""
    return f"{site.authority}/{quote(folder, safe=_SPECIFIC + '/')}"


def whole_second(moment: datetime) -> datetime:
    """`moment` in UTC without its fraction: RSS has none, and the three formats are to agree."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _named(url: str) -> str:
    """An address as a person says it."""
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{unquote(parts.path).rstrip('/')}"


def _picture(url: str) -> tuple[str, str, str]:
    """What tells an image from another: not the scheme, nor the parameters by which a service is asked for a size."""
    parts = urlsplit(url)
    query = "&".join(one for one in parts.query.split("&") if one.partition("=")[0].lower() not in _SIZES)
    return parts.netloc.lower(), parts.path, query


def _image(article: Article, site: Site, length: int | None) -> Image | None:
    url = lead_image_url(article, site)
    if url is None:
        return None
    suffix = unquote(urlsplit(url).path).rpartition(".")[2].lower()
    if suffix in NO_IMAGES:
        return None
    # An address without an ending, such as that of an image service, says nothing of its type: JPEG is the common one.
    return Image(url, MEDIA_TYPES.get(suffix, "image/jpeg"), length)


_SPECIFIC = "~!$&'()*+,;=@:"
