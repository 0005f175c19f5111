"""What lies in a folder: the names of its files, and the texts of a few of them."""

import os
from collections.abc import Collection
from functools import cached_property
from pathlib import Path

_PASSED_OVER = {"node_modules", "__pycache__", "bower_components", "vendor", "target", "_site", "dist"}
# Tools keep their settings in these.
_HIDDEN = {".vuepress", ".vitepress", ".eleventy.js", ".obsidian", ".authors.yml"}
_MOST_FILES, _LONGEST = 300_000, 1_000_000


class Tree:
    """A folder as a tool's reader sees it: paths relative to it, with slashes. Nothing outside of it is ever read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._texts: dict[str, str | None] = {}

    @cached_property
    def paths(self) -> Collection[str]:
        """Every file below the root, sorted, but for hidden names, links, and folders of what others wrote."""
        found: list[str] = []
        waiting = [""]
        while waiting and len(found) < _MOST_FILES:
            folder = waiting.pop()
            try:
                with os.scandir(self.root / folder) as entries:
                    for entry in entries:
                        if entry.is_symlink() or (entry.name.startswith(".") and entry.name not in _HIDDEN):
                            continue
                        if not entry.is_dir(follow_symlinks=False):
                            found.append(folder + entry.name)
                        elif entry.name not in _PASSED_OVER:
                            waiting.append(f"{folder}{entry.name}/")
            except OSError:
                continue
        return dict.fromkeys(sorted(found))

    @cached_property
    def is_repository(self) -> bool:
        """Whether git keeps this folder, or one above it."""
        place = self.root.absolute()
        return any((folder / ".git").exists() for folder in (place, *place.parents))

    def has(self, path: str) -> bool:
        """Whether there is a file `path`."""
        return path in self.paths

    def text(self, path: str) -> str | None:
        """The text of the file `path`; None where there is none, or one that is too long to be settings."""
        if path not in self._texts:
            self._texts[path] = self.head(path, _LONGEST) if self.has(path) else None
        return self._texts[path]

    def head(self, path: str, length: int) -> str:
        """The first `length` octets of the file `path`, as text; "" if it can't be read."""
        try:
            with (self.root / path).open("rb") as file:
                return file.read(length).decode("utf-8-sig", "replace").replace("\r\n", "\n")
        except OSError:
            return ""
