"""Which files of a folder are articles, where they stand, and what is told of the others."""

from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from click.testing import Result

from feedpub.errors import FeedpubError
from feedpub.publishing import build
from tests.conftest import Write, article

Run = Callable[..., Result]


def settings(**site: str) -> str:
    return "".join(f"{name} = {value}\n" for name, value in site.items())


def published(site: Path) -> dict[str, str]:
    """The ids of the feed of everything, without what they share, and the addresses without the host."""
    entries = feedparser.parse((build(site).output / "rss.xml").read_bytes()).entries
    return {
        entry.id.partition(":2025:")[2] or entry.id.rpartition(":")[2]: entry.link.removeprefix("https://news.example.org")
        for entry in entries
    }


FILES = {
    "blog/one.md": article("One"),
    "blog/two.es.md": article("Two"),
    "blog/deep/three.mdx": article("Three"),
    "blog/drafts/four.md": article("Four"),
    "notes/five.markdown": article("Five"),
    "notes/six.qmd": article("Six"),
}


@pytest.mark.parametrize(
    ("articles", "names"),
    [
        ('"blog"', "one two.es four"),
        ('"blog/**/*.md"', "one two.es four"),
        ('"./blog/*.md"', "one two.es"),
        ('"blog/**/*.{md,mdx}"', "one two.es three four"),
        ('["blog/**/*.md", "!**/*.es.md"]', "one four"),
        ('["blog", "!blog/drafts"]', "one two.es"),
        ('["blog", "notes"]', "one two.es four five"),
        ('["blog/*.md", "notes/*"]', "one two.es five six"),
        ('"**/*.qmd"', "six"),
        ('["notes", "notes/*.qmd"]', "five six"),
    ],
)
def test_articles_are_folders_or_globs(write_site: Write, articles: str, names: str) -> None:
    site = write_site(FILES, settings(articles=articles))
    assert sorted(published(site)) == sorted(names.split())


def test_a_site_beside_its_articles_reads_them_by_globs_too(write_site: Write, tmp_path: Path) -> None:
    site = write_site({}, settings(articles='["../elsewhere/**/*.md", "!../elsewhere/no/**"]'))
    for name in ("a.md", "no/b.md"):
        (site.parent / "elsewhere" / name).parent.mkdir(parents=True, exist_ok=True)
        (site.parent / "elsewhere" / name).write_text(article(name))
    assert list(published(site)) == ["a"]


@pytest.mark.parametrize("articles", ["[]", '["!x"]', '""', '["a", ""]', "5"])
def test_patterns_that_name_nothing_are_problems(write_site: Write, articles: str) -> None:
    with pytest.raises(FeedpubError, match="articles"):
        build(write_site(FILES, settings(articles=articles)))


def test_what_is_no_article_is_told_once_by_check(write_site: Write, feedpub: Run) -> None:
    site = write_site(
        {
            "articles/one.md": article("One"),
            "articles/_index.md": "---\ntitle: Section\n---\n",
            "articles/README.md": article("Readme"),
            "articles/LICENSE.md": "All rights.\n",
            "articles/node_modules/x/y.md": article("Y"),
            "articles/two.mdx": article("Two"),
            "articles/three.mdx": article("Three"),
        }
    )
    told = feedpub("check", site).stdout
    assert "articles/README.md: warning: is passed over: a readme is no article" in told
    assert "articles/node_modules: warning: is passed over" in told
    assert (
        'articles/three.mdx: warning: is passed over, and so are 1 more; articles = "articles/**/*.mdx" reads .mdx files' in told
    )
    assert "_index" not in told
    assert "LICENSE" not in told
    assert list(published(site)) == ["one"]


def test_where_nothing_is_read_the_reason_is_told_and_no_empty_feed_is_written(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/two.mdx": article("Two"), "articles/three.mdx": article("Three")})
    result = feedpub("build", site)
    assert 'warning: no article is read: 2 .mdx files lie here; articles = "articles/**/*.mdx" reads them' in result.stderr
    assert not (site / "public").exists()


@pytest.mark.parametrize(
    ("pattern", "addresses"),
    [
        ("/{name}/", {"bread": "/bread/", "cake": "/cake/", "tart": "/tart/"}),
        ("/{path}/", {"bread": "/2025/2025-11-01-bread/", "cake": "/2025/11/11/cake/", "tart": "/sweet/tart/"}),
        ("/{year}/{month}/{day}/{slug}.html", {"bread": "/2025/11/01/bread.html",
            "cake": "/2025/11/11/cake.html", "tart": "/2024/02/03/tart.html"}),
    ],
)  # fmt: skip
def test_addresses_are_made_of_name_and_path(write_site: Write, pattern: str, addresses: dict[str, str]) -> None:
    files = {
        "articles/2025/2025-11-01-bread.md": "---\ntitle: Bread\n---\n",
        "articles/2025/11/11/cake.md": "# Cake\n",
        "articles/sweet/tart/index.md": "---\ntitle: Tart\ndate: 2024-02-03\n---\n",
    }
    assert published(write_site(files, settings(article_url=f'"{pattern}"'))) == addresses


def test_one_name_in_two_years_is_two_articles_where_their_addresses_differ(write_site: Write) -> None:
    files = {f"articles/{year}/review.md": article(f"Review {year}", f"{year}-12-31") for year in (2023, 2024, 2025)}
    with pytest.raises(FeedpubError, match="is also the slug of"):
        build(write_site(files))
    site = write_site(files, settings(article_url='"/{year}/{slug}/"'))
    expected = {"review": "/2023/review/", "2024-review": "/2024/review/", "2025-review": "/2025/review/"}
    assert published(site) == expected
    (site / "articles/2025/other.md").write_text(article("Other"))
    assert published(site).items() > expected.items()


def test_a_file_of_our_own_format_keeps_its_id(write_site: Write) -> None:
    files = {"articles/2025-11-01-bread.md": article("Bread", permalink="/elsewhere/"), "articles/cake/index.md": article("Cake")}
    assert published(write_site(files)) == {"2025-11-01-bread": "/blog/2025-11-01-bread/", "cake": "/blog/cake/"}


def test_a_component_leaves_its_text(write_site: Write) -> None:
    body = (
        'import X from "x"\n\n<Note kind="a > b">\n    **Kept**\n</Note>\n\n{/* gone */}\n\n`<Code />`\n\n```jsx\n<Tag />\n```\n'
    )
    site = write_site({"articles/a.mdx": article("A", body=body)}, settings(articles='"articles/*.mdx"'))
    html = feedparser.parse((build(site).output / "rss.xml").read_bytes()).entries[0].content[0].value
    assert html == (
        "<p><strong>Kept</strong></p>\n<p><code>&lt;Code /&gt;</code></p>\n"
        '<pre><code class="language-jsx">&lt;Tag /&gt;\n</code></pre>'
    )
