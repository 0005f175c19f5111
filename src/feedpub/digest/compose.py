"""Articles that no earlier issue carried → Issue."""

from collections.abc import Collection, Iterable
from datetime import datetime

from feedpub.errors import FeedpubError, quoted
from feedpub.model import Article, Issue
from feedpub.site import Digest


def compose(digest: Digest, articles: Iterable[Article], *, slot: datetime, issued: Collection[str]) -> Issue | None:
    """The issue of `slot` (aware): what `issued`, the slugs of all earlier issues, does not hold; newest first.

    What is new is a set and not a window of dates, so an article that came late, dated before the last issue, still goes
    out; `max_age` keeps a first issue from carrying the archive. Returns None where that is fewer than `min_articles`.
    """
    wanted = {name.casefold() for name in digest.categories}
    fresh = [
        article
        for article in articles
        if (article.featured or not digest.featured_only)
        and not article.draft
        and (not wanted or article.category.casefold() in wanted)
        and article.published <= slot
        and slot - article.published < digest.max_age
        and article.slug not in issued
    ]
    chosen = sorted(fresh, key=_newest_first)[: digest.limit]
    return Issue(digest.name, slot, tuple(chosen)) if len(chosen) >= digest.min_articles else None


def check_categories(digest: Digest, articles: Iterable[Article]) -> None:
    """Raises FeedpubError when the digest names a category that no article has."""
    known = {article.category.casefold(): article.category for article in articles}
    unknown = [name for name in digest.categories if name.casefold() not in known]
    if unknown:
        mend = f"write one of {', '.join(sorted(known.values()))}" if known else "write an article in it first"
        raise FeedpubError(
            [digest.problem("categories", f"no article has the category {quoted(name)}", mend) for name in unknown]
        )


def _newest_first(article: Article) -> tuple[float, str]:
    return -article.published.timestamp(), article.slug
