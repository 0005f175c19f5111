"""What lies in the folders of a site at one moment: enough to see later that something changed."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from feedpub.disk.stamps import Stamp, stamp_of

_PASSED_OVER = {"node_modules", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Survey:
    """The stamp of each file, and device and number of each folder that was entered; both by absolute path."""

    files: dict[str, Stamp] = field(default_factory=dict)
    folders: dict[str, tuple[int, int]] = field(default_factory=dict)


def survey(roots: Iterable[Path], passed_over: Callable[[str], bool]) -> Survey:
    """All files below `roots`, but for hidden names, `node_modules`, and paths that are `passed_over`.

    Only names below a root count: a root may itself lie in a hidden folder. What can't be read is not there, and linked
    folders are not entered.
    """
    files: dict[str, Stamp] = {}
    folders: dict[str, tuple[int, int]] = {}
    waiting = [str(root) for root in roots]
    while waiting:
        folder = waiting.pop()
        if folder in folders:
            continue
        try:
            status = os.stat(folder)
            with os.scandir(folder) as entries:
                folders[folder] = status.st_dev, status.st_ino
                for entry in entries:
                    if entry.name.startswith(".") or entry.name in _PASSED_OVER or passed_over(entry.path):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        _note(files, entry)
        except OSError:
            continue
    return Survey(files, folders)


def _note(files: dict[str, Stamp], entry: "os.DirEntry[str]") -> None:
    try:
        files[entry.path] = stamp_of(entry.stat())
    except OSError:  # gone again, or a link that leads nowhere
        files[entry.path] = stamp_of(entry.stat(follow_symlinks=False)) if entry.is_symlink() else (0, 0, 0, 0, 0)
