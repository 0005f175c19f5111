"""The use case: everything that is wrong, or looks wrong, with a site; nothing is written."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from feedpub.cache import Cache
from feedpub.content import absolute, article_url, credentials, lead_image_url
from feedpub.disk import as_spelt, confined, is_there, lies_inside, may_be_read, read_text
from feedpub.errors import FeedpubError, Problem, quoted
from feedpub.feed import NO_IMAGES, planned_feeds, variants
from feedpub.ids import IDS, read_ids
from feedpub.languages import translations
from feedpub.loading import (
    SETTINGS,
    Progress,
    image_path,
    load_site,
    not_articles,
    pointed_length,
    quietly,
    shallow_clone,
    site_files,
)
from feedpub.model import Article, Body, Reference
from feedpub.publishing.incremental import Incremental
from feedpub.publishing.workers import Workers
from feedpub.site import Site


def check(
    folder: Path, *, now: datetime, untrusted: bool = False, run_templates: bool = True, cached: bool = True,
    jobs: int | None = None, progress: Progress = quietly,
) -> tuple[tuple[Problem, ...], int]:  # fmt: skip
    """Every Problem and warning of the site in `folder`, by place, and how many articles it has.

    Reads every article, drafts too, and renders every body, but for what the last build or check knew (unless not
    `cached`); at most `jobs` processes do it (default: one for each core). `now` (aware) tells what is in the future. Of an
    `untrusted` site nothing outside its folder is read or asked for, and only so much of it, and no cache; folders of
    templates, which are code, are passed over unless `run_templates`. Raises FeedpubError when the settings or the folder
    can't be read at all.
    """
    with Cache(folder if cached and not untrusted else None) as cache, Workers(jobs) as workers:
        return _checked(folder, cache, workers, now, untrusted, run_templates, progress)


def _checked(
    folder: Path, cache: Cache, workers: Workers, now: datetime, untrusted: bool, run_templates: bool, progress: Progress
) -> tuple[tuple[Problem, ...], int]:
    if untrusted:
        may_be_read(folder, {SETTINGS: 64, IDS: 4_000})
    site = load_site(folder)
    if untrusted:
        may_be_read(folder, dict.fromkeys((*site.article_folders, *filter(None, [site.authors_file])), 4_000))
        site = msgspec.structs.replace(site, date_from=None)  # git would do what the repository of a stranger tells it
    listing = site_files(folder, site)
    files, outside = confined(folder, listing.files) if untrusted else (listing.files, [])
    run = Incremental(folder, site, cache, workers, progress)
    articles, problems = run.read(files, bodies=True)
    problems += [*listing.unreadable, *outside]
    _, collisions = planned_feeds(articles, site)
    found = {
        *problems,
        *collisions,
        *_site_warnings(site),
        *_old_entries(folder),
        *(problem for tag in ("", *site.languages) for problem in _between([a for a in articles if a.language == tag], site)),
        *_ids_of_other_tools(articles),
        *variants(articles, site),
    }
    found.update((*listing.left_out, *not_articles(listing, site), *shallow_clone(folder, site)))
    found.update(_translations([file.source for file in files], site))
    addresses = {_path(article_url(article, site)) for article in articles}

    def there(path: Path) -> bool:
        place = folder / as_spelt(folder, path)
        return (not untrusted or lies_inside(folder, place)) and is_there(place)

    for article, examined in run.examine(articles):
        found.update((*article.warnings, *examined.problems))
        found.update(_article_warnings(article, site, now))
        found.update(_image_warnings(article, folder, untrusted))
        for reference in examined.references:
            found.update(_reference_warnings(reference, article, site, addresses, there))
    if site.digests:
        if not run_templates:
            site, passed_over = _without_templates(site)
            found.update(passed_over)
        if not untrusted:  # what it names may lie anywhere
            from feedpub.mailing.readiness import missing

            found.update(missing(folder, site))
        found.update(_digest_problems(folder, site, articles, now, run.body))
    return tuple(sorted(found)), len(articles) + len({problem.source for problem in problems})


def _without_templates(site: Site) -> tuple[Site, list[Problem]]:
    """The site with the shipped templates in the place of its own, and a warning for each digest that has some."""
    what, mend = "a folder of templates is code, and was not run", "read it, and check again with --trust-templates"
    passed_over = [digest.problem("template", what, mend, warning=True) for digest in site.digests if digest.template]
    shipped = tuple(msgspec.structs.replace(digest, template=None) for digest in site.digests)
    return msgspec.structs.replace(site, digests=shipped), passed_over


def _digest_problems(
    folder: Path, site: Site, articles: list[Article], now: datetime, body_of: Callable[[Article], Body]
) -> Iterator[Problem]:
    """Every digest's next issue, rendered; where too little is new for one, that of everything it could ever hold. And what
    else a person may get of it.
    """
    from feedpub.digest import next_slots
    from feedpub.mailing.newsletter import edition
    from feedpub.mailing.readiness import gap_warnings, note_problems

    for digest in site.digests:
        try:
            slot = next(iter(next_slots(digest, now)), now)
            made = edition(folder, site, digest, articles, slot=slot, issued=(), body_of=body_of)
            if made is None:
                ever = msgspec.structs.replace(digest, max_age=timedelta(days=365_000), featured_only=False, min_articles=1)
                made = edition(folder, site, ever, articles, slot=slot, issued=(), body_of=body_of)
            yield from made.warnings if made else ()
            yield from gap_warnings(digest)
            yield from note_problems(folder, site, digest, now=now)
        except FeedpubError as error:
            yield from error.problems


def _warning(source: str, line: int, field: str, what: str, mend: str) -> Problem:
    return Problem(source, line, field, what, mend, "warning")


def _site_warnings(site: Site) -> Iterator[Problem]:
    if not site.id:
        what = "is not set, so the ids of articles follow the host, and change when the site moves"
        yield _warning(SETTINGS, 1, "site.id", what, f'write under [site]: id = "{site.authority}"')
    pictures = [("feeds.image", site.feeds.image, 1), *(("digest.logo", d.logo, d.lines.get("logo", 1)) for d in site.digests)]
    for field, url, line in pictures:
        for name in credentials(absolute(url, f"{site.url}/", site.strip_params) or "") if url else ():
            yield _warning(SETTINGS, line, field, f"its address holds a credential ({name})", "it is public: leave it out")


def _article_warnings(article: Article, site: Site, now: datetime) -> Iterator[Problem]:
    if article.published > now:
        mend = "a build takes it then, or now with --future"
        what = "is in the future, and the article waits until then"
        yield _warning(article.source, article.lines["publishedAt"], "publishedAt", what, mend)
    ending = unquote(urlsplit(lead_image_url(article, site) or "").path).rpartition(".")[2].lower()
    if ending in NO_IMAGES:
        what = f"{quoted(article.image)} is no image, and is left out"
        yield _warning(article.source, article.lines["image"], "image", what, "name an image, or link to it in the text")
    for name in credentials(lead_image_url(article, site) or ""):
        yield _credential(article.source, article.lines["image"], "image", name)


def _translations(sources: list[str], site: Site) -> Iterator[Problem]:
    for tag, some in translations(sources, site.languages, site.language).items():
        count = "1 file looks like a translation" if len(some) == 1 else f"{len(some):,} files look like translations"
        what = f"{count} into {tag}, and {tag} is no language of this site"
        mend = f'write in feedpub.toml: [languages] {tag} = "The title in {tag}", or leave them out of [site] articles'
        yield _warning(some[0], 0, "", what, mend)


def _old_entries(folder: Path) -> Iterator[Problem]:
    """A reminder of each entry of the feed before that no article is."""
    text = read_text(folder / IDS, source=IDS) if is_there(folder / IDS, file=True) else ""
    if not isinstance(text, Problem):
        for id, title in sorted(read_ids(text, IDS).unmatched.items()):
            what = f"no article is {quoted(title)} ({id}) of the feed before"
            yield _warning(IDS, 0, "unmatched", what, "write guid: into its front matter, or take the line out")


def _ids_of_other_tools(articles: list[Article]) -> Iterator[Problem]:
    """One warning, however many articles have an `id` that is no IRI: it is some other tool's name for the file."""
    found = [
        (article, id) for article in articles if article.id is None and isinstance(id := article.extra.get("id"), str) and id
    ]
    if found:
        article, id = found[0]
        others = f" (nor are those of {len(found) - 1} more)" if len(found) > 1 else ""
        what = f"{quoted(id)} is no IRI, and not taken as the article's id in feeds{others}"
        yield _warning(
            article.source, article.lines.get("id", 1), "id", what, "write guid: instead if readers know it by that id"
        )


