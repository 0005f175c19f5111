"""All files of a site together: their Articles, and the Problems between them."""

from collections.abc import Iterable

from feedpub.content.article import read_article
from feedpub.errors import FeedpubError, Problem, quoted
from feedpub.model import Article
from feedpub.site import Site


def read_articles(texts: Iterable[tuple[str, str | Problem]], site: Site) -> tuple[list[Article], list[Problem]]:
    """The Articles of `texts`, pairs of a source and its text (or why there is none), and every Problem in them."""
    return joined(read(text, source, site) for source, text in texts)


def read(text: str | Problem, source: str, site: Site) -> Article | tuple[Problem, ...]:
    """read_article() with the Problems returned, not raised."""
    if isinstance(text, Problem):
        return (text,)
    try:
        return read_article(text, source, site)
    except FeedpubError as error:
        return error.problems


def joined(read: Iterable[Article | tuple[Problem, ...]]) -> tuple[list[Article], list[Problem]]:
    """The Articles, and every Problem in them and between them.

    Of two articles with one slug the later is a Problem and left out: they would share an address and an id.
    """
    articles: dict[str, Article] = {}
    problems: list[Problem] = []
    for article in read:
        if isinstance(article, tuple):
            problems += article
            continue
        first = articles.setdefault(article.slug, article)
        if first is not article:
            what = f"{quoted(article.slug)} is also the slug of {first.source}"
            line = article.lines.get("slug", 1)
            problems.append(Problem(article.source, line, "slug", what, "give one of the two another: slug: a-new-slug"))
    return list(articles.values()), problems
