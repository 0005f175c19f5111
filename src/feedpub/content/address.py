"""Slugs of names, and the address of an article."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote

from feedpub.content.dialects.paths import name_of
from feedpub.model import Article
from feedpub.site import Site
from feedpub.tables import RESERVED

# What tells C, C++ and C# apart. A slugifier drops these signs, and three categories would share one folder.
_SIGNS = (("+", "-plus"), ("#", "-sharp"), ("♯", "-sharp"), ("♭", "-flat"), ("%", "-percent"), ("€", "-euro"), ("$", "-dollar"))


def category_slug(name: str, site: Site) -> str:
    """The folder of a category: what [categories] says, else the slug of its name, never a reserved one, nor a language's."""
    slug = plain_slug(name)
    taken = any(slug == language.folder.lower() for language in site.languages.values())
    return _set_slug(name, site) or (f"{slug}-category" if taken else _unreserved(slug, "category"))


def name_slug(name: str, site: Site) -> str:
    """The slug of a category, tag or author: lower-case ASCII letters, digits and hyphens, never empty."""
    return _set_slug(name, site) or _unreserved(plain_slug(name), "name")


def _set_slug(name: str, site: Site) -> str | None:
    """What [categories] says of the name, in whatever case it stands there."""
    if not site.categories:
        return None
    return site.categories.get(name) or {spelling(key): slug for key, slug in site.categories.items()}.get(spelling(name))


def spelling(name: str) -> str:
    """What two names share that are one to a reader: they may differ in case and white space."""
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())


@lru_cache(maxsize=4096)
def unaccented(name: str) -> str:
    """What two names share that are spellings of one: they may differ in accents too, `Tomáš` and `Tomas`.

    Of Latin letters only: in other scripts a mark makes another word.
    """
    return re.sub("(?<=[a-z])[\u0300-\u036f]+", "", unicodedata.normalize("NFD", spelling(name)))


def _unreserved(slug: str, kind: str) -> str:
    """`con` is a device on Windows, `tag` a folder of ours."""
    return f"{slug}-{kind}" if slug in RESERVED else slug


@lru_cache(maxsize=4096)
def plain_slug(name: str) -> str:
    """The slug of `name` by its letters alone: ASCII, in small letters, never empty, whatever settings say."""
    from slugify import slugify  # its tables take a while to load

    text = name.casefold()
    text = re.sub(r"^\.(?=\w)", "dot-", text)  # .NET
    slug = slugify(text, replacements=_SIGNS, max_length=80, word_boundary=True)
    if not slug:
        # Nothing to transliterate: 🚀 is "rocket", !!! is "exclamation-mark-exclamation-mark-exclamation-mark".
        names = " ".join(unicodedata.name(character, "") for character in name)
        slug = slugify(names, max_length=80, word_boundary=True)
    return slug or f"name-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def article_url(article: Article, site: Site) -> str:
    """The public address of an article: its own, or [site] article_url, filled in with dates in the site's zone.

    Of an article in another language that is the pattern of its own, or the site's: with its folder for {lang}, or before all.
    """
    if article.url:
        return quote(article.url, safe=_URI)
    day = article.published.astimezone(site.timezone)
    language = site.languages[article.language] if article.language else None
    pattern = (language and language.article_url) or site.article_url
    if language and not language.article_url and "{lang}" not in pattern:
        start = pattern.find("/", pattern.find("://") + 3 if "://" in pattern else 0)
        pattern = f"{pattern[:start]}/{{lang}}{pattern[start:]}" if start >= 0 else f"{pattern}/{{lang}}"
    path = pattern.format(
        slug=quote(article.slug.rpartition("/")[2], safe=_PART),
        lang=language.folder if language else site.language,
        name=quote(name_of(article.path), safe=_PART),
        path=quote(article.path, safe=f"{_PART}/"),
        category=category_slug(article.category, site),
        year=f"{day.year:04}",
        month=f"{day.month:02}",
        day=f"{day.day:02}",
    )
    return f"{site.url}{quote(path, safe=_URI)}" if path.startswith("/") else quote(path, safe=_URI)


_PART = "~!$&'()*+,;=@:"
_URI = "/~!$&'()*+,;=@:?%[]-._"
