"""A cache that somebody else wrote, as one shared between jobs of CI may be, puts nothing into a feed."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zlib import crc32

import pytest
from click.testing import Result

from feedpub.publishing import build
from tests.conftest import Write, article, tree

Run = Callable[..., Result]
SCRIPT = b"<script>alert(1)</script>"
FILES = {f"articles/{n}.md": article(f"Title {n}", f"2025-01-{n + 1:02}", body="A harmless sentence here.") for n in range(9)}


@pytest.fixture
def site(write_site: Write) -> Path:
    site = write_site(FILES)
    build(site)
    return site


def forged(site: Path, kind: str, change: Callable[[bytes], bytes]) -> None:
    """Change every record of a kind, as somebody may who can write to the file but has no key."""
    with closing(sqlite3.connect(site / ".feedpub/cache.db", isolation_level=None)) as conn:
        for key, value in conn.execute(f"SELECT key, value FROM {kind} WHERE key != x'00'").fetchall():
            made = change(value)
            conn.execute(f"UPDATE {kind} SET value = ?, seal = ? WHERE key = ?", (made, crc32(made, crc32(key)), key))


def test_a_body_that_somebody_put_into_it_reaches_no_feed(site: Path) -> None:
    expected = tree(site / "public")
    forged(site, "bodies", lambda value: value.replace(b"A harmless sentence here.", SCRIPT))
    shutil.rmtree(site / "public")
    build(site)
    assert tree(site / "public") == expected


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("articles", b"Title", b"Other"),
        ("articles", b"Uncategorized", b"<script></scr"),
        ("files", b"", b"x"),
        ("about", b"", b"x"),
        ("warnings", b"", b"x"),
    ],
)
def test_no_record_that_somebody_changed_changes_a_byte(site: Path, kind: str, old: bytes, new: bytes) -> None:
    expected = tree(site / "public")
    forged(site, kind, lambda value: value.replace(old, new))
    (site / "articles/0.md").write_text(article("Title 0", "2025-01-01", body="A harmless sentence here.") + "\n")
    build(site)
    assert tree(site / "public") == expected


def test_a_record_under_the_key_of_another_is_none(site: Path) -> None:
    expected = tree(site / "public")
    with closing(sqlite3.connect(site / ".feedpub/cache.db", isolation_level=None)) as conn:
        ((value, seal),) = conn.execute("SELECT value, seal FROM bodies LIMIT 1").fetchall()
        conn.execute("UPDATE bodies SET value = ?, seal = ?", (value, seal))
        conn.execute("INSERT OR REPLACE INTO warnings SELECT key, value, seal FROM bodies")
    shutil.rmtree(site / "public")
    build(site)
    assert tree(site / "public") == expected


def test_what_another_user_sealed_is_not_believed(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = tree(site / "public")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "theirs"))
    build(site)
    assert tree(site / "public") == expected
    key = tmp_path / "theirs/feedpub/cache.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32


def test_a_key_in_the_environment_lets_machines_share_a_cache(
    write_site: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDPUB_CACHE_KEY", "0123456789abcdef")
    site = write_site(FILES)
    build(site)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another machine"))
    rendered: list[int] = []

    def seen(things: object, label: str, length: int) -> object:
        if label == "rendering":
            rendered.append(length)
        return things

    shutil.rmtree(site / "public")
    build(site, progress=seen)  # type: ignore[arg-type]
    assert rendered == [0]
    monkeypatch.setenv("FEEDPUB_CACHE_KEY", "another key of CI")
    shutil.rmtree(site / "public")
    build(site, progress=seen)  # type: ignore[arg-type]
    assert rendered == [0, 9]
    assert not (tmp_path / "another machine").exists()


def test_a_key_that_can_be_guessed_is_one_line(site: Path, feedpub: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDPUB_CACHE_KEY", "secret")
    done = feedpub("build", site)
    assert done.exit_code == 1
    assert "FEEDPUB_CACHE_KEY: has 6 characters, and can be guessed; write 32 or more" in done.stderr


def test_where_no_key_can_be_kept_it_builds_without_and_says_so(site: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, and no folder")
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")}
    done = subprocess.run([sys.executable, "-m", "feedpub", "build", site], capture_output=True, text=True, env=environment)
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert "cache.db: warning: isn't used: no key can be kept" in line
    assert "FEEDPUB_CACHE_KEY" in line


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER more AFTER INSERT ON bodies BEGIN DELETE FROM bodies; END",
        "DROP TABLE bodies; CREATE VIEW bodies AS "
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x AS key, x AS value, x AS seal FROM n",
    ],
)
def test_what_would_run_in_the_file_is_thrown_away_with_it(site: Path, feedpub: Run, statement: str) -> None:
    expected = tree(site / "public")
    with closing(sqlite3.connect(site / ".feedpub/cache.db", isolation_level=None)) as conn:
        conn.executescript(statement)
    shutil.rmtree(site / "public")
    done = feedpub("build", site)
    assert done.exit_code == 0
    assert "cache.db: warning: was damaged, and is made anew" in done.stderr
    assert tree(site / "public") == expected
