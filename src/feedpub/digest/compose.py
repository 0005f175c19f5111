"""Articles that no earlier issue carried → Issue."""

from collections.abc import Collection, Iterable
from datetime import datetime

from feedpub.digest.reasons import fresh
from feedpub.errors import FeedpubError, quoted
from feedpub.model import Article, Issue
from feedpub.site import Digest


def compose(digest: Digest, articles: Iterable[Article], *, slot: datetime, issued: Collection[str]) -> Issue | None:
    """The issue of `slot` (aware): what `issued`, the slugs of all earlier issues, does not hold; newest first.

    What is new is a set and not a window of dates, so an article that came late, dated before the last issue, still goes
    out; `max_age` keeps a first issue from carrying the archive. Returns None where that is fewer than `min_articles`.
    """
    chosen = fresh(digest, articles, slot=slot, issued=issued)[: digest.limit]
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
