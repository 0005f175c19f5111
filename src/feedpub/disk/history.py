"""When git first and last saw each file of a folder: one look at its log, whatever the number of files."""

import os
from collections.abc import Iterable
from pathlib import Path

from feedpub.errors import FeedpubError, Problem

# Nothing that a repository brings along is run: no pager, no signature, no filter, no monitor.
_GIT = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.quotePath=false")
_LOG = (
    "log",
    "--no-ext-diff",
    "--no-textconv",
    "--find-renames",
    "--name-status",
    "-z",
    "--format=%x02%at",
    "--no-show-signature",
)


class History(dict[str, tuple[int, int]]):
    """The first and the last commit of each file, in seconds since 1970 by their authors, by the file's real path.

    `shallow` tells that the clone knows only the newest commits, so that the first may be later than it was.
    """

    shallow = False


def history(folders: Iterable[Path], *, source: str) -> History:
    """The History of the files in `folders`, under the names that they have now. Raises FeedpubError if git can't tell."""
    found = History()
    for folder in folders:
        top, shallow = _asked(folder, source, "rev-parse", "--show-toplevel", "--is-shallow-repository").split("\n")[:2]
        found.shallow |= shallow == "true"
        _follow(found, os.path.realpath(top), _asked(folder, source, *_LOG, "--", "."))
    return found


def _follow(found: History, top: str, log: str) -> None:
    """Reads the log, newest first: a file that was renamed is known on by its newest name."""
    now: dict[str, str] = {}
    for commit in log.split("\x02")[1:]:
        when, *parts = commit.replace("\n", "\0", 1).strip("\0").split("\0")
        moment = int(when)
        changes = iter(part for part in parts if part)
        for status in changes:
            before = next(changes, "")
            after = next(changes, "") if status[:1] in "RC" else before
            name = now.get(after, after)
            if status[:1] == "R":
                now[before] = name
            path = os.path.join(top, name)
            first, last = found.get(path, (moment, moment))
            found[path] = (min(first, moment), max(last, moment))


def _asked(folder: Path, source: str, *question: str) -> str:
    import subprocess  # it takes as long to load as a build's settings, and few builds ask git

    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        answer = subprocess.run(  # noqa: S603 - the arguments are ours
            [*_GIT, *question], cwd=folder, capture_output=True, env=environment, check=False
        )
    except OSError as error:
        mend = "install it, or write a date into each article"
        raise FeedpubError([Problem(source, 0, "site.date_from", "git can't be run", mend)]) from error
    if answer.returncode:
        said = answer.stderr.decode(errors="replace").strip().split("\n")[0].removeprefix("fatal: ")
        what = f"git can't tell when articles were written: {said}"
        raise FeedpubError([Problem(source, 0, "site.date_from", what, "is the folder a clone, with a commit?")])
    return answer.stdout.decode("utf-8", "surrogateescape")
