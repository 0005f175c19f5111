"""Quarto: _quarto.yml."""

from feedpub.adoption.facts import Facts, below, joined, said, yaml_data
from feedpub.adoption.permalinks import mirrored
from feedpub.adoption.tree import Tree


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What Quarto's settings tell. It publishes a file where it lies, name/index.qmd as a folder."""
    path = next((one for end in ("yml", "yaml") if tree.has(one := joined(root, f"_quarto.{end}"))), None)
    if path is None:
        return None
    data = yaml_data(tree.text(path))
    folders = any(one.startswith(f"{articles}/") and "/index." in one for one in tree.paths)
    return Facts(
        tool="Quarto",
        title=said(data, "website.title", "title"),
        url=said(data, "website.site-url"),
        description=said(data, "website.description"),
        language=said(data, "lang"),
        author=said(data, "author"),
        article_url=mirrored(below(articles, root) or "", ending="/" if folders else ".html"),
        static=joined(root, "feeds"),
        sources=(path,),
    )
