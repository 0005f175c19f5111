"""Docusaurus: docusaurus.config.js and its like."""

import re

from feedpub.adoption.facts import Facts, below, joined, scripted
from feedpub.adoption.permalinks import rooted
from feedpub.adoption.tree import Tree


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What Docusaurus' settings tell. A date before a file's name is in its address."""
    path = next((one for end in ("js", "ts", "mjs", "cjs") if tree.has(one := joined(root, f"docusaurus.config.{end}"))), None)
    if path is None:
        return None
    text = tree.text(path) or ""
    folder = below(articles, root) or "blog"
    options = re.search(rf"path:\s*[\"'](?:\./)?{re.escape(folder)}[\"'](.{{0,600}})", text, re.DOTALL)
    blog = options[1] if options else next(iter(re.findall(r"\bblog:\s*\{(.{0,600})", text, re.DOTALL)), "")
    route = re.search(r"routeBasePath:\s*[\"']([^\"']*)[\"']", blog)
    base = (re.search(r"baseUrl:\s*[\"'](/[\w./-]*)", text) or ["", ""])[1].strip("/")
    url = scripted(text, "url").rstrip("/")
    dated = any(re.search(r"/\d{4}[-/]\d\d?[-/]\d\d?", one) for one in tree.paths if one.startswith(f"{articles}/"))
    language = re.search(r"defaultLocale:\s*[\"']([\w-]+)", text)
    return Facts(
        tool="Docusaurus",
        title=scripted(text, "title"),
        url=f"{url}/{base}" if base and url else url,
        description=scripted(text, "tagline"),
        language=language[1] if language else "",
        article_url=rooted(f"{route[1] if route else folder}/{'{year}/{month}/{day}/' if dated else ''}{{slug}}"),
        authors_file=next((one for end in ("yml", "yaml") if tree.has(one := joined(articles, f"authors.{end}"))), ""),
        static=joined(root, "static", "feeds"),
        sources=(path,),
    )
