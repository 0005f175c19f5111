"""A build over several processes writes the same bytes, and leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from feedpub.publishing import build
from tests.conftest import Write, article, tree

BODY = "Some *text* with [a link](/x/).\n\n" * 60
FILES = {
    f"articles/{n}.md": article(f"Title {n}", f"2025-01-{n % 28 + 1:02}", body=f"{BODY}{n}", category=f"C{n % 3}")
    for n in range(400)
}
LIMIT = "[feeds]\nlimit = 100\narchive = true\n"


@pytest.mark.parametrize("jobs", [2, 5])
def test_processes_change_no_byte(write_site: Write, tmp_path: Path, jobs: int) -> None:
    site = write_site({**FILES, "articles/odd.md": article(body="{{image: x, q}}")}, LIMIT)
    alone = build(site, tmp_path / "alone", jobs=1, cached=False)
    together = build(site, tmp_path / "together", jobs=jobs, cached=False)
    assert tree(tmp_path / "alone") == tree(tmp_path / "together")
    assert alone.warnings == together.warnings != ()


@pytest.mark.parametrize(
    ("sent", "to_all"), [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGKILL, False)]
)
@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_a_build_that_is_ended_leaves_no_process_and_no_half_file(write_site: Write, sent: signal.Signals, to_all: bool) -> None:
    site = write_site(FILES, LIMIT)
    build(site)
    before = tree(site / "public")
    for path in (site / "articles").iterdir():
        path.write_text(path.read_text().replace("text", "word"))
    command = [sys.executable, "-m", "feedpub", "build", "--no-cache", "--jobs", "3", site]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True) as run:
        while len(members(run.pid)) < 4:
            assert run.poll() is None, "ended before it was ended"
            time.sleep(0.005)
        os.killpg(run.pid, sent) if to_all else run.send_signal(sent)
        _, said = run.communicate()
    assert run.returncode != 0
    assert b"Traceback" not in said
    while members(run.pid):
        time.sleep(0.01)
    assert {path: data for path, data in tree(site / "public").items() if not path.startswith(".feedpub-staging")} == before


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_a_second_ctrl_c_ends_it_too(write_site: Write) -> None:
    site = write_site(FILES, LIMIT)
    command = [sys.executable, "-m", "feedpub", "build", "--no-cache", "--jobs", "3", site]
    for _ in range(4):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True) as run:
            while len(members(run.pid)) < 4:
                assert run.poll() is None, "ended before it was ended"
                time.sleep(0.005)
            time.sleep(0.1)
            os.killpg(run.pid, signal.SIGINT)
            time.sleep(0.01)
            os.killpg(run.pid, signal.SIGINT)
            try:
                run.wait(timeout=10)
            finally:
                for left in members(run.pid):
                    os.kill(left, signal.SIGKILL)
        assert run.returncode != 0


@pytest.mark.skipif(sys.platform != "linux", reason="counts the files that a process may open")
def test_processes_that_cannot_be_started_are_one_line(write_site: Write) -> None:
    site = write_site(FILES, LIMIT)
    limited = "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (64, 64)); from feedpub.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", limited, "build", site, "--jobs", "100"], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert "100 processes can't be started (Too many open files); try again with fewer --jobs" in done.stderr
    assert "Traceback" not in done.stderr


def members(group: int) -> list[int]:
    """The living processes of a group."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(place.name))
    return found
