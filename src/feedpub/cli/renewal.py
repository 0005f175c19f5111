"""What is published stays what is to be: an article whose time comes is built without a command, and one that expired goes."""

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import click

from feedpub.disk import read_manifest
from feedpub.errors import FeedpubError

# Seconds between two looks at what the last build said, and after a build that failed.
_LOOK, _AGAIN = 2.0, 60.0
_TURN = 0.2


def renewal(folder: Path, output: Path, stop: threading.Event) -> threading.Thread:
    """A thread, not started, that builds the site in `folder` into `output` whenever its articles' time comes, until `stop`.

    The last build left that moment in the output's manifest; where nothing waits, or it was built with --drafts or --future,
    nothing is built. A build that fails is told in one line and tried again each minute: what was published stays.
    """
    return threading.Thread(target=_follow, args=(folder, output, stop), name="renewal")


def _follow(folder: Path, output: Path, stop: threading.Event) -> None:
    told = ""  # a failure is told once, however often it comes
    while not stop.is_set():
        now, due = datetime.now(UTC), _due(output)
        if due is None or due > now:
            stop.wait(_LOOK if due is None else min(_LOOK, (due - now).total_seconds()))
            continue
        failed = _build(folder, output, stop)
        if stop.is_set():
            return
        if failed != told or not failed:
            click.echo(
                f"{now:%Y-%m-%d %H:%M:%S} {failed or 'The time of an article came: the site was built.'}", err=bool(failed)
            )
        told = failed
        if failed or _due(output) == due:
            stop.wait(_AGAIN)


def _due(output: Path) -> datetime | None:
    try:
        return read_manifest(output).until
    except (FeedpubError, OSError):  # somebody is at the folder: the next look tells
        return None


def _build(folder: Path, output: Path, stop: threading.Event) -> str:
    """Build in a process of its own, so that nobody who is served waits for it; what is wrong in one line, or ""."""
    command = [sys.executable, "-m", "feedpub", "build", "-o", str(output), "--", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace") as build:  # noqa: S603 our own command
        while True:
            try:
                said = build.communicate(timeout=_TURN)[1]
                break
            except subprocess.TimeoutExpired:
                if stop.is_set():
                    build.terminate()
    if build.returncode == 0:
        return ""
    first = next(iter(said.strip().splitlines()), f"the build ended with {build.returncode}")
    return f"The time of an article came, but the build fails, and what was published stays: {first}"
