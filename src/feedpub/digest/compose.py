"""Articles that no earlier issue carried → Issue."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from feedpub.errors import FeedpubError, quoted
from feedpub.model import Article, Issue
from feedpub.site import Digest

Reason = Literal["a draft", "not featured", "of another category", "later than the issue", "too old", "in an earlier issue"]


def compose(digest: Digest, articles: Iterable[Article], *, slot: datetime, issued: Collection[str]) -> Issue | None:
    """The issue of `slot` (aware): what `issued`, the slugs of all earlier issues, does not hold; newest first.

    What is new is a set and not a window of dates, so an article that came late, dated before the last issue, still goes
    out; `max_age` keeps a first issue from carrying the archive. Returns None where that is fewer than `min_articles`.
    """
    fresh = [article for article in articles if why_not(article, digest, slot=slot, issued=issued) is None]
    chosen = sorted(fresh, key=_newest_first)[: digest.limit]
    return Issue(digest.name, slot, tuple(chosen)) if len(chosen) >= digest.min_articles else None


def why_not(article: Article, digest: Digest, *, slot: datetime, issued: Collection[str]) -> Reason | None:
    """Why the issue of `slot` (aware) cannot hold `article`, the first reason of several; None if it can."""
    if article.draft:
        return "a draft"
    if digest.featured_only and not article.featured:
        return "not featured"
    if digest.categories and article.category.casefold() not in {name.casefold() for name in digest.categories}:
        return "of another category"
    if article.published > slot:
        return "later than the issue"
    if slot - article.published >= digest.max_age:
        return "too old"
    return "in an earlier issue" if article.slug in issued else None


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
