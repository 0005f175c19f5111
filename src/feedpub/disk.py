"""The edge to the file system: read a folder of texts, write a tree of files whole or not at all."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from feedpub.errors import FeedpubError, Problem

try:
    import fcntl
except ImportError:  # Windows: two builds at once are not kept apart there
    fcntl = None  # type: ignore[assignment]

MANIFEST = ".feedpub-manifest.json"
_STAGING = ".feedpub-staging"
_COMPRESSED = (".gz", ".br")


@dataclass(frozen=True, slots=True)
class Changes:
    """What a write did, as paths in the output folder."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]


def article_files(folder: Path, *, source: str) -> list[tuple[str, Path]]:
    """Every Markdown file below `folder`, in the order of its source: `source`, a slash, and its path in the folder.

    Names that start with a dot are passed over, and so are README.md, node_modules, and what is no file; linked folders are
    not entered.
    Raises FeedpubError when the folder isn't there or can't be read.
    """
    if not folder.is_dir():
        mend = "make it, or name the folder of your articles in feedpub.toml: [site] articles"
        raise FeedpubError([Problem(source, 0, "", "there is no such folder", mend)])
    found = []
    with _clear_errors(folder):
        for place, folders, files in os.walk(folder, onerror=_raise):
            folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
            for name in files:
                path = Path(place, name)
                article = name.lower().endswith((".md", ".markdown")) and not name.startswith(".")
                if article and path.is_symlink() and not path.exists():
                    name = path.relative_to(folder).as_posix()
                    raise FeedpubError([Problem(f"{source}/{name}", 0, "", "is a link that leads nowhere", "mend or remove it")])
                if article and name.lower() != "readme.md" and path.is_file():
                    relative = path.relative_to(folder).as_posix()
                    found.append((relative if source == "." else f"{source}/{relative}", path))
    return sorted(found)


def is_there(path: Path, *, file: bool = False) -> bool:
    """Whether `path` exists (or, with `file`, is a file), as far as can be seen: a name too long for a disk is not there."""
    try:
        return path.is_file() if file else path.exists()
    except OSError:
        return False


