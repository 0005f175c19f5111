"""The nouns that travel between the rooms: frozen, and free of rules."""

from datetime import datetime
from typing import Literal

import msgspec

from feedpub.errors import Problem


class Author(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A person's name, and an address if the article gives one."""

    name: str
    email: str | None = None


class Article(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One file: its fields, and its body still as Markdown ("" where only its fields are at hand).

    `published` and `updated` are aware. `image` is as the author wrote it: a URL, or a path against the article's
    address. `lines` tells on which line of `source` each field stands, `body_line` where the body starts (from 1). `path`
    is where the file lies below the articles' folder, without its ending. `url` is the address that the file names as its
    own, None where the site's pattern makes it. From `expires` on (aware) the article is no longer published. `id` is the id
    that the file names, of an article that was published elsewhere before. `mentions` are the files and names of other
    articles to which the body links, as it writes them. `related` is the address of what the article is about, elsewhere.
    `language` is one of [languages], or "" for the site's own; the `slug` of such a one has its folder before it, and a slash,
    so that no two articles of a site have the same.
    """

    source: str
    slug: str
    title: str
    published: datetime
    updated: datetime
    authors: tuple[Author, ...]
    category: str
    markdown: str
    body_line: int = 1
    excerpt: str | None = None
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    image: str | None = None
    featured: bool = False
    draft: bool = False
    meta_title: str | None = None
    meta_description: str | None = None
    extra: dict[str, object] = {}
    lines: dict[str, int] = {}
    path: str = ""
    url: str | None = None
    expires: datetime | None = None
    warnings: tuple[Problem, ...] = ()
    id: str | None = None
    mentions: tuple[str, ...] = ()
    related: str | None = None
    language: str = ""


class Body(msgspec.Struct, frozen=True):
    """A rendered body: safe HTML with absolute URLs, its first paragraph as plain text, and the images it shows."""

    html: str
    lead: str
    images: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class Reference(msgspec.Struct, frozen=True):
    """A URL that a body names, absolute, with the line of its file; `alt` is None where an image has none."""

    kind: Literal["link", "image"]
    url: str
    written: str
    line: int
    alt: str | None = None


class Examined(msgspec.Struct, frozen=True):
    """What there is to tell of a body: the Problems of rendering it, and every URL that it names, in the order of the file."""

    problems: tuple[Problem, ...] = ()
    references: tuple[Reference, ...] = ()


class Image(msgspec.Struct, frozen=True):
    """An absolute image URL, its media type, and its length in octets where that is known."""

    url: str
    media_type: str
    length: int | None = None


class Entry(msgspec.Struct, frozen=True):
    """An article as a feed shows it (RFC 4287, section 4.1.2). Datetimes are aware, in UTC and whole seconds.

    `related` is the address of what the article is about, elsewhere (section 4.2.7.2).
    """

    id: str
    url: str
    title: str
    summary: str
    html: str
    authors: tuple[Author, ...]
    categories: tuple[str, ...]
    published: datetime
    updated: datetime
    image: Image | None = None
    related: str | None = None


class Feed(msgspec.Struct, frozen=True):
    """A feed document in no format yet (RFC 4287, section 4.1.1), newest entry first.

    `translations` has the tag and the folder's URL of each feed that is this one in another language.

    `base` is the folder's URL: a format's file name after it is the document's own address. `previous` and `current`
    are the folders of the next older archive document and of the subscription document (RFC 5005, section 4).
    """

    base: str
    id: str
    title: str
    description: str
    link: str
    language: str
    author: Author
    updated: datetime
    entries: tuple[Entry, ...]
    hub: str | None = None
    image: str | None = None
    archive: bool = False
    complete: bool = False
    previous: str | None = None
    current: str | None = None
    translations: tuple[tuple[str, str], ...] = ()


class Issue(msgspec.Struct, frozen=True):
    """One dated edition of a Digest: its slot (aware, in the digest's zone) and its articles, the lead story first."""

    digest: str
    slot: datetime
    articles: tuple[Article, ...]


class Email(msgspec.Struct, frozen=True):
    """An Issue rendered once, for all: the sentinel UNSUBSCRIBE stands where each subscriber's own link goes.

    `excerpt_length` is what excerpts were cut to, and `left_out` how many stories only "and 7 more" tells of, to keep the
    HTML below the size at which Gmail clips it.
    """

    subject: str
    html: str
    text: str
    excerpt_length: int
    left_out: int = 0


UNSUBSCRIBE = "https://unsubscribe.feedpub.invalid/"
