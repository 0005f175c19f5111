"""An article of the future waits for its time, and one that expired has gone."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import feedparser
from click.testing import Result

from feedpub.publishing import Built, build
from tests.conftest import Write, article

Run = Callable[..., Result]
NOW = datetime(2025, 11, 11, 12, tzinfo=UTC)


def titles(built: Built) -> set[str]:
    return {entry.title for entry in feedparser.parse((built.output / "rss.xml").read_bytes()).entries}


def at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


def site_of(write_site: Write) -> Path:
    return write_site(
        {
            "articles/out.md": article("Out", "2025-11-10"),
            "articles/soon.md": article("Soon", "2025-11-11 15:00"),
            "articles/late.md": article("Late", "2025-11-12"),
            "articles/gone.md": article("Gone", "2025-11-10", expiryDate="2025-11-11T13:30:00Z"),
        }
    )


def test_an_article_is_out_from_its_minute_on(write_site: Write) -> None:
    site = site_of(write_site)
    first = build(site, now=NOW)
    assert (titles(first), first.wait.later) == ({"Out", "Gone"}, 2)
    assert first.wait.next == datetime.fromisoformat("2025-11-11T15:00+01:00")
    assert build(site, now=at(13, 29)).changes.written == ()
    assert titles(build(site, now=at(13, 30))) == {"Out"}
    assert build(site, now=at(13, 59)).changes.written == ()
    assert titles(build(site, now=at(14))) == {"Out", "Soon"}


def test_a_clock_that_was_set_back_takes_back(write_site: Write) -> None:
    site = site_of(write_site)
    assert titles(build(site, now=at(14))) == {"Out", "Soon"}
    assert titles(build(site, now=NOW)) == {"Out", "Gone"}


def test_the_same_clock_gives_the_same_bytes_with_a_cache_or_without(write_site: Write, tmp_path: Path) -> None:
    site = site_of(write_site)
    for now in (NOW, at(14), at(23)):
        build(site, now=now)
        build(site, tmp_path / f"{now:%H}", now=now, cached=False)
        for file in (tmp_path / f"{now:%H}").rglob("*.xml"):
            assert file.read_bytes() == (site / "public" / file.relative_to(tmp_path / f"{now:%H}")).read_bytes()


def test_future_takes_what_is_later_and_not_what_expired(write_site: Write) -> None:
    site = site_of(write_site)
    build(site, now=at(14))
    assert titles(build(site, now=at(14), future=True)) == {"Out", "Soon", "Late"}
    assert titles(build(site, now=at(14))) == {"Out", "Soon"}


def test_the_command_says_how_many_wait(write_site: Write, feedpub: Run) -> None:
    site = write_site(
        {
            "articles/a.md": article("A"),
            "articles/b.md": article("B", "2999-01-01 09:00"),
            "articles/c.md": article("C", "2999-02-01"),
        }
    )
    for _ in range(2):
        assert "2 later: next 2999-01-01 09:00\n" in feedpub("build", site).stdout
    assert "later" not in feedpub("build", site, "--future").stdout
    assert "is in the future, and the article waits until then" in feedpub("check", site).stdout
