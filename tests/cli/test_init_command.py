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
    assert set(tables["site"]) == set(Site.__struct_fields__) - others
    assert set(tables["digest"][0]) == {field.encode_name for field in msgspec.structs.fields(Digest)} - {"lines"}
    assert set(tables["feeds"]) == set(Feeds.__struct_fields__)
    assert set(tables["store"]) == set(Store.__struct_fields__)
    assert set(tables["mail"]) == set(Mail.__struct_fields__)
    assert set(tables["web"]) == set(Web.__struct_fields__)
    for name, value in tables["feeds"].items():
        default = getattr(Feeds(), name)
        assert value == (list(default) if isinstance(default, tuple) else default or value)
