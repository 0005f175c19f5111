"""The manifest in an output folder: which of its files are ours, and what they publish until when."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from feedpub.errors import FeedpubError, Problem

MANIFEST = ".feedpub-manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files that builds wrote, sorted; the number of articles, None where it is not known; and the moment (aware) from
    which on other articles are to be published, None where there is none.
    """

    files: list[str] = field(default_factory=list)
    articles: int | None = None
    until: datetime | None = None


def read_manifest(output: Path, *, adopt: bool = True) -> Manifest:
    """The manifest of `output`, an empty one if it has none.

    Raises FeedpubError if it is damaged or, unless `adopt`, where there is none though files lie there.
    """
    manifest = output / MANIFEST
    if not manifest.is_file() or manifest.is_symlink():
        strangers = [] if adopt else sorted(entry.name for entry in output.iterdir() if not entry.name.startswith("."))
        if strangers:
            what = f"this folder holds files that no build wrote, such as {strangers[0]}"
            mend = "choose another folder with -o, or say --adopt to write beside them"
            raise FeedpubError([Problem(str(output.absolute()), 0, "", what, mend)])
        return Manifest()
    try:
        found = json.loads(manifest.read_bytes())
        files, articles, until = found["files"], found.get("articles"), found.get("until")
        if not isinstance(files, list) or not all(isinstance(path, str) and is_plain(path) for path in files):
            raise ValueError
        return Manifest(sorted(set(files)), articles if type(articles) is int else None, _moment(until) if until else None)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what, mend = "this list of the files that builds wrote is damaged", "remove the output folder, or choose another with -o"
        raise FeedpubError([Problem(str(manifest.absolute()), 0, "", what, mend)]) from error


def encoded(manifest: Manifest) -> bytes:
    """The manifest as the bytes of its file."""
    known: dict[str, object] = {} if manifest.articles is None else {"articles": manifest.articles}
    if manifest.until:
        known["until"] = manifest.until.astimezone(UTC).isoformat()
    return (json.dumps({**known, "files": manifest.files}, indent=1) + "\n").encode()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def leaves(path: str) -> bool:
    """Whether `path` may lead out of the folder that it is relative to."""
    pure = PurePosixPath(path)
    return pure.is_absolute() or ".." in pure.parts or not pure.parts or "\\" in path or "\0" in path


def is_plain(path: str) -> bool:
    """Whether `path` is a name as a build writes it, and no other name of some file."""
    return not leaves(path) and str(PurePosixPath(path)) == path
