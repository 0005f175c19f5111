"""feedpub init."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.report import counted
from feedpub.errors import FeedpubError, Problem

if TYPE_CHECKING:
    from feedpub.adoption import Proposal

KEEP_PRIVATE = "Put {} into your .gitignore: whoever has it can sign links in your name."
PRIVATE = 0o600


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=".")
@click.option("--title", help="The site's name (default: as another tool's settings say, else My site).")
@click.option("--url", help="Where the site is reachable (default: as another tool's settings say, else https://example.org).")
def init_command(folder: Path, title: str | None, url: str | None) -> None:
    """Write settings into DIR (default: here) for a small site that builds at once. Nothing is overwritten.

    Where articles are already, they are found, and no example is written beside them. Title, address and the form of links are
    read from the settings of the tool that makes the site, such as Hugo, Jekyll, Eleventy or Astro.
    """
    from feedpub.adoption import proposal
    from feedpub.loading import SETTINGS
    from feedpub.readers import read_base_url, read_title
    from feedpub.site import Web, read_site

    try:
        title = None if title is None else read_title(title)
        url = None if url is None else read_base_url(url)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    proposed = None
    if (folder / SETTINGS).exists():
        files = {SETTINGS: ""}
    elif proposed := proposal(folder, starter_settings, title=title, url=url):
        files = {SETTINGS: proposed.text}
        for line in _findings(proposed):
            click.echo(line)
    else:
        text = starter_settings(title or "My site", url or "https://example.org")
        example = _starter("hello-feeds.md", {"today": f"{datetime.now().astimezone():%Y-%m-%d}"})
        files = {SETTINGS: text, "articles/hello-feeds.md": example}
    try:
        site = read_site(files[SETTINGS]) if files[SETTINGS] else None
    except FeedpubError as error:
        raise click.BadParameter(error.problems[0].message()) from error
    files[".gitignore"] = _starter("gitignore", {})
    for name, text in files.items():
        click.echo(_write_new(folder / name, text))
    key_file = Web().key_file
    click.echo(write_key(folder, key_file))
    if key_file not in (folder / ".gitignore").read_text(encoding="utf-8", errors="replace"):
        click.echo(f"\n{KEEP_PRIVATE.format(key_file)}")
    where = "" if folder == Path() else f" {folder}"
    known = site and proposed and proposed.facts.title and proposed.facts.url
    what = "look through" if known else "set title and url in"
    click.echo(f"\nNext: {what} {folder / SETTINGS}, then run: feedpub build{where}")


def starter_settings(title: str, url: str) -> str:
    """The text of a feedpub.toml for a site of that name, which is reachable at `url`."""
    from urllib.parse import urlsplit

    host = urlsplit(url).hostname or ""
    values = {
        "title": json.dumps(title, ensure_ascii=False)[1:-1],
        "title_as_name": re.sub(r'[\\"<>,;:@()\[\]=]', "", title).strip()[:100] or "News",
        "url": url,
        "host": host if "." in host else "example.org",
        "id": f"tag:{host},{datetime.now().astimezone().year}:",
        "articles": "articles",
    }
    return _starter("feedpub.toml", values)


def _findings(found: Proposal) -> Iterator[str]:
    """What was found, a line for each kind of it."""
    of = f", of {found.facts.tool}" if found.facts.tool else ""
    yield f"found    {counted(found.trial.read, 'article')} in {found.articles.folder}{of}"
    if found.others:
        others = ", ".join(f"{one.dated:,} in {one.folder}" for one in found.others[:4])
        more = f", and more in {counted(len(found.others) - 4, 'other folder')}" if len(found.others) > 4 else ""
        yield f"also     {others}{more}: name what you want under articles in feedpub.toml"
    if found.facts.sources:
        yield f"read     {', '.join(found.facts.sources)}"
    if found.trial.by_git:
        yield "dates    from git, as most files have none"
    if found.left_out:
        parts = [(counted(len(found.trial.undated), "file"), " without a date"), (_faulty(found), "")]
        told = " and ".join(f"{count}{what}" for count, what in parts if count and not count.startswith("0 "))
        yield f"left out {told}: see articles in feedpub.toml"
    elif found.trial.faulty:
        yield f"careful  {_faulty(found)}: feedpub check tells which"


def _faulty(found: Proposal) -> str:
    return f"{counted(len(found.trial.faulty), 'file')} with a problem"


def write_key(folder: Path, name: str) -> str:
    """Make a key that signs links, in a file that nobody else can read, unless there is one; what was done, in words.

    Raises FeedpubError when the disk refuses.
    """
    return _write_new(folder / name, f"{secrets.token_urlsafe(32)}\n", mode=PRIVATE)


def _write_new(path: Path, text: str, *, mode: int = 0o666) -> str:
    if path.is_file():
        return f"kept     {path} (it was there)"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", newline="\n", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            if mode == PRIVATE and os.name == "posix":
                os.fchmod(file.fileno(), mode)  # a umask may take even from the owner
            file.write(text)
    except OSError as error:
        what = f"the disk refused: {(error.strerror or str(error)).lower()}"
        raise FeedpubError([Problem(str(path), 0, "", what, "choose another folder")]) from error
    return f"written  {path}"


def _starter(name: str, values: dict[str, str]) -> str:
    text = Path(__file__).with_name("starter").joinpath(name).read_text(encoding="utf-8")
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)
