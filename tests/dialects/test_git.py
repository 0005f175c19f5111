"""Dates out of git, and a file that says who an author is."""

import os
import subprocess
from pathlib import Path

import feedparser
import pytest

from feedpub.errors import FeedpubError
from feedpub.publishing import build
from tests.conftest import Write, article


def git(folder: Path, *arguments: str, day: str = "2025-01-01") -> None:
    moment = f"{day}T12:00:00Z"
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in
           (("NAME", "Ada"), ("EMAIL", "ada@news.example.org"), ("DATE", moment))}  # fmt: skip
    environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def commit(folder: Path, day: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", day, day=day)


def dates(site: Path, **options: bool) -> dict[str, tuple[str, str]]:
    entries = feedparser.parse((build(site, **options).output / "atom.xml").read_bytes()).entries
    return {entry.title: (entry.published[:10], entry.updated[:10]) for entry in entries}


LONG = "# Bread\n\n" + "".join(f"Line {number} of a text.\n" for number in range(20))


def test_the_date_is_that_of_the_first_commit_also_under_another_name(write_site: Write) -> None:
    site = write_site(
        {"articles/brëad.md": LONG, "articles/dated.md": article("Dated", "2020-02-02 12:00")}, 'date_from = "git"\n'
    )
    git(site, "init", "-q")
    commit(site, "2025-01-01")
    (site / "articles/deep").mkdir()
    (site / "articles/brëad.md").rename(site / "articles/deep/loaf.md")
    (site / "articles/new.md").write_text("# New\n")
    commit(site, "2025-02-01")
    (site / "articles/deep/loaf.md").write_text(LONG + "More.\n")
    commit(site, "2025-03-01")
    expected = {
        "Bread": ("2025-01-01", "2025-03-01"),
        "New": ("2025-02-01", "2025-02-01"),
        "Dated": ("2020-02-02", "2020-02-02"),
    }
    assert dates(site) == expected
    (site / "articles/new.md").write_text("# New\n\nText.\n")
    commit(site, "2025-04-01")
    expected["New"] = ("2025-02-01", "2025-04-01")
    assert dates(site) == expected
    assert dates(site, cached=False) == expected


def test_a_shallow_clone_is_told(write_site: Write, tmp_path: Path) -> None:
    site = write_site({"articles/bread.md": LONG}, 'date_from = "git"\n')
    git(site, "init", "-q")
    commit(site, "2025-01-01")
    (site / "articles/bread.md").write_text(LONG + "More.\n")
    commit(site, "2025-03-01")
    git(tmp_path, "clone", "-q", "--depth", "1", site.as_uri(), "clone")
    built = build(tmp_path / "clone")
    assert "git fetch --unshallow" in str(built.warnings[0])
    assert dates(tmp_path / "clone") == {"Bread": ("2025-03-01", "2025-03-01")}


def test_without_a_repository_the_setting_is_the_problem(write_site: Write) -> None:
    site = write_site({"articles/bread.md": LONG}, 'date_from = "git"\n')
    with pytest.raises(FeedpubError, match=r"site\.date_from: git can't tell when"):
        build(site)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("blog/authors.yml", "alex:\n  name: Alex Soble\n  email: alex@news.example.org\n  url: https://a.example\nada: Ada L\n"),
        ("authors.yaml", "authors:\n  alex: {name: Alex Soble, email: alex@news.example.org}\n  ada: {name: Ada L}\n"),
        ("data/authors.toml", '[alex]\nname = "Alex Soble"\nemail = "alex@news.example.org"\n[ada]\nname = "Ada L"\n'),
        ("authors.json", '{"alex": {"name": "Alex Soble", "email": "alex@news.example.org"}, "ada": {"name": "Ada L"}}'),
    ],
)
def test_a_file_says_who_an_author_is(write_site: Write, name: str, text: str) -> None:
    files = {"articles/a.md": article("A", author="[alex, ada, Grace]"), name: text}
    site = write_site(files, f'authors_file = "{name}"\n[authors]\nada = "Ada Lovelace"\n')

    def authors() -> list[str]:
        return [author.name for author in feedparser.parse((build(site).output / "atom.xml").read_bytes()).entries[0].authors]

    assert authors() == ["Alex Soble", "Ada Lovelace", "Grace"]
    (site / name).write_text(text.replace("Alex Soble", "Alexa"))
    assert authors() == ["Alexa", "Ada Lovelace", "Grace"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("authors.yml", "alex: Alex\nada: []\n", "authors.yml:2: ada: has no name"),
        ("authors.yml", "alex: [\n", "authors.yml:"),
        ("authors.txt", "", "neither YAML, TOML nor JSON"),
        ("../authors.yml", "alex: Alex\n", "is not in the site's folder"),
        ("nowhere.yml", None, "nowhere.yml: "),
    ],
)
def test_a_file_of_authors_that_cannot_be_read_is_a_problem(write_site: Write, name: str, text: str | None, told: str) -> None:
    site = write_site({"articles/a.md": article("A")} | ({name: text} if text is not None else {}), f'authors_file = "{name}"\n')
    with pytest.raises(FeedpubError) as caught:
        build(site)
    assert told in str(caught.value)