def read_text(path: Path, *, source: str) -> str | Problem:
    """The text of a UTF-8 file, or why there is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return _problem(error, source)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Problem(source, line, "", f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8")


def write_tree(output: Path, tree: Mapping[str, bytes], *, adopt: bool = False) -> Changes:
    """Make the files that builds wrote in `output` equal to `tree`, in its order; files of others are never touched.

    A manifest in the folder names the files that are ours. All is first written beside its place, then renamed file by
    file, so that at any moment every file is whole, old or new. A file whose bytes are the same keeps its mtime.
    Raises FeedpubError, before anything changed, when `output` is a folder with files and no manifest (unless `adopt`),
    when a file of `tree` would replace one that is not ours or pass a symlink, or when the disk refuses.
    """
    with _clear_errors(output):
        if output.exists() and not output.is_dir():
            raise FeedpubError([Problem(str(output.absolute()), 0, "", "the output folder is a file", "choose a folder with -o")])
        output.mkdir(parents=True, exist_ok=True)
        with _locked(output):
            ours = _read_manifest(output, adopt=adopt)
            _check_places(output, tree, ours)
            changed = [path for path, data in tree.items() if not _holds(output / path, data)]
            gone = sorted(ours - tree.keys())
            _check_rights(output, (*changed, *gone))
            if changed or gone or not (output / MANIFEST).exists():
                _replace(output, tree, ours, changed, gone)
            kept = tuple(sorted(tree.keys() - set(changed)))
            return Changes(tuple(sorted(changed)), kept, tuple(path for path in gone if not (output / path).exists()))


def write_files(folder: Path, files: Mapping[str, bytes], *, keep: bool = False) -> tuple[str, ...]:
    """Put `files`, by name, into `folder`, each whole or not at all; the names that were written.

    Files that are there are replaced, or with `keep` left as they are. Raises FeedpubError when the disk refuses, or when
    something other than a file is in the way.
    """
    written = []
    with _clear_errors(folder):
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


def _replace(output: Path, tree: Mapping[str, bytes], ours: set[str], changed: list[str], gone: list[str]) -> None:
    staging = output / _STAGING
    _remove_staging(staging)  # of a build that was killed: we hold the lock
    try:
        staging.mkdir()
        for number, path in enumerate(changed):
            (staging / str(number)).write_bytes(tree[path])
        # Killed below this line, the next build still knows every file as ours.
        _write_manifest(output, staging, ours | tree.keys())
        for number, path in enumerate(changed):
            place = output / path
            place.parent.mkdir(parents=True, exist_ok=True)
            # A compressed copy may be missing for a moment, but never be older than its file.
            for suffix in _COMPRESSED:
                if f"{path}{suffix}" in ours:
                    (output / f"{path}{suffix}").unlink(missing_ok=True)
            os.replace(staging / str(number), place)
        for path in gone:
            _remove(output, path)
        _write_manifest(output, staging, tree.keys())
    finally:
        _remove_staging(staging)


def _remove(output: Path, path: str) -> None:
    place = output / path
    if _leaves(path) or _passes_symlink(output, path) or place.is_symlink() or not place.is_file():
        return
    place.unlink()
    for parent in PurePosixPath(path).parents:
        if str(parent) == "." or any((output / parent).iterdir()):
            break
        (output / parent).rmdir()


def _read_manifest(output: Path, *, adopt: bool) -> set[str]:
    manifest = output / MANIFEST
    if not manifest.is_file() or manifest.is_symlink():
        strangers = sorted(entry.name for entry in output.iterdir() if not entry.name.startswith("."))
        if strangers and not adopt:
            what = f"this folder holds files that no build wrote, such as {strangers[0]}"
            mend = "choose another folder with -o, or say --adopt to write beside them"
            raise FeedpubError([Problem(str(output.absolute()), 0, "", what, mend)])
        return set()
    try:
        files = json.loads(manifest.read_bytes())["files"]
        if not isinstance(files, list) or not all(isinstance(path, str) and _is_plain(path) for path in files):
            raise ValueError
        return set(files)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        what, mend = "this list of the files that builds wrote is damaged", "remove the output folder, or choose another with -o"
        raise FeedpubError([Problem(str(manifest.absolute()), 0, "", what, mend)]) from error


def _write_manifest(output: Path, staging: Path, files: Iterable[str]) -> None:
    (staging / MANIFEST).write_text(json.dumps({"files": sorted(files)}, indent=1) + "\n", encoding="utf-8")
    os.replace(staging / MANIFEST, output / MANIFEST)


def _check_places(output: Path, tree: Mapping[str, bytes], ours: set[str]) -> None:
    problems = []
    for path, data in tree.items():
        place = output / path
        what = ""
        if _leaves(path) or _passes_symlink(output, path):
            what = "leads out of the output folder, by a link or by its name"
        elif place.is_symlink():
            what = "is a link, and links are not written through"
        elif place.exists() and not place.is_file():
            what = "is a folder where a feed is to be"
        elif place.exists() and path not in ours and not _holds(place, data):
            what = "was written by no build, and would be overwritten"
        elif any((output / parent).exists() and not (output / parent).is_dir() for parent in PurePosixPath(path).parents):
            what = "needs a folder where something else is"
        if what:
            problems.append(Problem(str(place.absolute()), 0, "", what, "move it away, or choose another folder with -o"))
    if problems:
        raise FeedpubError(problems)


def _check_rights(output: Path, paths: Iterable[str]) -> None:
    """Raises FeedpubError, before anything changed, where a folder would not let us replace or remove a file in it."""
    parents = {parent for path in paths if (parent := (output / path).parent).is_dir()}
    locked = sorted(parent for parent in parents if not os.access(parent, os.W_OK | os.X_OK))
    if locked:
        mend = "change its permissions, or choose another folder with -o"
        raise FeedpubError(
            [Problem(str(parent.absolute()), 0, "", "this folder may not be written to", mend) for parent in locked]
        )


def _leaves(path: str) -> bool:
    pure = PurePosixPath(path)
    return pure.is_absolute() or ".." in pure.parts or not pure.parts or "\\" in path or "\0" in path


def _is_plain(path: str) -> bool:
    """Whether `path` is a name as a build writes it, and no other name of some file."""
    return not _leaves(path) and str(PurePosixPath(path)) == path


def _passes_symlink(output: Path, path: str) -> bool:
    return any((output / parent).is_symlink() for parent in PurePosixPath(path).parents if str(parent) != ".")


def _holds(place: Path, data: bytes) -> bool:
    return place.is_file() and not place.is_symlink() and place.stat().st_size == len(data) and place.read_bytes() == data


def _remove_staging(staging: Path) -> None:
    if staging.is_symlink():
        staging.unlink()
    elif staging.exists():
        shutil.rmtree(staging)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One build at a time in `folder`; a second waits. The lock ends with the process, however that ends."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _clear_errors(folder: Path) -> Iterator[None]:
    """What the disk refuses is a Problem with its path, or `folder`: no space, no permission, a name too long."""
    try:
        yield
    except OSError as error:
        raise FeedpubError([_problem(error, os.path.abspath(error.filename or folder))]) from error


def _problem(error: OSError, source: str) -> Problem:
    reason = (error.strerror or str(error)).lower()
    return Problem(source, 0, "", f"the disk refused: {reason}", "check the space and the permissions there")


def _raise(error: OSError) -> None:
    raise error