def _image_warnings(article: Article, folder: Path, untrusted: bool) -> Iterator[Problem]:
    """Of a lead image that is a file: whether it is one that readers can be shown."""
    place = image_path(article)
    file = folder / as_spelt(folder, place) if place else folder
    if place is None or (untrusted and not lies_inside(folder, file)) or not is_there(file, file=True):
        return
    line = article.lines.get("image", 0)
    if pointed_length(file) is not None:
        what = f"{place} is a pointer of Git LFS, and not the image itself"
        yield _warning(article.source, line, "image", what, "run git lfs pull, or check out with lfs: true")
    elif not file.stat().st_size:
        yield _warning(article.source, line, "image", f"{place} is an empty file", "put the image there")


def _reference_warnings(
    reference: Reference, article: Article, site: Site, addresses: set[str], there: Callable[[Path], bool]
) -> Iterator[Problem]:
    for name in credentials(reference.url):
        yield _credential(article.source, reference.line, "", name)
    if reference.kind == "image" and reference.alt is None:
        what = f"the image {quoted(reference.written)} has no alt text"
        yield _warning(article.source, reference.line, "", what, 'say what it shows: ![…](…), or alt: "…" in the shortcode')
    if _has_no_target(reference, article, site, addresses, there):
        what = f"the {reference.kind} {quoted(reference.written)} leads nowhere that feedpub knows: {reference.url}"
        yield _warning(article.source, reference.line, "", what, "write the address that the page has on the site")


