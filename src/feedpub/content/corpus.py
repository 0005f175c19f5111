"""All files of a site together: their Articles, and the Problems between them."""

from collections.abc import Iterable

from feedpub.content.article import read_article
from feedpub.errors import FeedpubError, Problem, quoted
from feedpub.model import Article
from feedpub.site import Site


def read_articles(texts: Iterable[tuple[str, str | Problem]], site: Site) -> tuple[list[Article], list[Problem]]:
    """The Articles of `texts`, pairs of a source and its text (or why there is none), and every Problem in them.

    Of two articles with one slug the later by source is a Problem and left out: they would share an address and an id.
    """
    articles: dict[str, Article] = {}
    problems: list[Problem] = []
    for source, text in texts:
        if isinstance(text, Problem):
            problems.append(text)
            continue
        try:
            article = read_article(text, source, site)
        except FeedpubError as error:
            problems += error.problems
            continue
        first = articles.setdefault(article.slug, article)
        if first is not article:
            what = f"{quoted(article.slug)} is also the slug of {first.source}"
            line = article.lines.get("slug", 1)
            problems.append(Problem(source, line, "slug", what, "give one of the two another: slug: a-new-slug"))
    return list(articles.values()), problems
