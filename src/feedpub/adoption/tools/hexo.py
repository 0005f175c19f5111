"""Hexo: _config.yml beside a source folder."""

from feedpub.adoption.facts import Facts, joined, said, yaml_data
from feedpub.adoption.permalinks import with_words
from feedpub.adoption.tree import Tree

_MARKS = {"new_post_name", "source_dir", "public_dir", "skip_render", "post_asset_folder", "default_layout", "filename_case"}


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What Hexo's settings tell. Its `:title` is the file's path below _posts, without what new_post_name puts before it."""
    path = joined(root, "_config.yml")
    data = yaml_data(tree.text(path))
    source = joined(root, said(data, "source_dir") or "source")
    if not (_MARKS & set(data) or articles == joined(source, "_posts")) or not articles.startswith(source):
        return None
    title = "{name}" if "year" in said(data, "new_post_name") else "{path}"
    words = {"title": title, "post_title": "{slug}", "name": "{name}", "category": "{category}"}
    pattern = said(data, "permalink") or ":year/:month/:day/:title/"
    base = said(data, "root").strip("/")
    url = said(data, "url").rstrip("/")
    return Facts(
        tool="Hexo",
        title=said(data, "title"),
        url=url if not base or url.endswith(f"/{base}") or not url else f"{url}/{base}",
        description=said(data, "description", "subtitle"),
        language=said(data, "language"),
        timezone=said(data, "timezone"),
        author=said(data, "author"),
        article_url=with_words(pattern, words),
        static=joined(source, "feeds"),
        sources=(path,),
    )
