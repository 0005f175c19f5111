"""An article that waits is published at its time, without another command, by all that keeps running."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedpub.preview.live import Live
from feedpub.publishing import build
from tests.conftest import Write, article, in_a_loop
from tests.digest.conftest import DIGEST

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


def site(write_site: Write, due: datetime, settings: str = "", **more: str) -> Path:
    files = {"articles/out.md": article("Out", (NOW - DAY).isoformat()), "articles/soon.md": article("Soon", due.isoformat())}
    return write_site(files | more, settings)


def titles(output: Path) -> set[str]:
    return {item["title"] for item in json.loads((output / "feed.json").read_bytes())["items"]}


@contextmanager
def running(*command: object) -> Iterator["subprocess.Popen[str]"]:
    program = [sys.executable, "-u", "-m", "feedpub", *map(str, command)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        yield process
        process.send_signal(signal.SIGINT)


def line_with(words: str, process: "subprocess.Popen[str]") -> str:
    """The first line that says so; the test's timeout is what ends the wait."""
    assert process.stdout
    return next(line for line in process.stdout if words in line)


def test_a_watching_build_publishes_it_at_its_time(write_site: Write) -> None:
    folder = site(write_site, datetime.now(UTC) + timedelta(seconds=4))
    with running("build", "--watch", folder) as process:
        line_with("1 later", process)
        assert titles(folder / "public") == {"Out"}
        line_with("from 2 articles", process)
        assert titles(folder / "public") == {"Out", "Soon"}


def test_the_schedule_publishes_what_came_due_while_nothing_ran(write_site: Write) -> None:
    folder = site(write_site, NOW - timedelta(hours=1), DIGEST)
    build(folder, now=NOW - timedelta(hours=2))
    with running("schedule", "--site", folder) as process:
        assert "The time of an article came: the site was built." in line_with("The time", process)
        assert titles(folder / "public") == {"Out", "Soon"}


@pytest.mark.parametrize("way", ["drafts", "future"])
def test_what_was_built_in_a_way_of_its_own_is_left_alone(write_site: Write, way: str) -> None:
    folder = site(write_site, NOW - timedelta(hours=1))
    build(folder, now=NOW - timedelta(hours=2), drafts=way == "drafts", future=way == "future")
    assert "until" not in json.loads((folder / "public/.feedpub-manifest.json").read_bytes())


def test_a_build_that_fails_is_told_in_a_line_and_the_old_stays(write_site: Write) -> None:
    folder = site(write_site, NOW - timedelta(hours=1), DIGEST)
    build(folder, now=NOW - timedelta(hours=2))
    (folder / "articles/bad.md").write_text("---\ntitle: Bad\npublishedAt: some day\n---\n")
    with running("schedule", "--site", folder) as process:
        told = line_with("The time of an article came", process)
        assert "but the build fails, and what was published stays: " in told
        assert "articles/bad.md:3: publishedAt" in told
    assert titles(folder / "public") == {"Out"}


def test_the_preview_shows_what_waits_and_reads_again_at_its_time(write_site: Write) -> None:
    folder = site(write_site, NOW + DAY)
    clock = [NOW]

    async def follow() -> None:
        live = Live(folder, lambda: clock[0])
        assert live.reading.later == {"soon"}
        assert [one.title for one in live.reading.feeds[0].articles] == ["Out"]
        work = asyncio.create_task(live.follow())
        clock[0] += DAY
        async for number in live.news(live.reading.number):
            if number and not live.reading.later:
                break
        assert {one.title for one in live.reading.feeds[0].articles} == {"Out", "Soon"}
        live.stop()
        await work

    in_a_loop(follow())
