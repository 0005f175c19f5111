"""What all tests share: sites of a few files, and the command."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedpub.cli import main

SETTINGS = """\
[site]
title = "The Signal"
url = "https://news.example.org"
id = "tag:news.example.org,2025:"
timezone = "Europe/Malta"
author = "Ada Lovelace <ada@news.example.org>"
"""

Write = Callable[..., Path]


def article(title: str = "A title", published: str = "2025-11-11", body: str = "Some text.\n", **fields: object) -> str:
    """The text of an article's file."""
    lines = [f"title: {title}", f"publishedAt: {published}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\n".join(["---", *lines, "---", "", body])


@pytest.fixture
def write_site(tmp_path: Path) -> Write:
    """Writes a site into an empty folder and returns it: files by path, and more settings."""

    def write(files: dict[str, str | bytes], settings: str = "", *, name: str = "site", base: str = SETTINGS) -> Path:
        folder = tmp_path / name
        for path, content in {"feedpub.toml": base + settings, **files}.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        (folder / "articles").mkdir(exist_ok=True)
        return folder

    return write


@pytest.fixture
def feedpub() -> Callable[..., Result]:
    """Runs the command in this process; a traceback fails the test."""

    def run(*arguments: object) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, by its path, but the cache of a site."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and ".feedpub" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def needed(*programs: str) -> str:
    """The path of one of `programs`. Where none is installed the test is skipped, but never in CI: there it fails."""
    for program in programs:
        if path := shutil.which(program):
            return path
    if os.environ.get("CI"):
        pytest.fail(f"CI is to have {programs[0]}")
    pytest.skip(f"needs {programs[0]}")
