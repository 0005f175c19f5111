"""Images that the site will have at its public address, from the files that are here already."""

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from feedpub.content import article_url
from feedpub.disk import as_spelt, is_there
from feedpub.feed import MEDIA_TYPES
from feedpub.model import Article
from feedpub.site import Site


class Pictures:
    """Where the preview shows an image: here if it is a file of the site, else where it is."""

    def __init__(self, folder: Path, site: Site, articles: Iterable[Article]) -> None:
        self._folder, self._root = folder, f"{site.url}/"
        self._beside = {urljoin(article_url(article, site), "."): Path(article.source).parent for article in articles}

    def address(self, url: str) -> str:
        """The address of the image at `url` in the preview: a path of ours, or `url` itself."""
        if not url.startswith(self._root):
            return url
        places = [unquote(urlsplit(url[len(self._root) :]).path)]
        bases = (url[: slash.end()] for slash in re.finditer("/", urlsplit(url)._replace(query="", fragment="").geturl()))
        for base in filter(self._beside.__contains__, bases):
            places.append((self._beside[base] / unquote(urlsplit(url[len(base) :]).path)).as_posix())
        return next((f"/pictures/{quote(place)}" for place in places if picture(self._folder, place)), url)


def media_type(place: Path) -> str | None:
    """The media type of an image by its file's name; None where it is none that we know."""
    return MEDIA_TYPES.get(place.suffix.lower().removeprefix("."))


def picture(folder: Path, path: str) -> Path | None:
    """The image file at `path` below `folder`; None where there is none, also where a link leads out of the folder."""
    try:
        place = (folder / as_spelt(folder, path)).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    inside = place.is_relative_to(folder.resolve()) and media_type(place) is not None
    hidden = any(part.startswith(".") for part in Path(path).parts)
    return place if inside and not hidden and is_there(place, file=True) else None
