"""Pelican: pelicanconf.py, of which only plain texts are read."""

import re

from feedpub.adoption.facts import Facts, joined, scripted
from feedpub.adoption.permalinks import rooted
from feedpub.adoption.tree import Tree

_DATES = {"%Y": "{year}", "%m": "{month}", "%b": "{month}", "%d": "{day}"}


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What Pelican's settings tell."""
    sources = [one for name in ("publishconf.py", "pelicanconf.py") if tree.has(one := joined(root, name))]
    if not sources:
        return None
    text = "\n".join(tree.text(one) or "" for one in sources)
    pattern = scripted(text, "ARTICLE_URL") or "{slug}.html"
    pattern = re.sub(r"\{date:([^{}]*)\}", lambda found: re.sub("%.", lambda one: _DATES.get(one[0], one[0]), found[1]), pattern)
    return Facts(
        tool="Pelican",
        title=scripted(text, "SITENAME"),
        url=scripted(text, "SITEURL"),
        description=scripted(text, "SITESUBTITLE"),
        language=scripted(text, "DEFAULT_LANG"),
        timezone=scripted(text, "TIMEZONE"),
        author=scripted(text, "AUTHOR"),
        article_url=rooted(pattern) if "%" not in pattern else "",
        static=joined(root, "feeds"),
        sources=tuple(sources),
    )
