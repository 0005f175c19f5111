"""feedpub init: a site that builds at once, and nothing overwritten."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

from feedpub.mail import Mail
from feedpub.site import Digest, Feeds, Site, Store, Web, read_site
from tests.conftest import article, tree

Run = Callable[..., Result]


def test_a_new_site_builds_and_has_nothing_wrong(feedpub: Run, tmp_path: Path) -> None:
    assert feedpub("init", tmp_path / "new").exit_code == 0
    (only,) = feedpub("check", tmp_path / "new").stdout.splitlines()
    assert "warning: digest.postal_address: is missing" in only
    assert feedpub("build", tmp_path / "new").exit_code == 0
    assert b"Hello, feeds" in (tmp_path / "new/public/rss.xml").read_bytes()


def test_nothing_is_overwritten(feedpub: Run, tmp_path: Path) -> None:
    (tmp_path / "feedpub.toml").write_text("mine")
    feedpub("init", tmp_path)
    before = tree(tmp_path)
    result = feedpub("init", tmp_path)
    assert result.exit_code == 0
    assert "kept" in result.stdout
    assert tree(tmp_path) == before
    assert before["feedpub.toml"] == b"mine"


def test_a_key_of_its_own_is_made_once_and_is_nobody_elses_to_read(feedpub: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        feedpub("init", tmp_path / name)
    one, two = ((tmp_path / name / "feedpub.key") for name in ("one", "two"))
    key = one.read_text()
    assert len(key.strip()) >= 32
    assert key != two.read_text()
    assert one.stat().st_mode & 0o777 == 0o600
    feedpub("init", tmp_path / "one")
    assert one.read_text() == key
    assert "/feedpub.key" in (tmp_path / "one/.gitignore").read_text().splitlines()


def test_a_gitignore_of_your_own_is_kept_and_what_it_lacks_is_told(feedpub: Run, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("/public/\n")
    assert "Put feedpub.key into your .gitignore" in feedpub("init", tmp_path).stdout
    assert (tmp_path / ".gitignore").read_text() == "/public/\n"


@pytest.mark.parametrize(("place", "folder"), [("posts/x.md", "posts"), ("x.md", "."), ("articles/deep/x.md", "articles")])
def test_articles_that_are_there_are_found(feedpub: Run, tmp_path: Path, place: str, folder: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text(article("Mine"))
    feedpub("init", tmp_path, "--title", 'Say "Hi" \\', "--url", "https://blog.example.net/")
    site = read_site((tmp_path / "feedpub.toml").read_text())
    assert (site.articles, site.title, site.url) == (folder, 'Say "Hi" \\', "https://blog.example.net")
    assert site.id.startswith("tag:blog.example.net,2")
    feedpub("build", tmp_path)
    assert b"Mine" in (tmp_path / "public/rss.xml").read_bytes()
    assert not (tmp_path / "articles/hello-feeds.md").exists()


def test_every_setting_is_explained_with_its_default(feedpub: Run, tmp_path: Path) -> None:
    feedpub("init", tmp_path)
    text = (tmp_path / "feedpub.toml").read_text()
    settings = [line.startswith("# ") and (" = " in line or line.startswith("# [")) for line in text.splitlines()]
    shown = "\n".join(line[2:] if setting else line for line, setting in zip(text.splitlines(), settings, strict=True))
    tables = tomllib.loads(shown)
    others = {"feeds", "categories", "fields", "authors", "redirects", "ids", "shortcodes", "digests", "store", "mail", "web"}
    others.add("languages")
    assert set(tables["site"]) == set(Site.__struct_fields__) - others
    assert set(tables["digest"][0]) == {field.encode_name for field in msgspec.structs.fields(Digest)} - {"lines"}
    assert set(tables["feeds"]) == set(Feeds.__struct_fields__)
    assert set(tables["store"]) == set(Store.__struct_fields__)
    assert set(tables["mail"]) == set(Mail.__struct_fields__)
    assert set(tables["web"]) == set(Web.__struct_fields__)
    for name, value in tables["feeds"].items():
        default = getattr(Feeds(), name)
        assert value == (list(default) if isinstance(default, tuple) else default or value)


def _sites_of(tmp_path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_site_of_another_tool_is_read_by_its_own_settings(feedpub: Run, tmp_path: Path) -> None:
    post = "---\ntitle: {}\ndate: 2024-05-22\n---\nText.\n"
    folder = _sites_of(
        tmp_path,
        {
            "hugo.toml": 'baseURL = "https://bread.example/"\ntitle = "Slow \\"Bread\\""\nlanguageCode = "en-GB"\n'
            '[params]\nauthor = "Ada"\n[permalinks]\nposts = "/:year/:month/:slug/"\n',
            **{f"content/posts/{name}/index.md": post.format(name) for name in "abc"},
            "content/posts/_index.md": "---\ntitle: All posts\n---\n",
            "content/posts/about.md": "---\ntitle: About\n---\n",
            "content/talks/x.md": post.format("x"),
            "node_modules/pack/posts/y.md": post.format("y") * 9,
        },
    )
    said = feedpub("init", folder).stdout
    assert "found    3 articles in content/posts, of Hugo" in said
    assert "also     1 in content/talks" in said
    assert "left out 1 file without a date" in said
    site = read_site((folder / "feedpub.toml").read_text())
    assert (site.title, site.url, site.language, site.article_url) == (
        'Slow "Bread"', "https://bread.example", "en-GB", "/{year}/{month}/{slug}/",
    )  # fmt: skip
    assert site.author
    assert site.author.name == "Ada"
    assert site.articles == ("content/posts", "!content/posts/about.md")
    assert not (folder / "articles").exists()
    assert feedpub("build", folder).exit_code == 0
    assert b"https://bread.example/2024/05/a/" in (folder / "static/feeds/rss.xml").read_bytes()
    assert b"https://bread.example/feeds/rss.xml" in (folder / "static/feeds/rss.xml").read_bytes()


def test_settings_of_other_tools_are_data_that_runs_nothing_and_reaches_nowhere(feedpub: Run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secret.md").write_text("---\ntitle: Secret\ndate: 2024-01-01\n---\n")
    folder = _sites_of(
        tmp_path / "site",
        {
            "_config.yml": "title: !!python/object/apply:os.system [touch ran]\nurl: javascript:alert(1)\nlang: [en]\n"
            'description: "a\\nb"\nauthor: "Bad\\u0007"\npermalink: /:year/:unknown/\n',
            "_posts/2024-01-01-a.md": "---\ntitle: A\n---\n",
        },
    )
    (folder / "_posts/linked").symlink_to(tmp_path / "elsewhere")
    assert feedpub("init", folder).exit_code == 0
    site = read_site((folder / "feedpub.toml").read_text())
    assert (site.url, site.articles, site.article_url) == ("https://example.org", "_posts", "/blog/{slug}/")
    assert feedpub("build", folder).exit_code == 0
    assert b"Secret" not in (folder / "feeds/rss.xml").read_bytes()
    assert not (folder / "ran").exists()


def test_a_file_of_a_site_that_can_not_be_read_is_left_out_and_told(feedpub: Run, tmp_path: Path) -> None:
    posts = {f"posts/{number}.md": article(f"Number {number}") for number in range(4)}
    folder = _sites_of(tmp_path, {**posts, "posts/[b]*.md": "---\ntitle: B\ndate: 2024-02-31\n---\n"})
    assert "left out 1 file with a problem" in feedpub("init", folder).stdout
    assert feedpub("build", folder).exit_code == 0
    assert (folder / "public/rss.xml").read_text().count("<item>") == 4
