"""Why an article is in an issue or not: the one answer for what composes it and for all who tell of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Literal

from feedpub.content import unaccented
from feedpub.digest.age import age_limit, span_in_words
from feedpub.model import Article
from feedpub.site import Digest

Reason = Literal[
    "draft",
    "not featured",
    "of another category",
    "in another language",
    "later than the issue",
    "too old",
    "expired",
    "in an earlier issue",
    "too few",
    "over the limit",
    "over the size",
]


def why_not(article: Article, digest: Digest, *, slot: datetime, issued: Collection[str]) -> Reason | None:
    """Why the issue of `slot` (aware) cannot hold `article`, the first reason of several; None if it can."""
    if article.draft:
        return "draft"
    if article.language != digest.language:
        return "in another language"
    if digest.featured_only and not article.featured:
        return "not featured"
    if digest.categories and unaccented(article.category) not in map(unaccented, digest.categories):
        return "of another category"
    if article.published > slot:
        return "later than the issue"
    if article.expires and article.expires <= slot:
        return "expired"
    if article.slug in issued:
        return "in an earlier issue"
    return "too old" if slot - article.published >= age_limit(digest) else None


def fresh(digest: Digest, articles: Iterable[Article], *, slot: datetime, issued: Collection[str]) -> list[Article]:
    """What the issue of `slot` (aware) could hold if it had no limit, the newest first."""
    some = (article for article in articles if why_not(article, digest, slot=slot, issued=issued) is None)
    return sorted(some, key=lambda article: (-article.published.timestamp(), article.slug))


def left_out(
    digest: Digest, articles: Iterable[Article], *, slot: datetime, issued: Collection[str], shown: Collection[Article]
) -> dict[Reason, int]:
    """How many articles are not among those `shown` in the issue of `slot`, by reason, the commonest first.

    Where there is no issue, `shown` is empty, and what could have been in one is "too few".
    """
    articles = list(articles)
    counts = Counter(reason for one in articles if (reason := why_not(one, digest, slot=slot, issued=issued)))
    waits = len(articles) - counts.total() - len(shown)
    if not shown:
        counts["too few"] = waits
    else:
        counts["over the size"] = min(waits, max(0, digest.limit - len(shown)))
        counts["over the limit"] = waits - counts["over the size"]
    return {reason: count for reason, count in counts.most_common() if count}


def in_words(left: Mapping[Reason, int], digest: Digest) -> list[str]:
    """`17 not featured`, `1 older than 30d`: each count with its reason, as a reader of the settings understands it."""
    words: dict[Reason, str] = {
        "later than the issue": "published after the issue",
        "too old": f"older than {span_in_words(age_limit(digest))} (max_age)",
        "too few": f"new, but fewer than {digest.min_articles} (min_articles)",
        "over the limit": f"more than {digest.limit} (limit)",
        "over the size": "more than its size allows",
    }
    plural: dict[Reason, str] = {"draft": "drafts"}
    return [
        f"{count:,} {plural[reason] if reason in plural and count != 1 else words.get(reason, reason)}"
        for reason, count in left.items()
    ]