def _credential(source: str, line: int, field: str, name: str) -> Problem:
    mend = f'take it out, or write under [site] in feedpub.toml: strip_params = ["{name}"]'
    return _warning(source, line, field, f"an address holds what looks like a credential ({name}), and feeds are public", mend)


def _has_no_target(
    reference: Reference, article: Article, site: Site, addresses: set[str], there: Callable[[Path], bool]
) -> bool:
    """Whether a link relative to the article, or to an article's address, leads to no article and no file of the site."""
    written = reference.written.strip()
    path = _path(reference.url)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|\?|$", written) or path in addresses:
        return False
    if written.startswith("/"):
        # Of the site's other pages we know nothing; of its articles, all.
        known = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(urlsplit(site.url + site.article_url).path))
        return bool(re.fullmatch(known.rstrip("/"), path)) and not there(Path(path.lstrip("/")))
    if re.search(r"\.(md|markdown)$", path, re.IGNORECASE):
        return True
    beside = Path(os.path.normpath(Path(article.source).parent / unquote(urlsplit(written).path)))
    return not there(beside) and not there(Path(path.lstrip("/")))


def _path(url: str) -> str:
    return unquote(urlsplit(url).path).rstrip("/")


def _same_but_for_case(articles: list[Article], site: Site) -> Iterator[Problem]:
    addresses: dict[str, Article] = {}
    for article in articles:
        url = article_url(article, site)
        first = addresses.setdefault(url.casefold(), article)
        if first is not article and article_url(first, site) != url:
            what = f"its address {url} differs from that of {first.source} in case alone"
            mend = "some servers and disks take the two for one: give it another slug"
            yield _warning(article.source, article.lines.get("slug", 1), "slug", what, mend)


def _between(articles: list[Article], site: Site) -> Iterator[Problem]:
    yield from _same_but_for_case(articles, site)
    titles: dict[str, list[Article]] = defaultdict(list)
    categories: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        titles[article.title.casefold()].append(article)
        categories[article.category.casefold()].append(article)
    for first, *others in titles.values():
        for article in others:
            what = f"{quoted(article.title)} is also the title of {first.source}"
            yield _warning(article.source, article.lines["title"], "title", what, "readers can't tell the two apart: reword one")
    for first, *others in categories.values():
        line = first.lines.get("category", 1)
        if not others and len(articles) > 1 and "category" in first.lines:
            what = f"{quoted(first.category)} is used once"
            yield _warning(first.source, line, "category", what, "use one that other articles have, if it is misspelt")
        for article in others:
            if article.category != first.category:
                what = f"{quoted(article.category)} is {quoted(first.category)} in {first.source}; both are one category"
                yield _warning(article.source, article.lines.get("category", 1), "category", what, "spell it one way")
