"""Articles that no earlier issue carried → Issue."""

from collections.abc import Collection, Iterable
from datetime import datetime

from feedpub.content import spelling, unaccented
from feedpub.digest.reasons import fresh
from feedpub.errors import FeedpubError, Problem, quoted
from feedpub.model import Article, Issue
from feedpub.site import Digest


def compose(digest: Digest, articles: Iterable[Article], *, slot: datetime, issued: Collection[str]) -> Issue | None:
    """The issue of `slot` (aware): what `issued`, the slugs of all earlier issues, does not hold; newest first.

    What is new is a set and not a window of dates, so an article that came late, dated before the last issue, still goes
    out; `max_age` keeps a first issue from carrying the archive. Returns None where that is fewer than `min_articles`.
    """
    chosen = fresh(digest, articles, slot=slot, issued=issued)[: digest.limit]
    return Issue(digest.name, slot, tuple(chosen)) if len(chosen) >= digest.min_articles else None


def check_categories(digest: Digest, articles: Iterable[Article]) -> list[Problem]:
    """A warning for each category that articles spell in other letters than the digest: `Café` and `Cafe` are one to it.

    Raises FeedpubError when the digest names a category that no article has.
    """
    known: dict[str, dict[str, str]] = {}
    for article in (one for one in articles if one.language == digest.language):
        known.setdefault(unaccented(article.category), {}).setdefault(article.category, article.source)
    unknown = [name for name in digest.categories if unaccented(name) not in known]
    if unknown:
        names = sorted(name for names in known.values() for name in names)
        mend = f"write one of {', '.join(names)}" if names else "write an article in it first"
        raise FeedpubError(
            [digest.problem("categories", f"no article has the category {quoted(name)}", mend) for name in unknown]
        )
    return [
        digest.problem(
            "categories", f"{quoted(name)} is {quoted(other)} in {source}; both are taken", "spell it one way", warning=True
        )
        for name in digest.categories
        for other, source in sorted(known[unaccented(name)].items())
        if spelling(other) not in map(spelling, digest.categories)
    ]
