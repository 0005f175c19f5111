"""Watching the files of a site: the system tells of changes at once, and a look at the stamps finds what it doesn't tell."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from feedpub.disk import MANIFEST, Survey, read_manifest, stamp, survey
from feedpub.errors import FeedpubError
from feedpub.loading import SETTINGS, load_site
from feedpub.site import Site

# Milliseconds: what comes in one STEP is one change, and it is told after GROUP at the latest. A TURN is a wait for it.
_STEP, _GROUP, _TURN = 30, 400, 500
# So many turns pass before the stamps are looked at unasked; more for a site of very many files.
_LOOK, _FILES_A_TURN = 4, 20_000
_DATABASE_FILES = ("", "-wal", "-shm", "-journal")
_NO_WATCHES = (
    "the system has no more file watches for this folder (Linux: raise fs.inotify.max_user_watches or "
    "fs.inotify.max_user_instances with sysctl); looking every two seconds instead"
)


class Watcher:
    """Sees every change of what a site is made of: its settings, its articles, and what lies beside them.

    It watches from the moment it is made, so nothing that changes while a first build runs is lost. What commands of ours
    write is no news: the output, issues, the outbox, the database. What there is to watch is worked out again at each look,
    so settings may name other folders, and folders may go and come back. `tell` hears what the operator should know.
    """

    def __init__(
        self, folder: Path, output: Path | None = None, *, stop: threading.Event | None = None, tell: Callable[[str], None]
    ) -> None:
        """`output` is where a build writes, if not where the settings say. `stop` ends `wait()`."""
        self._folder, self._output, self._tell = folder, output, tell
        self._stop = stop or threading.Event()
        self._site: Site | None = None
        self._settings: object = ()
        self._manifests: dict[Path, tuple[object, frozenset[str]]] = {}
        self._notify: RustNotify | None = None
        self._failed = self._told = False
        self._seen = self._look()
        self._listen()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Watch no more."""
        if self._notify:
            self._notify.close()
            self._notify = None

    def wait(self, *, due: Callable[[], bool] = lambda: False) -> bool:
        """Block until something changed since the last time (True), or until `due()` says so or `stop` is set (False)."""
        turns = 0  # nothing passes unseen between two calls: the first turn looks
        while not self._stop.is_set():
            if turns <= 0:
                now = self._look()
                changed, moved = now.files != self._seen.files, now.folders != self._seen.folders
                self._seen = now
                if moved or self._notify is None:
                    self._listen()
                if changed:
                    return True
                turns = _LOOK + len(now.files) // _FILES_A_TURN
            if due():
                return False
            turns = 0 if self._turn() else turns - 1
        return False

    def _turn(self) -> bool:
        """Wait a little; whether the system told of a change that may matter."""
        if self._notify is None:
            if self._failed and not self._told:  # here and not when it failed: behind what a first build prints
                self._told = True
                self._tell(_NO_WATCHES)
            self._stop.wait(_TURN / 1000)
            return False
        try:
            told = self._notify.watch(_GROUP, _STEP, _TURN, self._stop)
        except (OSError, RuntimeError):  # such as a folder that came after the last free watch was taken
            self.close()
            self._failed = True
            return True
        if told == "signal":
            raise KeyboardInterrupt
        passed_over = self._passed_over()
        return not isinstance(told, str) and any(
            not path.rpartition(os.sep)[2].startswith(".") and not passed_over(path) for _, path in told
        )

    def _listen(self) -> None:
        """Have the system tell of changes in the folders that were seen last: these, and not those of other programs."""
        self.close()
        folders = sorted(self._seen.folders)
        if not folders:
            return
        try:
            self._notify = RustNotify(folders, False, False, 0, False, True)
        except FileNotFoundError:  # it went away meanwhile; the next look sees that
            return
        except (OSError, WatchfilesRustInternalError):
            self._failed = True

    def _look(self) -> Survey:
        self._read_settings()
        return survey(self._roots(), self._passed_over())

    def _read_settings(self) -> None:
        """The Site, if there is one now: what can't be read keeps what it last said."""
        seen = stamp(self._folder / SETTINGS)
        if seen is not None and seen != self._settings:
            with suppress(FeedpubError):
                self._site = load_site(self._folder)
        self._settings = seen

    def _roots(self) -> list[Path]:
        """The site's folder, and those of its articles where they lie outside."""
        folder = self._folder.resolve()
        return sorted({folder, *((folder / own).resolve() for own in (self._site.article_folders if self._site else ()))})

    def _passed_over(self) -> Callable[[str], bool]:
        """Whether a path is one that commands of ours write."""
        folder, site = self._folder.resolve(), self._site
        roots = self._roots()
        own = {str(folder / "issue")}
        outputs = [self._output.resolve()] if self._output else []
        if site:
            outputs.append((folder / site.output).resolve())
            if site.mail.url.startswith("maildir:"):
                own.add(str((folder / site.mail.url.removeprefix("maildir:")).resolve()))
        database = site.store.url.partition(":///")[2] if site and site.store.url.startswith("sqlite") else "feedpub.db"
        if database:
            own |= {os.path.abspath(folder / database) + end for end in _DATABASE_FILES}
        for output in outputs:
            # Where articles or settings lie in the output folder, only what a build wrote there is passed over.
            own |= self._written(output) if any(root.is_relative_to(output) for root in roots) else {str(output)}
        return own.__contains__

    def _written(self, output: Path) -> frozenset[str]:
        """The files that builds wrote in `output`, as its manifest lists them."""
        seen = stamp(output / MANIFEST)
        known = self._manifests.get(output)
        if known is None or known[0] != seen:
            names: list[str] = []
            with suppress(OSError, FeedpubError):
                names = read_manifest(output).files
            known = self._manifests[output] = (seen, frozenset(os.path.join(output, name) for name in names))
        return known[1]
