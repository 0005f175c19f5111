"""The cache is only ever a shortcut: lost, damaged, locked or foreign, it costs time and nothing else."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from feedpub.disk import stamps
from feedpub.publishing import build
from tests.conftest import SETTINGS, Write, article, tree

Run = Callable[..., Result]
FILES = {f"articles/{n}.md": article(f"Title {n}", f"2025-01-{n + 1:02}", category="Maps") for n in range(9)}


@pytest.fixture
def site(write_site: Write) -> Path:
    site = write_site(FILES)
    build(site)
    return site


def settled(site: Path) -> None:
    """Let the clock pass the files of `site`, and a build see it."""
    time.sleep(2.5 * stamps.TICK / 1e9)
    build(site)


def test_an_unchanged_site_is_neither_rendered_nor_written(site: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (site / "public").rglob("*")}
    built = build(site)
    assert built.changes.written == ()
    assert set(built.changes.kept) == tree(site / "public").keys() - {".feedpub-manifest.json"}
    assert built.published == len(FILES)
    assert {path: path.stat().st_mtime_ns for path in (site / "public").rglob("*")} == before


def test_other_bytes_of_the_same_length_and_time_are_seen(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "TICK", 20_000_000)
    settled(site)
    path = site / "articles/8.md"
    before = path.stat()
    path.write_text(path.read_text().replace("Title 8", "Other 8"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    build(site)
    assert b"Other 8" in (site / "public/rss.xml").read_bytes()


def test_of_an_edit_only_its_feeds_are_written(site: Path) -> None:
    (site / "articles/new.md").write_text(article("New", category="Craft"))
    built = build(site)
    assert {path for path in built.changes.written if path.startswith("maps/")} == set()
    assert {"craft/rss.xml", "rss.xml", "index.html"} <= set(built.changes.written)


def test_the_cache_of_another_version_is_made_anew_without_a_word(site: Path, feedpub: Run) -> None:
    with sqlite3.connect(site / ".feedpub/cache.db") as conn:
        conn.execute("UPDATE about SET value = x'01' WHERE key = x'00'")
    conn.close()
    done = feedpub("build", site)
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize("damage", [b"", b"not a database", b"SQLite format 3\0" + bytes(9000), None])
def test_a_damaged_cache_is_one_line_and_changes_nothing(site: Path, feedpub: Run, damage: bytes | None) -> None:
    cache = site / ".feedpub/cache.db"
    data = cache.read_bytes()
    cache.write_bytes(data[:100] + b"\xff" * (len(data) - 100) if damage is None else damage)
    (site / "articles/new.md").write_text(article("New"))
    done = feedpub("build", site)
    assert done.exit_code == 0
    assert "New" in (site / "public/rss.xml").read_text()
    if damage != b"":
        (line,) = done.stderr.splitlines()
        assert "cache.db: warning: was damaged" in line
    assert feedpub("build", site).stderr == ""


@pytest.mark.parametrize(
    ("there", "damaged"),
    [(b"CREATE TABLE about", b"CREATE\xa0TABLE about"), (b"sqlite_autoindex_about", b"sqlite_aut\xefindex_about"),
     (b"value BLOB", b"valve BLOB"), (b"SQLite format 3\0", b"SQLite format 3\0")],
)  # fmt: skip
def test_damage_to_its_tables_is_mended(site: Path, feedpub: Run, there: bytes, damaged: bytes) -> None:
    cache = site / ".feedpub/cache.db"
    data = cache.read_bytes().replace(there, damaged)
    cache.write_bytes(data if there != damaged else data[:44] + b"\xff" * 4 + data[48:])  # a format of the schema from tomorrow
    for _ in range(2):
        (site / "articles/new.md").write_text(article("New"))
        done = feedpub("build", site)
        assert done.exit_code == 0
    assert done.stderr == ""


def test_without_cache_nothing_is_kept(write_site: Write, feedpub: Run) -> None:
    site = write_site(FILES)
    assert feedpub("build", site, "--no-cache").exit_code == 0
    assert not (site / ".feedpub").exists()


def test_the_cache_of_another_site_changes_nothing(site: Path, write_site: Write) -> None:
    other = write_site({path: text.replace("Title", "Other") for path, text in FILES.items()}, name="other")
    build(other)
    expected = tree(other / "public")
    shutil.copytree(site / ".feedpub", other / ".feedpub", dirs_exist_ok=True)
    build(other)
    assert tree(other / "public") == expected


@pytest.mark.parametrize("name", [".feedpub", ".feedpub/cache.db"])
def test_a_link_in_its_place_is_not_written_through(write_site: Write, feedpub: Run, tmp_path: Path, name: str) -> None:
    site = write_site(FILES)
    target = tmp_path / "theirs"
    target.mkdir() if name == ".feedpub" else target.write_text("theirs")
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).symlink_to(target)
    assert feedpub("build", site).exit_code == 0
    assert list(target.iterdir()) == [] if target.is_dir() else target.read_text() == "theirs"


def test_a_locked_cache_is_done_without(site: Path, feedpub: Run) -> None:
    (site / "articles/new.md").write_text(article("New"))
    conn = sqlite3.connect(site / ".feedpub/cache.db", isolation_level=None)
    conn.execute("BEGIN EXCLUSIVE")
    done = feedpub("build", site)
    conn.close()
    assert done.exit_code == 0
    assert "can't be used (database is locked)" in done.stderr
    assert "New" in (site / "public/rss.xml").read_text()


def test_two_builds_at_once_agree(write_site: Write) -> None:
    site = write_site(FILES)
    for turn in range(3):
        (site / "articles/0.md").write_text(article(f"Turn {turn}"))
        runs = [subprocess.Popen([sys.executable, "-m", "feedpub", "build", site], stdout=subprocess.DEVNULL) for _ in range(3)]
        assert [run.wait() for run in runs] == [0, 0, 0]
        found = tree(site / "public")
        build(site, cached=False)
        assert found == tree(site / "public")


def test_a_build_with_other_settings_in_between_changes_nothing(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "TICK", 20_000_000)
    settled(site)
    (site / "feedpub.toml").write_text(f"{SETTINGS}[feeds]\n")
    build(site)

    def meanwhile(things: Iterable[Any], label: str, length: int) -> Iterator[Any]:
        if label == "reading":
            (site / "feedpub.toml").write_text(SETTINGS.replace("Europe/Malta", "Asia/Tokyo"))
            build(site)
            (site / "feedpub.toml").write_text(SETTINGS)
        yield from things

    for name in "ab":
        (site / f"articles/{name}.md").write_text(article(f"New {name}"))
        build(site, **({"progress": meanwhile} if name == "a" else {}))
    build(site, tmp_path / "clean", cached=False)
    assert tree(site / "public") == tree(tmp_path / "clean")


def test_a_warning_that_was_damaged_is_told_again(site: Path) -> None:
    (site / "articles/odd.md").write_text(article(body="{{image: x, q}}"))
    expected = build(site).warnings
    with sqlite3.connect(site / ".feedpub/cache.db") as conn:
        conn.execute("UPDATE warnings SET seal = x'00'")
    conn.close()
    (site / "articles/new.md").write_text(article("New"))
    assert build(site).warnings == expected != ()


def test_a_warning_that_another_build_takes_out_of_the_cache_is_told(site: Path, tmp_path: Path) -> None:
    (site / "articles/odd.md").write_text(article(body="{{image: x, q}}", draft="true"))

    def meanwhile(things: Iterable[Any], label: str, length: int) -> Iterator[Any]:
        if label == "writing":
            build(site)
        yield from things

    first = build(site, tmp_path / "preview", drafts=True, progress=meanwhile)
    assert len(first.warnings) == 1
    assert build(site, tmp_path / "preview", drafts=True).warnings == first.warnings


@pytest.mark.parametrize("path", ["rss.xml", "index.html"])
def test_a_file_that_is_mended_keeps_its_compressed_copies(write_site: Write, path: str) -> None:
    site = write_site(FILES, '[feeds]\ncompress = ["gz", "br"]\n')
    build(site)
    expected = tree(site / "public")
    (site / "public" / path).unlink()
    assert build(site).changes.written == (path,)
    assert tree(site / "public") == expected


def test_an_image_that_leaves_the_site_or_grows_while_it_is_built_is_seen(write_site: Write, tmp_path: Path) -> None:
    site = write_site({"articles/a.md": article(image="/images/a.png"), "images/a.png": b"png"})

    def meanwhile(things: Iterable[Any], label: str, length: int) -> Iterator[Any]:
        (site / "images/a.png").write_bytes(b"a larger png")
        yield from things

    build(site, progress=meanwhile)
    build(site)
    assert b'length="12"' in (site / "public/rss.xml").read_bytes()
    (site / "images").rename(tmp_path / "elsewhere")
    (site / "images").symlink_to(tmp_path / "elsewhere")
    build(site)
    assert b'length="12"' not in (site / "public/rss.xml").read_bytes()


def test_an_image_is_found_from_another_folder_too(write_site: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "TICK", 20_000_000)
    site = write_site({"articles/a.md": article(image="a.png")})
    monkeypatch.chdir(tmp_path)
    build(Path("site"))
    settled(Path("site"))
    (site / "articles/a.png").write_bytes(b"png")
    monkeypatch.chdir(site)
    build(Path())
    assert b'length="3"' in (site / "public/rss.xml").read_bytes()


def test_a_file_whose_name_is_not_utf8_is_built_each_time(write_site: Write) -> None:
    site = write_site(FILES)
    name = os.fsencode(site / "articles") + b"/\xff.md"
    with open(name, "w") as file:  # noqa: PTH123
        file.write(article("Odd", slug="odd", body="{{image: x, q}}"))
    first = build(site)
    assert "Odd" in (site / "public/rss.xml").read_text()
    assert build(site).warnings == first.warnings != ()


def test_a_folder_that_became_a_link_is_refused_as_without_a_cache(site: Path, feedpub: Run, tmp_path: Path) -> None:
    (site / "public/maps").rename(tmp_path / "elsewhere")
    (site / "public/maps").symlink_to(tmp_path / "elsewhere")
    assert "leads out of the output folder" in feedpub("build", site).stderr


def test_what_a_killed_build_left_is_swept_away(site: Path, feedpub: Run) -> None:
    (site / "public/.feedpub-staging").mkdir()
    assert feedpub("build", site).exit_code == 0
    assert not (site / "public/.feedpub-staging").exists()


def test_no_file_is_made_behind_a_link_that_leads_nowhere(write_site: Write, feedpub: Run, tmp_path: Path) -> None:
    site = write_site(FILES)
    (site / ".feedpub").mkdir()
    (site / ".feedpub/.gitignore").symlink_to(tmp_path / "precious")
    assert feedpub("build", site).exit_code == 0
    assert not (tmp_path / "precious").exists()
