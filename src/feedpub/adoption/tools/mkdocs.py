"""MkDocs: mkdocs.yml, with the blog of Material."""

from feedpub.adoption.facts import Facts, below, joined, said, yaml_data
from feedpub.adoption.permalinks import mirrored, rooted, with_braces
from feedpub.adoption.tree import Tree

_DATES = {"yyyy": "{year}", "MM": "{month}", "dd": "{day}"}


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What MkDocs' settings tell. Tags such as !!python/name are never resolved."""
    path = next((one for end in ("yml", "yaml") if tree.has(one := joined(root, f"mkdocs.{end}"))), None)
    if path is None:
        return None
    data = yaml_data(tree.text(path))
    docs = joined(root, said(data, "docs_dir") or "docs")
    ending = ".html" if said(data, "use_directory_urls") == "false" else "/"
    address, authors = mirrored(below(articles, docs) or "", ending=ending), ""
    for blog in _blogs(data.get("plugins")):
        folder = said(blog, "blog_dir") or "blog"
        folder = "" if folder == "." else folder
        if below(articles, joined(docs, folder)) is None:
            continue
        day = said(blog, "post_url_date_format") or "yyyy/MM/dd"
        for theirs, ours in _DATES.items():
            day = day.replace(theirs, ours)
        words = {"date": day, "slug": "{slug}", "file": "{name}", "categories": "{category}"}
        made = with_braces(said(blog, "post_url_format") or "{date}/{slug}", words)
        address = rooted(f"{folder}/{made}{ending}") if made else ""
        authors = joined(docs, folder, ".authors.yml")
    return Facts(
        tool="MkDocs",
        title=said(data, "site_name"),
        url=said(data, "site_url"),
        description=said(data, "site_description"),
        language=said(data, "theme.language"),
        author=said(data, "site_author"),
        article_url=address,
        authors_file=authors if tree.has(authors) and "authors:" in (tree.text(authors) or "") else "",
        static=joined(docs, "feeds"),
        sources=(path,),
    )


def _blogs(plugins: object) -> list[dict[str, object]]:
    """The settings of each blog among the plugins, which are a mapping, or a list of names and mappings of one name."""
    named = [plugins] if isinstance(plugins, dict) else plugins if isinstance(plugins, list) else []
    found = [one["blog"] if isinstance(one, dict) else {} for one in named if one and "blog" in one]
    return [one if isinstance(one, dict) else {} for one in found]
