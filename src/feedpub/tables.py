"""Settings that are names and what they stand for: [categories], [fields], [authors]; and where articles lie."""

import difflib
import re
import unicodedata

from feedpub.errors import quoted
from feedpub.model import Author
from feedpub.readers import read_author, read_folder
from feedpub.settings import Settings

# A slug names a folder, on any file system: no dot (our files have one), no name that Windows reserves.
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
RESERVED = {"tag", "author", "archive", "con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
# The fields of an article, as docs/article-format.md names them.
FIELDS = (
    "slug", "title", "excerpt", "publishedAt", "updatedAt", "author", "category", "tags", "keywords", "image", "featured",
    "draft", "metaTitle", "metaDescription",
)  # fmt: skip

# What is no longer there, and won't be (RFC 9110, 15.5.11).
GONE = "gone"
_PATH = re.compile(r"/(?!/)[^\s?#\\\"<>\x00-\x20\x7f]*")
_WEB = re.compile(r"https?://[^\s\\\"<>\x00-\x20\x7f/]+(?:/[^\s\\\"<>\x00-\x20\x7f]*)?")


def read_categories(settings: Settings, table: object) -> dict[str, str]:
    """The slug of each category that the table [categories] names."""
    slugs: dict[str, str] = {}
    if not isinstance(table, dict):
        settings.problem("categories", None, "must be a table", "write [categories] on a line of its own")
        return {}
    owners: dict[str, str] = {}
    for written, slug in table.items():
        name = unicodedata.normalize("NFC", " ".join(written.split()))
        mend = f'write "{name}" = "a-slug"'
        if not isinstance(slug, str) or not SLUG.fullmatch(slug):
            settings.problem("categories", written, f"{quoted(slug)} is not a slug: letters a-z, digits, - and _", mend)
        elif slug.lower() in RESERVED:
            what = f'"{slug}" is a name that feedpub or a file system keeps for itself'
            settings.problem("categories", written, what, mend)
        elif name in slugs:
            settings.problem("categories", written, "stands twice, in other white space or composed letters", "keep one of them")
        elif slug.lower() in owners:
            settings.problem("categories", written, f'"{slug}" is the slug of "{owners[slug.lower()]}" already', mend)
        else:
            owners[slug.lower()] = name
            slugs[name] = slug
    return slugs


def read_fields(settings: Settings, table: object) -> dict[str, tuple[str, ...]]:
    """What else the table [fields] calls the fields of an article: a name of ours, and one or several of the files'."""
    found: dict[str, tuple[str, ...]] = {}
    if not isinstance(table, dict):
        settings.problem("fields", None, "must be a table", "write [fields] on a line of its own")
        return {}
    for name, theirs in table.items():
        names = [theirs] if isinstance(theirs, str) else theirs
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, n=1)
            mend = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(FIELDS))}"
            settings.problem("fields", name, "is not a field of an article", mend)
        elif not isinstance(names, list) or not all(isinstance(one, str) and one.strip() for one in names):
            settings.problem("fields", name, f"{quoted(theirs)} is not the name of a field", f'write {name} = "when"')
        else:
            found[name] = tuple(names)
    return found


def read_authors(settings: Settings, table: object) -> dict[str, Author]:
    """Who each id of the table [authors] is: `alex = "Alex Soble <alex@example.org>"`."""
    found: dict[str, Author] = {}
    if not isinstance(table, dict):
        settings.problem("authors", None, "must be a table", "write [authors] on a line of its own")
        return {}
    for name, text in table.items():
        try:
            found[unicodedata.normalize("NFC", name)] = read_author(text if isinstance(text, str) else "")
        except ValueError:
            mend = f'write {name} = "Ada Lovelace <ada@example.org>"'
            settings.problem("authors", name, f"{quoted(text)} is not a name", mend)
    return found


def read_redirects(settings: Settings, table: object) -> dict[str, str]:
    """Where each old path of the table [redirects] leads: a path, a web address, or "gone"."""
    found: dict[str, str] = {}
    if not isinstance(table, dict):
        settings.problem("redirects", None, "must be a table", "write [redirects] on a line of its own")
        return {}
    for old, new in table.items():
        if not _PATH.fullmatch(old):
            mend = 'write it as in "/feed/" = "/rss.xml"'
            settings.problem("redirects", old, "is not a path: it starts with / and has no ?, # or white space", mend)
        elif not isinstance(new, str) or not (new == GONE or _PATH.fullmatch(new) or _WEB.fullmatch(new)):
            settings.problem(
                "redirects", old, f"{quoted(new)} is neither a path nor a web address", f'write "/rss.xml" or "{GONE}"'
            )
        else:
            found[old] = new
    for old, new in found.items():
        if bare(new) in {bare(other) for other in found}:
            what = f"{quoted(new)} is itself an old path, so readers would be led on and on"
            settings.problem("redirects", old, what, "name the newest address at once")
    return found


def bare(path: str) -> str:
    """`path` without a slash at its end: readers come with and without."""
    return path.rstrip("/") or "/"


def refuse_patterns(settings: Settings, patterns: tuple[str, ...]) -> None:
    """Note a Problem for each of `patterns`, [site] articles, that can name no folder and no files."""
    for pattern in patterns:
        try:
            read_folder(pattern.removeprefix("!"))
        except ValueError as error:
            what, _, mend = str(error).partition("; ")
            settings.problem("site", "articles", what, mend)
    if all(pattern.startswith("!") for pattern in patterns):
        settings.problem("site", "articles", "names no files, only what to leave out", 'write for example ["articles/**/*.md"]')


def is_glob(pattern: str) -> bool:
    """Whether `pattern` stands for files, not for a folder: it holds * or ?."""
    return "*" in pattern or "?" in pattern


def folder_of(pattern: str) -> str:
    """The folder below which all lies that `pattern`, a folder or a glob, stands for."""
    if not is_glob(pattern):
        return pattern
    plain = re.split(r"[*?\[{]", pattern, maxsplit=1)[0]
    return plain.rpartition("/")[0] or ("/" if plain.startswith("/") else ".")
