"""Zola: zola.toml, or config.toml with a base_url."""

from feedpub.adoption.facts import Facts, below, joined, said, toml_data
from feedpub.adoption.permalinks import mirrored
from feedpub.adoption.tree import Tree


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What Zola's settings tell. It publishes a file where it lies, without a date before its name."""
    for name in ("zola.toml", "config.toml"):
        path = joined(root, name)
        data = toml_data(tree.text(path))
        section = below(articles, joined(root, "content"))
        if "base_url" in data and section is not None:
            nested = any(
                (rest := below(one, articles)) and rest.count("/") > rest.endswith("/index.md")
                for one in tree.paths
                if one.endswith(".md")
            )
            return Facts(
                tool="Zola",
                title=said(data, "title"),
                url=said(data, "base_url"),
                description=said(data, "description"),
                language=said(data, "default_language"),
                author=said(data, "author", "extra.author"),
                article_url=mirrored(section) if nested else mirrored(section).replace("{path}", "{slug}"),
                static=joined(root, "static", "feeds"),
                sources=(path,),
            )
    return None
