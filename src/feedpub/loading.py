"""A site's folder → its Site, its files and its Articles."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from stat import S_ISREG
from typing import Protocol, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec

from feedpub.disk import Listing, SourceFile, article_files, as_spelt, history, lies_inside, read_text
from feedpub.disk.history import History
from feedpub.errors import FeedpubError, Problem, quoted
from feedpub.ids import IDS, read_ids
from feedpub.model import Article
from feedpub.site import Site, read_site

T = TypeVar("T")
SETTINGS = "feedpub.toml"
SHORTCODES = "shortcodes"
# What lies in place of a file where a checkout has no Git LFS.
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:[^\n]*\n)*?size (\d{1,18})\n")
_LONGEST_POINTER = 1024


class Progress(Protocol):
    """Passes on the things it is given, and shows a person how far it is: what is done, and of how many."""

    def __call__(self, things: Iterable[T], label: str, length: int, /) -> Iterable[T]:
        """`things`, one by one."""
        ...


def quietly(things: Iterable[T], label: str, length: int) -> Iterable[T]:
    """The Progress that shows nothing."""
    return things


def load_site(folder: Path) -> Site:
    """The Site that `folder`/feedpub.toml describes, with the ids of IDS. Raises FeedpubError."""
    return load_settings(folder)[0]


def load_settings(folder: Path) -> tuple[Site, str]:
    """load_site(), and the text of all that it was read from. Raises FeedpubError."""
    return site_of(folder, _settings_text(folder))


def site_of(folder: Path, text: str) -> tuple[Site, str]:
    """load_settings(), had `folder`/feedpub.toml the text `text`. Raises FeedpubError."""
    site = read_site(text, SETTINGS)
    if site.authors_file:
        site, people = _with_authors(folder, site, site.authors_file)
        text += people
    if (folder / IDS).is_file():
        kept = read_text(folder / IDS, source=IDS)
        if isinstance(kept, Problem):
            raise FeedpubError([kept])
        site, text = msgspec.structs.replace(site, ids=read_ids(kept, IDS).ids), f"{text}\0{kept}"
    if templates := _shortcodes(folder):
        site, text = msgspec.structs.replace(site, shortcodes=templates), f"{text}\0{sorted(templates.items())}"
    return site, text


def _shortcodes(folder: Path) -> dict[str, str]:
    """The templates of the site's own tags, by name. Raises FeedpubError."""
    templates = {}
    for path in sorted((folder / SHORTCODES).glob("*.html")) if (folder / SHORTCODES).is_dir() else ():
        source = f"{SHORTCODES}/{path.name}"
        if not lies_inside(folder, path):
            raise FeedpubError([Problem(source, 0, "", "leads out of the site's folder", "put the file itself there")])
        text = read_text(path, source=source)
        if isinstance(text, Problem):
            raise FeedpubError([text])
        templates[path.stem] = text
    return templates


def _with_authors(folder: Path, site: Site, name: str) -> tuple[Site, str]:
    from feedpub.content.people import read_people

    if not lies_inside(folder, folder / name):
        mend = "name a file below the folder of feedpub.toml"
        raise FeedpubError([Problem(SETTINGS, 0, "site.authors_file", f"{quoted(name)} is not in the site's folder", mend)])
    kept = read_text(folder / name, source=name)
    if isinstance(kept, Problem):
        raise FeedpubError([kept])
    return msgspec.structs.replace(site, authors=read_people(kept, name) | site.authors), f"\0{kept}"


def _settings_text(folder: Path) -> str:
    path = folder / SETTINGS
    if not path.is_file():
        what = "there is no such folder" if not folder.is_dir() else f"there is no {SETTINGS} in this folder"
        raise FeedpubError(
            [Problem(".", 0, "", what, f"write one with: feedpub init {'' if folder == Path() else folder}".rstrip())]
        )
    text = read_text(path, source=SETTINGS)
    if isinstance(text, Problem):
        raise FeedpubError([text])
    return text


def load_articles(
    folder: Path, site: Site, *, progress: Progress = quietly, files: Sequence[SourceFile] | None = None
) -> tuple[list[Article], list[Problem]]:
    """Every article of the site (or those of `files`), drafts too, and every Problem in them.

    Sources are relative to `folder`.
    """
    from feedpub.content import read_articles  # a build in which nothing changed needs none of it

    unreadable: list[Problem] = []
    if files is None:
        files, _, unreadable, _ = site_files(folder, site)
    texts = (
        (file.source, read_text(file.path, source=file.source), file.commits) for file in progress(files, "reading", len(files))
    )
    articles, problems = read_articles(texts, site)
    return articles, unreadable + problems


