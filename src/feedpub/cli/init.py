"""feedpub init."""

import os
import re
import secrets
from datetime import datetime
from pathlib import Path

import click

from feedpub.errors import FeedpubError, Problem

KEEP_PRIVATE = "Put {} into your .gitignore: whoever has it can sign links in your name."
PRIVATE = 0o600
# Where authors keep their articles; the first of these that holds any is taken.
_FOLDERS = ("articles", "posts", "_posts", "content", "blog", "writing", ".")


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=".")
@click.option("--title", default="My site", help="The site's name.", show_default=True)
@click.option("--url", default="https://example.org", help="Where the site is reachable.", show_default=True)
def init_command(folder: Path, title: str, url: str) -> None:
    """Write a small site into DIR (default: here) that builds at once. Nothing is overwritten.

    Articles that are there already are found, and no example is written beside them.
    """
    import json
    from urllib.parse import urlsplit

    from feedpub.loading import SETTINGS
    from feedpub.readers import read_base_url, read_title
    from feedpub.site import Web, read_site

    try:
        title, url = read_title(title), read_base_url(url)
        host = urlsplit(url).hostname or ""
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    now = datetime.now().astimezone()
    articles = next((name for name in _FOLDERS if _holds_articles(folder / name)), None)
    values = {
        "title": json.dumps(title, ensure_ascii=False)[1:-1],
        "title_as_name": re.sub(r'[\\"<>,;:@()\[\]=]', "", title).strip()[:100] or "News",
        "url": url,
        "host": host if "." in host else "example.org",
        "id": f"tag:{host},{now.year}:",
        "articles": articles or "articles",
        "today": f"{now:%Y-%m-%d}",
    }
    files = {SETTINGS: _starter("feedpub.toml", values)}
    try:
        read_site(files[SETTINGS])
    except FeedpubError as error:
        raise click.BadParameter(error.problems[0].message()) from error
    if articles is None:
        files["articles/hello-feeds.md"] = _starter("hello-feeds.md", values)
    files[".gitignore"] = _starter("gitignore", values)
    for name, text in files.items():
        click.echo(_write_new(folder / name, text))
    key_file = Web().key_file
    click.echo(write_key(folder, key_file))
    if key_file not in (folder / ".gitignore").read_text(encoding="utf-8", errors="replace"):
        click.echo(f"\n{KEEP_PRIVATE.format(key_file)}")
    site = "" if folder == Path() else f" {folder}"
    click.echo(f"\nNext: set title and url in {folder / SETTINGS}, then run: feedpub build{site}")


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


def _holds_articles(folder: Path) -> bool:
    try:
        files = [path for path in folder.glob("*.md" if folder.name in ("", ".") else "**/*.md") if path.is_file()]
        return any(path.read_bytes()[:64].lstrip(b"\xef\xbb\xbf \r\n").startswith(b"---") for path in files)
    except OSError:
        return False


def _starter(name: str, values: dict[str, str]) -> str:
    text = Path(__file__).with_name("starter").joinpath(name).read_text(encoding="utf-8")
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)
