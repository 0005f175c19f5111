"""Astro: astro.config.mjs, with a title in src/consts.ts or a like file."""

from feedpub.adoption.facts import Facts, joined, scripted
from feedpub.adoption.tools.routes import route_url
from feedpub.adoption.tree import Tree

_ENDS = ("mjs", "ts", "js", "mts", "cjs")
_OTHERS = ("src/consts.ts", "src/consts.js", "src/config.ts", "src/site.config.ts", "src/siteConfig.ts", "src/constants.ts",
           "src/data/site.ts", "src/site-config.ts", "src/config/site.ts", "src/config.mjs", "src/lib/consts.ts")  # fmt: skip


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What Astro's settings tell."""
    path = next((one for end in _ENDS if tree.has(one := joined(root, f"astro.config.{end}"))), None)
    if path is None:
        return None
    text = tree.text(path) or ""
    sources, more = [path], ""
    for name in _OTHERS:
        if tree.has(joined(root, name)):
            sources.append(joined(root, name))
            more += f"\n{tree.text(joined(root, name))}"
    base = scripted(text, "base").strip("/")
    url = scripted(text, "site") or scripted(more, "site", "website", "siteUrl", "SITE_URL", "url")
    ending = "" if scripted(text, "trailingSlash") == "never" else "/"
    collection = articles.rpartition("/")[2]
    return Facts(
        tool="Astro",
        title=scripted(more, "SITE_TITLE", "title", "siteTitle", "name") or scripted(text, "title"),
        url=f"{url.rstrip('/')}/{base}" if base and url else url,
        description=scripted(more, "SITE_DESCRIPTION", "description", "desc"),
        language=scripted(more, "lang", "locale") or scripted(text, "defaultLocale"),
        author=scripted(more, "author", "SITE_AUTHOR", "AUTHOR"),
        article_url=route_url(tree, root, articles, ending=ending) or f"/{collection}/{{path}}{ending}",
        static=joined(root, scripted(text, "publicDir").removeprefix("./") or "public", "feeds"),
        sources=tuple(sources),
    )