def site_files(folder: Path, site: Site) -> Listing:
    """The files of the site's articles, and what lies among them. Raises FeedpubError when their folder can't be read."""
    listing = article_files(folder, site.article_patterns)
    if site.date_from != "git":
        return listing
    commits = _history(folder, site)
    return listing._replace(files=[file._replace(commits=commits.get(os.path.realpath(file.path))) for file in listing.files])


def shallow_clone(folder: Path, site: Site) -> list[Problem]:
    """A warning where git is asked for dates and knows only the newest commits."""
    if site.date_from != "git" or not _history(folder, site).shallow:
        return []
    what = "this clone is shallow, so the dates of articles are not older than its oldest commit"
    return [Problem(SETTINGS, 0, "site.date_from", what, "git fetch --unshallow", "warning")]


def _history(folder: Path, site: Site) -> History:
    return history((folder / articles for articles in site.article_folders), source=SETTINGS)


def not_articles(listing: Listing, site: Site) -> list[Problem]:
    """A warning for each kind of file that lies among the site's articles and is none; if there is no article, why."""
    found = [] if listing.files else [nothing_read(listing, site)]
    by_reason: dict[str, list[str]] = {}
    for source, reason in listing.passed_over:
        by_reason.setdefault(reason, []).append(source)
    for reason, sources in by_reason.items():
        others = f", and so are {len(sources) - 1} more" if len(sources) > 1 else ""
        if reason.startswith("."):
            if not listing.files:
                continue
            what, mend = f"is passed over{others}", f"{_reading(reason, site)} reads {reason} files"
        else:
            what, mend = f"is passed over{others}: {reason}", ""
        found.append(Problem(sources[0], 0, "", what, mend, "warning"))
    return found


def nothing_read(listing: Listing, site: Site) -> Problem:
    """The warning that no file of the site is an article, with the reason."""
    endings = Counter(reason for _, reason in listing.passed_over if reason[0] == ".")
    source = site.article_folders[0]
    if endings:
        ((ending, count),) = endings.most_common(1)
        what = f"no article is read: {count} {ending} {'file lies' if count == 1 else 'files lie'} here"
        return Problem(source, 0, "", what, f"{_reading(ending, site)} reads them", "warning")
    what = "no article is read: there is no Markdown file here"
    return Problem(source, 0, "", what, "write one, or name another folder in feedpub.toml: [site] articles", "warning")


def _reading(ending: str, site: Site) -> str:
    folder = site.article_folders[0]
    start = "" if folder == "." else f"{folder.rstrip('/')}/"
    return f'articles = "{start}**/*{ending}"'


def image_file(folder: Path, article: Article) -> Path | None:
    """The article's lead image, where it is a file of the site: beside the article, or below the site's folder."""
    place = image_path(article)
    there = place and image_lengths(folder, [str(place)])[str(place)] is not None
    return folder / as_spelt(folder, place) if place and there else None


def image_lengths(folder: Path, places: Iterable[str]) -> dict[str, int | None]:
    """The octets of each lead image at `places`, paths against `folder`; None where no file of the site is there.

    An empty file counts as none. Of a pointer of Git LFS it is the length of the image that it stands for.
    """
    root = folder.resolve()
    inside: dict[str, bool] = {}

    def length(place: str) -> int | None:
        try:
            path = os.path.join(folder, as_spelt(folder, place))
            seen = os.stat(path)
            real = path if os.path.islink(path) else os.path.dirname(path)  # noqa: PTH114
            if real not in inside:
                inside[real] = Path(real).resolve().is_relative_to(root)
        except (OSError, ValueError):
            return None
        if not (S_ISREG(seen.st_mode) and inside[real]):
            return None
        return (pointed_length(path) if seen.st_size <= _LONGEST_POINTER else None) or seen.st_size or None

    return {place: length(place) for place in places}


def pointed_length(path: str | Path) -> int | None:
    """The octets of the file that a pointer of Git LFS at `path` stands for; None if it is no pointer."""
    try:
        with Path(path).open("rb") as file:
            found = _POINTER.match(file.read(_LONGEST_POINTER))
    except OSError:
        return None
    return int(found[1]) if found else None


def image_path(article: Article) -> Path | None:
    """Where in the site's folder the file of the article's lead image would be, if it has one that is no web address."""
    image = article.image
    if not image or ":" in image or image.startswith("//"):
        return None
    base = Path() if image.startswith("/") else Path(article.source).parent
    return Path(os.path.normpath(base / unquote(urlsplit(image).path).lstrip("/")))
