"""What is new is a set, not a window of dates."""

from datetime import datetime, timedelta

import msgspec
import pytest

from feedpub.content import read_article
from feedpub.digest import check_categories, compose
from feedpub.errors import FeedpubError
from feedpub.model import Article, Author
from feedpub.site import Digest, read_site
from tests.conftest import SETTINGS, article

SITE = read_site(SETTINGS)
SLOT = datetime(2025, 11, 17, 8, tzinfo=SITE.timezone)
DIGEST = Digest(name="weekly", sender=Author("", "news@example.org"), schedule="0 8 * * mon", timezone=SITE.timezone)


def written(slug: str, published: str = "2025-11-11", **fields: object) -> Article:
    return read_article(article(slug, published, slug=slug, **{"featured": "true", **fields}), f"{slug}.md", SITE)


def slugs(articles: list[Article], issued: set[str] = frozenset(), **settings: object) -> list[str] | None:  # type: ignore[assignment]
    issue = compose(msgspec.structs.replace(DIGEST, **settings), articles, slot=SLOT, issued=issued)
    return [one.slug for one in issue.articles] if issue else None


def test_newest_first_and_ties_by_slug() -> None:
    some = [written("b"), written("c", "2025-11-12"), written("a"), written("d", "2025-11-11T23:00Z")]
    assert slugs(some) == ["c", "d", "a", "b"]


def test_what_an_earlier_issue_held_is_not_new() -> None:
    assert slugs([written("a"), written("b")], {"a"}) == ["b"]


def test_an_article_committed_late_with_an_old_date_still_goes_out() -> None:
    assert slugs([written("a", "2025-11-16"), written("late", "2025-11-01")], {"a"}) == ["late"]


def test_the_archive_does_not_go_out_with_a_first_issue() -> None:
    assert slugs([written("old", "2025-10-01"), written("new")]) == ["new"]
    assert slugs([written("old", "2025-10-01"), written("new")], max_age=timedelta(days=60)) == ["new", "old"]


def test_a_max_age_longer_than_time_itself_is_no_limit() -> None:
    assert slugs([written("old", "1001-01-01")], max_age=timedelta(days=7_000_000)) == ["old"]


def test_what_is_published_after_the_slot_waits() -> None:
    assert slugs([written("a", "2025-11-17T08:00:00+01:00"), written("b", "2025-11-17T08:00:01+01:00")]) == ["a"]


def test_drafts_and_articles_that_are_not_featured_stay_out() -> None:
    some = [written("a"), written("b", featured="false"), written("c", draft="true")]
    assert slugs(some) == ["a"]
    assert slugs(some, featured_only=False) == ["a", "b"]


def test_only_the_categories_that_are_asked_for() -> None:
    some = [written("a", category="Craft"), written("b", category="Maps")]
    assert slugs(some, categories=("craft",)) == ["a"]


def test_the_limit_cuts_the_oldest_and_leaves_them_for_later() -> None:
    some = [written(f"n{n}", f"2025-11-1{n}") for n in range(5)]
    assert slugs(some, limit=2) == ["n4", "n3"]
    assert slugs(some, {"n4", "n3"}, limit=2) == ["n2", "n1"]


@pytest.mark.parametrize("some", [[], [written("a", featured="false")]])
def test_nothing_new_is_no_issue(some: list[Article]) -> None:
    assert slugs(some) is None


def test_fewer_than_min_articles_is_no_issue() -> None:
    assert slugs([written("a")], min_articles=2) is None
    assert slugs([written("a"), written("b")], min_articles=2) == ["a", "b"]


def test_a_category_that_no_article_has_is_a_problem() -> None:
    one = msgspec.structs.replace(DIGEST, categories=("Crafd",), lines={"categories": 12})
    with pytest.raises(
        FeedpubError, match=r'toml:12: digest.categories: no article has the category "Crafd"; write one of Craft'
    ):
        check_categories(one, [written("a", category="Craft")])
