"""feedpub build, as a user runs it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article, tree

Run = Callable[..., Result]


def test_a_build_writes_the_feeds_of_everything_and_of_each_category(write_site: Write, feedpub: Run) -> None:
    site = write_site({
        "articles/a.md": article(category="Cloud & Infrastructure"),
        "articles/deep/b.md": article("B", category="Craft"),
    })  # fmt: skip
    result = feedpub("build", site)
    assert result.exit_code == 0
    names = {"rss.xml", "atom.xml", "feed.json"}
    feeds = {f"{folder}{name}" for folder in ("", "cloud-infrastructure/", "craft/") for name in names}
    lists = {"index.html", "feeds.opml", "categories.opml", ".feedpub-manifest.json"}
    assert set(tree(site / "public")) == feeds | lists
    assert "12 written, 0 kept, 0 removed" in result.stdout


def test_json_tells_what_was_written_kept_and_removed(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article(), "articles/b.md": article("B", category="Craft")})
    feedpub("build", site)
    (site / "articles/b.md").unlink()
    said = json.loads(feedpub("build", site, "--json").stdout)
    assert said["removed"] == ["craft/atom.xml", "craft/feed.json", "craft/rss.xml"]
    assert "rss.xml" in said["written"]
    assert "uncategorized/rss.xml" in said["kept"]
    assert said["problems"] == []
    assert "is removed" in said["warnings"][0]["what"]
    assert not (site / "public/craft").exists()


def test_two_builds_give_the_same_bytes_and_write_nothing_twice(write_site: Write, feedpub: Run) -> None:
    site = write_site({f"articles/{n}.md": article(f"T{n}", category=f"C{n % 3}") for n in range(20)})
    feedpub("build", site)
    first = tree(site / "public")
    assert "0 written" in feedpub("build", site).stdout
    feedpub("build", site, "-o", site / "again")
    assert tree(site / "again") == first


def test_a_draft_is_published_only_when_asked_for(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article(draft="true"), "articles/b.md": article("Other")})
    feedpub("build", site)
    assert b"A title" not in (site / "public/rss.xml").read_bytes()
    feedpub("build", site, "--drafts")
    assert b"A title" in (site / "public/rss.xml").read_bytes()


def test_a_site_without_an_article_has_an_empty_valid_feed(write_site: Write, feedpub: Run) -> None:
    site = write_site({})
    assert feedpub("build", site).exit_code == 0
    assert json.loads((site / "public/feed.json").read_text())["items"] == []
    assert b"<updated>2025-01-01T00:00:00+00:00</updated>" in (site / "public/atom.xml").read_bytes()


def test_every_problem_of_every_file_is_told_and_the_old_output_stays(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article()})
    feedpub("build", site)
    before = tree(site / "public")
    (site / "articles/a.md").write_text(article("New"))
    (site / "articles/b.md").write_text(article(published="11 Nov", slug="../x"))
    (site / "articles/c.md").write_bytes(b"---\ntitle: \xff\n---\n")
    result = feedpub("build", site)
    assert result.exit_code == 1
    assert 'articles/b.md:3: publishedAt: "11 Nov" is not a date; write 2025-11-11 or 2025-11-11T09:00:00+01:00' in result.stderr
    assert "articles/b.md:4: slug:" in result.stderr
    assert "articles/c.md:2: byte 0xff is not UTF-8" in result.stderr
    assert "3 problems in 2 files; nothing was written." in result.stderr
    assert result.stdout == ""
    assert tree(site / "public") == before


def test_keep_going_publishes_the_others_and_still_fails(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article("Good"), "articles/b.md": article("Bad", published="soon")})
    result = feedpub("build", site, "--keep-going")
    assert result.exit_code == 1
    published = (site / "public/rss.xml").read_bytes()
    assert b"Good" in published
    assert b"Bad" not in published


def test_keep_going_leaves_out_the_smaller_of_two_categories_with_one_slug(write_site: Write, feedpub: Run) -> None:
    site = write_site({
        "articles/a.md": article("A", category="Cloud & Infrastructure"),
        "articles/b.md": article("B", category="Cloud & Infrastructure"),
        "articles/c.md": article("C", category="Cloud Infrastructure"),
    })  # fmt: skip
    assert feedpub("build", site, "--keep-going").exit_code == 1
    titles = [item["title"] for item in json.loads((site / "public/feed.json").read_text())["items"]]
    assert titles == ["A", "B"]


def test_of_two_articles_with_one_slug_both_are_named(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article(slug="same"), "articles/b.md": article(slug="same")})
    result = feedpub("build", site)
    assert result.exit_code == 1
    assert 'articles/b.md:4: slug: "same" is also the slug of ' in result.stderr
    assert "articles/a.md" in result.stderr


def test_a_shortcode_that_cannot_be_read_is_a_warning_with_its_line(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article(body="Text.\n\n{{image: x.png, width: wide}}\n")})
    result = feedpub("build", site)
    assert result.exit_code == 0
    assert "articles/a.md:8: warning: this image can't be read, and is left out" in result.stderr
    assert b"Text." in (site / "public/rss.xml").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["build", "nowhere"], 1, "there is no such folder"),
        (["build", "."], 1, "there is no feedpub.toml"),
        (["check", "nowhere"], 1, ""),
        (["build", "--frobnicate"], 2, "No such option"),
        (["build", "a", "b"], 2, "unexpected extra argument"),
        (["publish"], 2, "No such command"),
        (["check", "--format", "xml"], 2, "Invalid value"),
        (["init", "--url", "nonsense"], 2, "not a web address"),
    ],
)
def test_exit_codes_tell_input_from_usage(
    feedpub: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = feedpub(*arguments)
    assert result.exit_code == code
    assert words in result.output


def test_articles_in_a_missing_folder_are_a_problem(write_site: Write, feedpub: Run) -> None:
    site = write_site({}, base='[site]\ntitle = "T"\nurl = "https://e.org"\narticles = "posts"\n')
    result = feedpub("build", site)
    assert result.exit_code == 1
    assert "posts: there is no such folder" in result.stderr


def test_a_problem_names_files_as_they_are_seen_from_here(
    write_site: Write, feedpub: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = write_site({"articles/a.md": article(published="soon")}, name="my site")
    monkeypatch.chdir(site.parent)
    assert feedpub("build", "my site").stderr.startswith("my site/articles/a.md:3: ")
    monkeypatch.chdir(site)
    assert feedpub("build").stderr.startswith("articles/a.md:3: ")


def test_a_file_of_the_output_that_is_a_folder_is_told(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article(), "public/rss.xml/keep.txt": "x"})
    result = feedpub("build", site, "--adopt")
    assert result.exit_code == 1
    assert "public/rss.xml: is a folder where a feed is to be" in result.stderr


def test_compressed_copies_hold_their_file(write_site: Write, feedpub: Run) -> None:
    import gzip

    import brotli

    site = write_site({"articles/a.md": article()}, '[feeds]\ncompress = ["gz", "br"]\n')
    feedpub("build", site)
    public = tree(site / "public")
    for path in ("rss.xml", "atom.xml", "feed.json", "uncategorized/atom.xml"):
        assert gzip.decompress(public[f"{path}.gz"]) == public[path] == brotli.decompress(public[f"{path}.br"])
    (site / "feedpub.toml").write_text((site / "feedpub.toml").read_text().replace('"gz", ', ""))
    feedpub("build", site)
    assert not list((site / "public").rglob("*.gz"))


def test_a_lead_image_that_is_a_file_has_its_length(write_site: Write, feedpub: Run) -> None:
    site = write_site({
        "articles/a.md": article(image="/images/a.png"), "images/a.png": b"x" * 123,
        "articles/b.md": article("B", image="b.jpg"), "articles/b.jpg": b"y" * 45,
        "articles/c.md": article("C", image="/../../secret.png"), "articles/d.md": article("D", image="https://e.org/d.webp?x=1&y=2"),
    })  # fmt: skip
    (site.parent.parent / "secret.png").write_bytes(b"z" * 77)
    feedpub("build", site)
    rss = (site / "public/rss.xml").read_text()
    assert '<enclosure url="https://news.example.org/images/a.png" length="123" type="image/png"/>' in rss
    assert 'length="45" type="image/jpeg"' in rss
    assert rss.count("<enclosure") == 2
    assert '<media:content url="https://e.org/d.webp?x=1&amp;y=2" type="image/webp" medium="image"/>' in rss
