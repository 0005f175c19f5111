"""VuePress and VitePress: the config in .vuepress or .vitepress."""

from feedpub.adoption.facts import Facts, below, joined, scripted
from feedpub.adoption.permalinks import mirrored, with_words
from feedpub.adoption.tree import Tree


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What the settings of VuePress or VitePress tell."""
    for name in ("VuePress", "VitePress"):
        folder = joined(root, f".{name.lower()}")
        paths = [joined(folder, f"config.{end}") for end in ("js", "ts", "mjs", "mts", "cjs")]
        path = next((one for one in paths if tree.has(one)), None)
        if path is None:
            continue
        text = tree.text(path) or ""
        clean = "cleanUrls: true" in text
        pattern = scripted(text, "permalink", "itemPermalink")
        return Facts(
            tool=name,
            title=scripted(text, "title"),
            url=scripted(text, "hostname", "siteUrl"),
            description=scripted(text, "description"),
            language=scripted(text, "lang"),
            author=scripted(text, "author"),
            article_url=with_words(pattern, {"slug": "{slug}", "regular": "{path}"})
            or mirrored(below(articles, root) or "", ending="" if clean else ".html"),
            static=joined(folder, "public/feeds") if name == "VuePress" else joined(root, "public/feeds"),
            sources=(path,),
        )
    return None
