"""Jekyll: _config.yml, and the styles of its `permalink`."""

import re

from feedpub.adoption.facts import Facts, joined, said, yaml_data
from feedpub.adoption.permalinks import mirrored, with_words
from feedpub.adoption.tree import Tree

_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "none": "/:categories/:title:output_ext",
}
_WORDS = {
    "title": "{slug}", "slug": "{slug}", "name": "{name}", "path": "{path}", "output_ext": ".html", "collection": "posts",
    "categories": "", "slugified_categories": "",
}  # fmt: skip
_CATEGORY = re.compile(r"^categor(?:y|ies):[ \t]*(?:[^\s\[]|\[[^\]\s]|\n\s*- )", re.MULTILINE)


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What Jekyll's settings tell."""
    path = next((one for name in ("_config.yml", "_config.yaml") if tree.has(one := joined(root, name))), None)
    if path is None:
        return None
    data = yaml_data(tree.text(path))
    folder = articles.rpartition("/")[2]
    collection = folder.removeprefix("_")
    collections = data.get("collections")
    own = said(collections, f"{collection}.permalink") if isinstance(collections, dict) else ""
    pattern = own or _of_defaults(data) or said(data, "permalink") or "date"
    pattern = _STYLES.get(pattern, pattern)
    if folder != "_posts":
        pattern = own or (_STYLES["none"].replace("/:categories", f"/{collection}") if folder.startswith("_") else "")
    words = _WORDS | {"collection": collection}
    some = [path for path in tree.paths if path.startswith(f"{articles}/")][:40]
    if sum(bool(_CATEGORY.search(tree.head(one, 1500))) for one in some) * 2 > len(some):
        words |= dict.fromkeys(("categories", "slugified_categories"), "{category}")
    base = said(data, "baseurl")
    return Facts(
        tool="Jekyll",
        title=said(data, "title", "name"),
        url=said(data, "url").rstrip("/") + (f"/{base.strip('/')}" if base.strip("/") else "") if said(data, "url") else "",
        description=said(data, "description", "tagline"),
        language=said(data, "lang", "locale", "language"),
        timezone=said(data, "timezone"),
        author=said(data, "author.name", "author"),
        article_url=with_words(pattern, words) if pattern else mirrored(collection, ending=".html"),
        authors_file=next((one for ending in ("yml", "yaml") if tree.has(one := joined(root, f"_data/authors.{ending}"))), ""),
        static=joined(root, "feeds"),
        sources=(path,),
    )


def _of_defaults(data: dict[str, object]) -> str:
    """A permalink that `defaults` give to posts."""
    defaults = data.get("defaults")
    for one in defaults if isinstance(defaults, list) else ():
        if isinstance(one, dict) and said(one, "scope.type") in ("", "posts") and said(one, "values.permalink"):
            return said(one, "values.permalink")
    return ""
