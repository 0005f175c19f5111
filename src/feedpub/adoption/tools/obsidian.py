"""Obsidian: a vault, known by its folder .obsidian."""

from feedpub.adoption.facts import Facts, joined
from feedpub.adoption.tree import Tree


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """A vault says nothing of a site but its name, that of its folder."""
    start = f"{joined(root, '.obsidian')}/"
    if not any(path.startswith(start) for path in tree.paths):
        return None
    name = root.rpartition("/")[2] or tree.root.absolute().name
    return Facts(tool="Obsidian", title=name, article_url="/{path}")
