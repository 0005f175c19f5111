"""A few files into a folder, each whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

from feedpub.disk.refusal import clear_errors
from feedpub.errors import FeedpubError, Problem


def write_files(folder: Path, files: Mapping[str, bytes], *, keep: bool = False) -> tuple[str, ...]:
    """Put `files`, by name, into `folder`, each whole or not at all; the names that were written.

    Files that are there are replaced, or with `keep` left as they are. Raises FeedpubError when the disk refuses, or when
    something other than a file is in the way.
    """
    import tempfile  # here, as a build that writes nothing needs no such folder

    written = []
    with clear_errors(folder):
        if folder.exists() and not folder.is_dir():
            raise FeedpubError([Problem(str(folder.absolute()), 0, "", "is a file, not a folder", "choose a folder")])
        folder.mkdir(parents=True, exist_ok=True)
        for name in files:
            place = folder / name
            if place.is_symlink() or (place.exists() and not place.is_file()):
                what, mend = "is no file, and is not written through", "move it away, or choose another folder with -o"
                raise FeedpubError([Problem(str(place.absolute()), 0, "", what, mend)])
        with tempfile.TemporaryDirectory(prefix=".feedpub-", dir=folder) as staging:
            for name, data in files.items():
                Path(staging, name).write_bytes(data)
            for name in files:
                if not (keep and (folder / name).exists()):
                    os.replace(Path(staging, name), folder / name)
                    written.append(name)
    return tuple(written)
