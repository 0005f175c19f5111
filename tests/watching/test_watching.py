"""A real watcher sees every change of a site's files, however it is made, and nothing that feedpub itself writes."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from feedpub.publishing import build
from feedpub.watching import Watcher
from tests.conftest import SETTINGS, Write, article

# Turns of a wait: enough that the stamps were looked at twice.
_MANY = 6


def sees(watcher: Watcher) -> bool:
    """Whether there is news within many turns."""
    turns = count()
    return watcher.wait(due=lambda: next(turns) >= _MANY)


@contextmanager
def watching(folder: Path, output: Path | None = None) -> Iterator[Watcher]:
    with Watcher(folder, output, tell=pytest.fail) as watcher:
        yield watcher


@pytest.fixture
def site(write_site: Write) -> Path:
    return write_site({"articles/one.md": article("One"), "articles/deep/two.md": article("Two")})


def in_place(file: Path) -> None:
    file.write_text(article("Changed"))


def appended(file: Path) -> None:
    with file.open("a") as text:
        text.write("More.\n")


def renamed_over(file: Path) -> None:  # most editors and sync tools
    (file.parent / f".{file.name}.tmp").write_text(article("Changed"))
    os.replace(file.parent / f".{file.name}.tmp", file)


def with_a_backup(file: Path) -> None:  # vim: the old file is moved away, a new one written, the old one removed
    file.rename(file.with_name(f"{file.name}~"))
    file.write_text(article("Changed"))
    file.with_name(f"{file.name}~").unlink()


def removed_and_written(file: Path) -> None:
    file.unlink()
    file.write_text(article("Changed"))


def with_its_old_time(file: Path) -> None:  # rsync -t, unzip, and a text of the same length
    status = file.stat()
    file.write_bytes(file.read_bytes().replace(b"One", b"Uno"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def from_another_folder(file: Path) -> None:  # a download, or a sync tool's staging folder
    (file.parents[2] / "staging").mkdir()
    (file.parents[2] / "staging/x").write_text(article("Changed"))
    (file.parents[2] / "staging/x").rename(file)


def removed(file: Path) -> None:
    file.unlink()


def beside_it(file: Path) -> None:
    file.with_name("three.md").write_text(article("Three"))


def a_picture(file: Path) -> None:
    file.with_name("one.png").write_bytes(b"\x89PNG")


def in_a_new_folder(file: Path) -> None:
    (file.parent / "new/deeper").mkdir(parents=True)
    (file.parent / "new/deeper/three.md").write_text(article("Three"))


def the_folder_renamed(file: Path) -> None:
    (file.parent / "deep").rename(file.parent / "deeper")


def the_settings(file: Path) -> None:
    appended(file.parents[1] / "feedpub.toml")


WAYS = [
    in_place, appended, renamed_over, with_a_backup, removed_and_written, with_its_old_time, from_another_folder, removed,
    beside_it, a_picture, in_a_new_folder, the_folder_renamed, the_settings,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_of_saving_is_seen(site: Path, way: Callable[[Path], None]) -> None:
    with watching(site) as watcher:
        way(site / "articles/one.md")
        assert sees(watcher)


def test_what_changes_while_nobody_waits_is_news_at_the_next_wait(site: Path) -> None:
    with watching(site) as watcher:
        build(site)
        in_place(site / "articles/one.md")
        assert sees(watcher)


@pytest.mark.parametrize(
    ("articles", "output"),
    [
        ("public-articles", "public"),
        ("posts", "post"),
        ("issues", "public"),
        ("feedpub.db-notes", "public"),
        ("articles", "."),
        ("articles", ".."),
    ],
)
def test_only_what_is_in_the_output_is_passed_over(tmp_path: Path, articles: str, output: str) -> None:
    site = tmp_path / "outer/site"
    (site / articles).mkdir(parents=True)
    (site / articles / "one.md").write_text(article("One"))
    (site / "feedpub.toml").write_text(f'{SETTINGS}articles = "{articles}"\noutput = "{output}"\n')
    with watching(site) as watcher:
        build(site, adopt=True)
        assert not sees(watcher)
        in_place(site / articles / "one.md")
        assert sees(watcher)


@pytest.mark.parametrize("above", ["node_modules", ".git/worktree", ".venv/lib/site-packages", ".idea"])
def test_names_above_the_site_say_nothing_of_it(site: Path, tmp_path: Path, above: str) -> None:
    place = tmp_path / above / "site"
    place.parent.mkdir(parents=True)
    shutil.copytree(site, place)
    with watching(place) as watcher:
        in_place(place / "articles/one.md")
        assert sees(watcher)


def test_folders_of_articles_outside_go_and_come_back(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/feedpub.toml").write_text(f'{SETTINGS}articles = "../content"\n')
    (tmp_path / "content").mkdir()
    (tmp_path / "content/one.md").write_text(article("One"))
    with watching(tmp_path / "site") as watcher:
        shutil.rmtree(tmp_path / "content")
        assert sees(watcher)
        (tmp_path / "content").mkdir()
        (tmp_path / "content/one.md").write_text(article("Back"))
        assert sees(watcher)
        in_place(tmp_path / "content/one.md")
        assert sees(watcher)


def test_the_folder_of_the_site_is_replaced(site: Path) -> None:
    other = site.with_name("other")
    shutil.copytree(site, other)
    with watching(site) as watcher:
        site.rename(site.with_name("old"))
        other.rename(site)
        assert sees(watcher)
        in_place(site / "articles/one.md")
        assert sees(watcher)


def test_a_site_that_comes_later_is_seen(site: Path) -> None:
    later = site.with_name("later")
    with watching(later) as watcher:
        assert not sees(watcher)
        site.rename(later)
        assert sees(watcher)


def test_settings_may_name_another_folder(site: Path) -> None:
    (site.parent / "elsewhere").mkdir()
    (site.parent / "elsewhere/three.md").write_text(article("Three"))
    with watching(site) as watcher:
        (site / "feedpub.toml").write_text(f'{SETTINGS}articles = "../elsewhere"\n')
        assert sees(watcher)
        in_place(site.parent / "elsewhere/three.md")
        assert sees(watcher)


def test_a_branch_is_switched(site: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@news.example.org")
        subprocess.run(["git", *who, *words], cwd=site, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    git("switch", "-qc", "other")
    git("rm", "-qr", "articles")
    git("commit", "-qm", "none")
    with watching(site) as watcher:
        git("switch", "-q", "-")
        assert sees(watcher)
        in_place(site / "articles/one.md")
        assert sees(watcher)


def test_a_linked_article_changes_where_it_lies(site: Path, tmp_path: Path) -> None:
    (tmp_path / "vault.md").write_text(article("Linked"))
    (site / "articles/linked.md").symlink_to(tmp_path / "vault.md")
    with watching(site) as watcher:
        in_place(tmp_path / "vault.md")
        assert sees(watcher)


def test_what_commands_of_ours_write_is_no_news(site: Path) -> None:
    with watching(site, site / "elsewhere") as watcher:
        build(site)
        build(site, site / "elsewhere")
        with sqlite3.connect(site / "feedpub.db") as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE ledger (n)")
        (site / "outbox/new").mkdir(parents=True)
        (site / "outbox/new/1").write_text("a letter")
        (site / "issue").mkdir()
        (site / "issue/issue.html").write_text("an issue")
        assert not sees(watcher)


def test_a_stop_ends_the_wait(site: Path) -> None:
    stop = threading.Event()
    with Watcher(site, stop=stop, tell=pytest.fail) as watcher:
        threading.Timer(0.1, stop.set).start()
        assert not watcher.wait()


def test_where_the_system_has_no_watches_left_it_says_so_and_looks(site: Path) -> None:
    program = f"""
import itertools, pathlib
from feedpub.watching import Watcher
turns = itertools.count()
with Watcher(pathlib.Path({str(site)!r}), tell=print) as watcher:
    assert not watcher.wait(due=lambda: next(turns) >= 6)
    pathlib.Path({str(site / "articles/one.md")!r}).write_text("x")
    print(watcher.wait())
"""
    limited = f'echo 0 > /proc/sys/user/max_inotify_instances && exec {sys.executable} -c "$0"'
    command = ["unshare", "-Ur", "sh", "-c", limited, program]
    done = subprocess.run(command, capture_output=True, text=True)
    if "unshare" in done.stderr or "cannot create" in done.stderr:
        pytest.skip("this system gives no namespace of its own")
    assert done.stderr == ""
    told, seen = done.stdout.splitlines()
    assert "max_user_watches" in told
    assert seen == "True"
