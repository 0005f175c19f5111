"""The tools whose settings are read, a file for each: what a site's own says is asked first, then what lies in every project.

A reader gets the Tree, the folder in which the tool's settings may be ("" for the root) and the folder of the articles. It
returns None where the tool is not at home.
"""

from collections.abc import Callable

from feedpub.adoption.facts import Facts, sound
from feedpub.adoption.tools import (
    astro,
    docusaurus,
    eleventy,
    gatsby,
    hexo,
    hugo,
    jekyll,
    mkdocs,
    next_js,
    obsidian,
    pelican,
    project,
    quarto,
    vuepress,
    zola,
)  # fmt: skip
from feedpub.adoption.tree import Tree

Reader = Callable[[Tree, str, str], Facts | None]
_TOOLS: tuple[Reader, ...] = (
    hexo.read, zola.read, hugo.read, docusaurus.read, mkdocs.read, quarto.read, vuepress.read, astro.read, gatsby.read,
    eleventy.read, next_js.read, jekyll.read, pelican.read, obsidian.read,
)  # fmt: skip


def facts(tree: Tree, articles: str) -> Facts:
    """What the settings nearest to the folder `articles` tell: those in it, or in a folder above."""
    parts = [] if articles == "." else articles.split("/")
    folders = ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]
    found = Facts()
    for folder in folders:
        for read in _TOOLS if not found.tool else ():
            if told := read(tree, folder, articles):
                found = found.filled(sound(told))
                break
        found = found.filled(sound(project.read(tree, folder, articles)))
    return found


__all__ = ["facts"]
