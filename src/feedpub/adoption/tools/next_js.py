"""Next: next.config.js, with the site's data in siteMetadata.js or a like file."""

from feedpub.adoption.facts import Facts, joined, scripted
from feedpub.adoption.tools.routes import route_url
from feedpub.adoption.tree import Tree

_DATA = (
    "data/siteMetadata.js", "data/siteMetadata.ts", "siteMetadata.js", "site.config.js", "site.config.ts", "siteConfig.js",
    "blog.config.js", "src/siteConfig.js", "config/site.ts", "src/config/site.ts", "lib/constants.ts", "next-sitemap.config.js",
    "next-sitemap.js", "app/layout.tsx", "app/layout.js", "src/app/layout.tsx", "src/app/layout.js",
)  # fmt: skip


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What the settings of a site made with Next tell."""
    path = next((one for end in ("js", "mjs", "ts", "cjs") if tree.has(one := joined(root, f"next.config.{end}"))), None)
    if path is None:
        return None
    sources = [one for name in _DATA if tree.has(one := joined(root, name))]
    text = "\n".join(tree.text(one) or "" for one in sources)
    ending = "/" if "trailingSlash: true" in (tree.text(path) or "") else ""
    return Facts(
        tool="Next",
        title=scripted(text, "title", "name"),
        url=scripted(text, "siteUrl", "siteURL", "url", "metadataBase"),
        description=scripted(text, "description"),
        language=scripted(text, "language", "locale", "lang"),
        author=scripted(text, "author"),
        article_url=route_url(tree, root, articles, ending=ending) or f"/blog/{{path}}{ending}",
        static=joined(root, "public", "feeds"),
        sources=(path, *sources),
    )
