"""All files of a site together: their Articles, and the Problems between them."""

from collections.abc import Iterable, Mapping

import msgspec

from feedpub.content.address import article_url
from feedpub.content.article import Commits, read_article
from feedpub.content.faults import others
from feedpub.errors import FeedpubError, Problem, quoted
from feedpub.languages import language_in
from feedpub.model import Article
from feedpub.site import Site


def read_articles(texts: Iterable[tuple[str, str | Problem, Commits]], site: Site) -> tuple[list[Article], list[Problem]]:
    """The Articles of `texts`, each a source, its text (or why there is none) and its commits, and every Problem in them."""
    return joined((read(text, source, site, commits) for source, text, commits in texts), site)


def read(
    text: str | Problem, source: str, site: Site, commits: Commits = None, *, bodies: bool = False
) -> Article | tuple[Problem, ...]:
    """read_article() with the Problems returned, not raised, and with what else is wrong: `bodies` as for others()."""
    if isinstance(text, Problem):
        return (text,)
    try:
        return read_article(text, source, site, commits)
    except FeedpubError as error:
        return (*error.problems, *others(text, source, site, commits, error.problems, bodies=bodies))


def joined(read: Iterable[Article | tuple[Problem, ...]], site: Site) -> tuple[list[Article], list[Problem]]:
    """The Articles, and every Problem in them and between them.

    Of two articles with one slug the later is a Problem and left out: they would share an address and an id. Where their
    addresses differ, the one that was published first keeps the slug, and the others get one of their path.
    """
    articles: dict[str, Article] = {}
    problems: list[Problem] = []
    namesakes: list[Article] = []
    for article in read:
        if isinstance(article, tuple):
            problems += article
            continue
        first = articles.setdefault(article.slug, article)
        if first is not article:
            namesakes.append(article)
    for article in sorted(namesakes, key=lambda one: one.published):
        first = articles[article.slug]
        if article_url(first, site) != article_url(article, site):
            # An older one takes the slug over: what came first to readers keeps its id.
            kept, moved = sorted((first, article), key=lambda one: (one.draft, one.published, one.source))
            if renamed := _renamed(moved, articles, site):
                articles |= {kept.slug: kept, renamed.slug: renamed}
                continue
        what = f"{quoted(article.slug)} is also the slug of {first.source}"
        line = article.lines.get("slug", 1)
        mend = "give one of the two another: slug: a-new-slug"
        if tag := language_in(article.source, (*site.languages, site.language)):
            mend += f'; or, if it is a translation, write in feedpub.toml: [languages] {tag} = "The title in {tag}"'
        problems.append(Problem(article.source, line, "slug", what, mend))
    return list(articles.values()), problems


def _renamed(article: Article, taken: Mapping[str, Article], site: Site) -> Article | None:
    """`article` with a slug made of its path, or of its day, and with the address that it had; None if both are taken."""
    day = article.published.astimezone(site.timezone).date().isoformat()
    language, slash, name = article.slug.rpartition("/")
    for slug in (f"{language}{slash}{rest}" for rest in (article.path.replace("/", "-"), f"{day}-{name}")):
        if slug not in taken and len(slug.encode()) <= 255:
            return msgspec.structs.replace(article, slug=slug, url=article_url(article, site))
    return None
