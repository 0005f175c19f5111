"""Patterns of addresses, as tools write them → `article_url`."""

import re
from collections.abc import Mapping

_DATES = {"year": "{year}", "month": "{month}", "day": "{day}"}


def with_words(pattern: str, words: Mapping[str, str]) -> str:
    """`pattern` with each `:word` in feedpub's way; "" if it has a word that says what no setting can."""
    known = {**_DATES, **words}
    missing = False

    def ours(found: re.Match[str]) -> str:
        nonlocal missing
        missing = missing or found[1] not in known
        return known.get(found[1], "")

    made = re.sub(r":([a-z_]+)", ours, pattern)
    return "" if missing or not _names_an_article(made) else rooted(made)


def with_braces(pattern: str, words: Mapping[str, str]) -> str:
    """`pattern` with each `{word}` or `{{ word }}` in feedpub's way; "" if it has a word that says what no setting can."""
    made = re.sub(
        r"\{\{-?\s*(.*?)\s*-?\}\}|\{([^{}]*)\}",
        lambda found: words.get((found[1] or found[2]).replace('"', "'").strip(), "\0"),
        pattern,
    )
    return "" if re.search(r"[\0{%]%", made) or "\0" in made or not _names_an_article(made) else rooted(made)


def rooted(path: str) -> str:
    """`path` from the site's root, each slash once, and without `index.html`."""
    return re.sub(r"/{2,}", "/", f"/{re.sub(r'index[.]html?$', '', path)}")


def mirrored(*folders: str, ending: str = "/") -> str:
    """The address of tools that publish a file where it lies: `/blog/{path}/`."""
    return rooted("/".join((*(folder for folder in folders if folder), f"{{path}}{ending}")))


def _names_an_article(pattern: str) -> bool:
    return any(f"{{{name}}}" in pattern for name in ("slug", "name", "path"))
