"""Eleventy: its config, the site's data in _data, and the permalink of a folder's data file."""

import re

from feedpub.adoption.facts import Facts, below, joined, json_data, said, scripted
from feedpub.adoption.permalinks import mirrored, with_braces
from feedpub.adoption.tree import Tree

_CONFIGS = (".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts")
_DATA = [
    f"_data/{name}.{end}"
    for name in ("metadata", "site", "meta", "config")
    for end in ("json", "js", "cjs", "mjs", "yaml", "yml")
]
_WORDS = {
    **dict.fromkeys(("page.fileSlug", "fileSlug", "slug", "page.fileSlug | slugify", "title | slug", "title | slugify",
                     "page.fileSlug | slug", "title | slugify | url"), "{slug}"),
    "page.filePathStem": "{path}",
    "page.date | date: '%Y/%m/%d'": "{year}/{month}/{day}", "page.date | date: '%Y'": "{year}",
    "page.date | date: '%m'": "{month}", "page.date | date: '%d'": "{day}",
}  # fmt: skip


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What Eleventy's settings tell. It publishes a file where it lies in its input folder, without a date before its name."""
    path = next((one for name in _CONFIGS if tree.has(one := joined(root, name))), None)
    if path is None and (root or not any(re.search(r"[.]11tydata[.]\w+$", one) for one in tree.paths)):
        return None
    text = tree.text(path) or "" if path else ""
    given = re.search(r"\binput:\s*[\"'](?:\./)?([^\"']+)|setInputDirectory\([\"'](?:\./)?([^\"']+)", text)
    start = joined(root, next(filter(None, given.groups())) if given else "").strip(".")
    start = start if below(articles, start) is not None else root
    sources = [
        one
        for folder in dict.fromkeys((start, joined(root, "src"), root))
        for name in _DATA
        if tree.has(one := joined(folder, name))
    ]
    facts = Facts(tool="Eleventy", sources=(path,) if path else ())
    for source in sources:
        facts = facts.filled(_data(tree, source))
    section = below(articles, start) or ""
    return facts.filled(Facts(article_url=_permalink(tree, articles, section) or mirrored(section), static=joined(root, "feeds")))


def _data(tree: Tree, source: str) -> Facts:
    text = tree.text(source)
    if source.endswith(".json"):
        data = json_data(text)
        return Facts(
            title=said(data, "title", "name"), url=said(data, "url", "siteUrl", "baseUrl", "domain"), author=said(data, "author"),
            description=said(data, "description"), language=said(data, "language", "lang"), sources=(source,),
        )  # fmt: skip
    return Facts(
        title=scripted(text, "title", "name"), url=scripted(text, "url", "siteUrl", "baseUrl"), author=scripted(text, "author"),
        description=scripted(text, "description"), language=scripted(text, "language", "lang"), sources=(source,),
    )  # fmt: skip


def _permalink(tree: Tree, articles: str, section: str) -> str:
    """The permalink that the data file of the articles' folder, or of one above, gives."""
    parts = articles.split("/")
    for count in range(len(parts), 0, -1):
        folder = "/".join(parts[:count])
        for ending in ("json", "11tydata.json", "11tydata.js", "11tydata.cjs", "11tydata.mjs"):
            text = tree.text(f"{folder}/{parts[count - 1]}.{ending}")
            if pattern := scripted(text, "permalink"):
                return with_braces(pattern, _WORDS | {"page.filePathStem": f"{section}/{{path}}"})
    return ""
