"""The use case: a site's folder becomes its published files."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from feedpub.content import read_articles, render_body
from feedpub.disk import Changes, article_files, is_there, read_text, write_tree
from feedpub.errors import FeedpubError, Problem
from feedpub.feed import Planned, planned_feeds, publication
from feedpub.model import Article, Body
from feedpub.site import Site, read_site

T = TypeVar("T")
SETTINGS = "feedpub.toml"


class Progress(Protocol):
    """Passes on the things it is given, and shows a person how far it is: what is done, and of how many."""

    def __call__(self, things: Iterable[T], label: str, length: int, /) -> Iterable[T]:
        """`things`, one by one."""
        ...


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: its feeds, the files it changed, and what it has to say about the articles."""

    output: Path
    feeds: tuple[Planned, ...]
    changes: Changes
    published: int
    drafts: int
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def quietly(things: Iterable[T], label: str, length: int) -> Iterable[T]:
    """The Progress that shows nothing."""
    return things


def load_site(folder: Path) -> Site:
    """The Site that `folder`/feedpub.toml describes. Raises FeedpubError."""
    path = folder / SETTINGS
    if not path.is_file():
        what = "there is no such folder" if not folder.is_dir() else f"there is no {SETTINGS} in this folder"
        raise FeedpubError(
            [Problem(".", 0, "", what, f"write one with: feedpub init {'' if folder == Path() else folder}".rstrip())]
        )
    text = read_text(path, source=SETTINGS)
    if isinstance(text, Problem):
        raise FeedpubError([text])
    return read_site(text, SETTINGS)


def load_articles(folder: Path, site: Site, *, progress: Progress = quietly) -> tuple[list[Article], list[Problem]]:
    """Every article of the site, drafts too, and every Problem in them. Sources are relative to `folder`."""
    source = Path(os.path.relpath(folder / site.articles, folder)).as_posix()
    files = article_files(folder / site.articles, source=source)
    texts = ((name, read_text(path, source=name)) for name, path in progress(files, "reading", len(files)))
    return read_articles(texts, site)


def build(
    folder: Path, output: Path | None = None, *, drafts: bool = False, keep_going: bool = False, adopt: bool = False,
    progress: Progress = quietly,
) -> Built:  # fmt: skip
    """Publish the site in `folder` into `output` (default: as its settings say).

    With any Problem nothing is written and FeedpubError is raised; `keep_going` leaves the articles at fault out instead,
    and returns their Problems. `adopt` writes beside files that no build wrote. Reads no clock: same input, same bytes.
    """
    site = load_site(folder)
    articles, problems = load_articles(folder, site, progress=progress)
    published = [article for article in articles if drafts or not article.draft]
    feeds, collisions = planned_feeds(published, site)
    problems += collisions
    if problems and not keep_going:
        raise FeedpubError(problems)
    if collisions:
        refused = {problem.source for problem in collisions}
        feeds, _ = planned_feeds([article for article in published if article.source not in refused], site)
    bodies: dict[str, Body] = {}

    def body_of(article: Article) -> Body:
        return bodies.get(article.slug) or bodies.setdefault(article.slug, render_body(article, site))

    shown = {a.slug: a for feed in feeds for document in feed.documents(site) for a in document.articles}
    for article in progress(shown.values(), "rendering", len(shown)):
        body_of(article)
    lengths = {a.slug: file.stat().st_size for a in shown.values() if (file := image_file(folder, a))}
    place = output or folder / site.output
    changes = write_tree(place, publication(feeds, site, body_of, lengths), adopt=adopt)
    warnings = [problem for body in bodies.values() for problem in body.problems]
    return Built(
        place,
        feeds,
        changes,
        len(feeds[0].articles),
        len(articles) - len(published),
        tuple(sorted(problems)),
        tuple(sorted(warnings)),
    )


def image_file(folder: Path, article: Article) -> Path | None:
    """The article's lead image, where it is a file of the site: beside the article, or below the site's folder."""
    image = article.image
    if not image or ":" in image or image.startswith("//"):
        return None
    base = folder if image.startswith("/") else (folder / article.source).parent
    path = Path(os.path.normpath(base / unquote(urlsplit(image).path).lstrip("/")))
    return path if is_there(path, file=True) and path.resolve().is_relative_to(folder.resolve()) else None
