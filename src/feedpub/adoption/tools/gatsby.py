"""Gatsby: siteMetadata in gatsby-config.js."""

import re

from feedpub.adoption.facts import Facts, joined, scripted
from feedpub.adoption.tree import Tree


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What Gatsby's settings tell. Which addresses it makes is code; the starter's are `/name/`."""
    path = next((one for end in ("js", "ts", "mjs") if tree.has(one := joined(root, f"gatsby-config.{end}"))), None)
    if path is None:
        return None
    text = tree.text(path) or ""
    code = "\n".join(tree.text(joined(root, f"gatsby-node.{end}")) or "" for end in ("js", "ts"))
    prefix = re.search(r"path:\s*`(/[\w/-]*)\$\{|basePath:\s*[\"'`](/[\w/-]*)", code)
    return Facts(
        tool="Gatsby",
        title=scripted(text, "title"),
        url=scripted(text, "siteUrl"),
        description=scripted(text, "description"),
        language=scripted(text, "lang", "language"),
        author=scripted(text, "author") or scripted(text[text.find("author") :], "name") if "author" in text else "",
        article_url=f"{next(filter(None, prefix.groups())).rstrip('/') if prefix else ''}/{{path}}/",
        static=joined(root, "static", "feeds"),
        sources=(path,),
    )
