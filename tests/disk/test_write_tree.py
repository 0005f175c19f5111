"""write_tree: whole or not at all, and never on what is not ours."""

import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from feedpub.disk import MANIFEST, Changes
from feedpub.disk import write_tree as write
from feedpub.errors import FeedpubError

OLD = {"a/rss.xml": b"old a", "rss.xml": b"old", "index.html": b"old page", "b/rss.xml": b"old b"}
NEW = {"a/rss.xml": b"new a", "c/rss.xml": b"new c", "rss.xml": b"new", "index.html": b"new page"}


def write_tree(output: Path, tree: dict[str, bytes], *, adopt: bool = False) -> Changes:
    return write(output, list(tree), lambda stamps: tree.items(), adopt=adopt)


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST}


def test_a_tree_is_written_and_the_old_one_leaves(tmp_path: Path) -> None:
    write_tree(tmp_path / "out", OLD)
    changes = write_tree(tmp_path / "out", NEW)
    assert files(tmp_path / "out") == NEW
    assert changes.removed == ("b/rss.xml",)
    assert not (tmp_path / "out/b").exists()


def test_the_same_bytes_keep_their_time(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in (*OLD, MANIFEST)}
    changes = write_tree(tmp_path, OLD)
    assert changes.kept == tuple(sorted(OLD))
    assert {path: (tmp_path / path).stat().st_mtime_ns for path in before} == before


def test_a_folder_with_files_of_others_is_refused_unless_adopted(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FeedpubError, match=r"notes\.txt.*--adopt"):
        write_tree(tmp_path, NEW)
    assert files(tmp_path) == {"notes.txt": b"mine"}
    write_tree(tmp_path, NEW, adopt=True)
    write_tree(tmp_path, {})
    assert files(tmp_path) == {"notes.txt": b"mine"}


def test_a_hidden_file_makes_no_folder_foreign(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write_tree(tmp_path, NEW)
    assert files(tmp_path) == NEW


@pytest.mark.parametrize("adopt", [False, True])
def test_a_file_that_no_build_wrote_is_not_overwritten(tmp_path: Path, adopt: bool) -> None:
    write_tree(tmp_path, {"a/rss.xml": b"old a"})
    (tmp_path / "rss.xml").write_bytes(b"by hand")
    with pytest.raises(FeedpubError, match=r"rss\.xml: was written by no build"):
        write_tree(tmp_path, NEW, adopt=adopt)
    assert files(tmp_path) == {"a/rss.xml": b"old a", "rss.xml": b"by hand"}


def test_a_folder_of_somebody_stays_when_our_files_in_it_go(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    (tmp_path / "b/mine.txt").write_text("mine")
    write_tree(tmp_path, NEW)
    assert (tmp_path / "b/mine.txt").read_text() == "mine"
    assert not (tmp_path / "b/rss.xml").exists()


@pytest.mark.parametrize("link", ["rss.xml", "a"])
def test_no_link_is_written_through(tmp_path: Path, link: str) -> None:
    outside, out = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    (outside / "rss.xml").write_bytes(b"precious")
    write_tree(out, {"index.html": b"old page"})
    (out / link).symlink_to(outside / link if link == "rss.xml" else outside)
    with pytest.raises(FeedpubError, match="link"):
        write_tree(out, NEW)
    assert files(outside) == {"rss.xml": b"precious"}
    assert (out / "index.html").read_bytes() == b"old page"


def test_no_link_is_followed_when_files_leave(tmp_path: Path) -> None:
    outside, out = tmp_path / "outside", tmp_path / "out"
    write_tree(out, OLD)
    (out / "b").rename(outside)
    (out / "b").symlink_to(outside)
    write_tree(out, NEW)
    assert files(outside) == {"rss.xml": b"old b"}


@pytest.mark.parametrize("path", ["../x", "/tmp/x", "a/../../x", "", "a\\b", "a\0b"])
def test_no_path_leads_out(tmp_path: Path, path: str) -> None:
    with pytest.raises(FeedpubError):
        write_tree(tmp_path / "out", {path: b"x"})
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("manifest", ["{", "[]", '{"files": ["../../etc/passwd"]}', '{"files": [1]}', "[" * 100_000])
def test_a_damaged_manifest_removes_nothing(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "x").write_text("x")
    (tmp_path / MANIFEST).write_text(manifest)
    with pytest.raises(FeedpubError, match="damaged"):
        write_tree(tmp_path, NEW)
    assert files(tmp_path) == {"x": b"x"}


def test_a_compressed_copy_is_never_older_than_its_file(tmp_path: Path) -> None:
    write_tree(tmp_path, {"rss.xml": b"old", "rss.xml.gz": b"old gz", "rss.xml.br": b"old br"})
    for crash in range(12):
        _crash_at(crash, tmp_path, {"rss.xml": b"new", "rss.xml.gz": b"new gz", "rss.xml.br": b"new br"})
        found = files(tmp_path)
        new = found["rss.xml"] == b"new"
        for suffix in ("gz", "br"):
            assert found.get(f"rss.xml.{suffix}") in {None, (b"new " if new else b"old ") + suffix.encode()}
    write_tree(tmp_path, {"rss.xml": b"new"})
    assert files(tmp_path) == {"rss.xml": b"new"}


@pytest.mark.parametrize("crash", range(0, 24, 2))
def test_a_crash_at_any_moment_leaves_whole_files_and_the_next_build_mends(tmp_path: Path, crash: int) -> None:
    write_tree(tmp_path, OLD)
    _crash_at(crash, tmp_path, NEW)
    for path, data in files(tmp_path).items():
        if not path.startswith(".feedpub-staging/"):
            assert data in {OLD.get(path), NEW.get(path)}
    write_tree(tmp_path, NEW)
    assert files(tmp_path) == NEW


def _crash_at(step: int, output: Path, new: dict[str, bytes]) -> None:
    """Writes `new` in a process that ends, without any clean-up, at its `step`-th call of the file system that changes it."""
    program = f"""
        import os, sys
        from pathlib import Path
        from feedpub.disk import write_tree
        left = {step}
        def watch(event, args):
            global left
            writes = event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir") or (
                event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR))
            if writes:
                left -= 1
                if left < 0:
                    os._exit(9)
        sys.addaudithook(watch)
        new = {new!r}
        write_tree(Path({str(output)!r}), list(new), lambda stamps: new.items())
    """
    done = subprocess.run([sys.executable, "-B", "-c", textwrap.dedent(program)], check=False)
    assert done.returncode in (0, 9)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_leaves_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, OLD)
    before = files(tmp_path)
    write_bytes = Path.write_bytes

    def full_after_two(place: Path, data: bytes) -> int:
        if place.name == "2":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(place))
        return write_bytes(place, data)

    monkeypatch.setattr(Path, "write_bytes", full_after_two)
    with pytest.raises(FeedpubError, match="no space left on device"):
        write_tree(tmp_path, NEW)
    assert files(tmp_path) == before


def test_two_builds_at_once_end_in_one_of_them(tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; from feedpub.disk import write_tree\n"
    program += "for n in range(20):\n tree = {f'{i}/x': sys.argv[2].encode() * n for i in range(5)}\n"
    program += " write_tree(Path(sys.argv[1]), list(tree), lambda stamps: tree.items())"
    runs = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in "ab"]
    assert [run.wait() for run in runs] == [0, 0]
    found = files(tmp_path)
    assert len(found) == 5
    assert set(found.values()) in ({b"a" * 19}, {b"b" * 19})
