"""Pages whose file names hold a parameter: `src/pages/blog/[...slug].astro`, `app/blog/[slug]/page.tsx`."""

import re

from feedpub.adoption.facts import below, joined
from feedpub.adoption.permalinks import rooted
from feedpub.adoption.tree import Tree

_FOLDERS = ("src/pages", "pages", "source/pages", "src/app", "app", "client/pages")
_PAGE = re.compile(r"(?P<route>.*?)(?:/page)?\.(?:astro|tsx|jsx|ts|js|mdx|vue|svelte)")
_OTHERS = re.compile(
    r"(?:^|/)_|rss|feed|sitemap|opengraph|og-?image|(?:^|/)og/|\.(?:png|jpg|xml|json)\b|(?:^|/)api/|tags?/|image/|\[\.\.\.page\]|\[page\]"
)
_DATES = {"year", "month", "day", "category"}
_LANGUAGES = {"locale", "lang", "language"}


def route_url(tree: Tree, root: str, articles: str, *, ending: str) -> str:
    """`article_url` by the page that most likely shows an article of the folder `articles`; "" if none is found."""
    parts = articles.split("/")
    for folder in _FOLDERS:
        inside = below(articles, joined(root, folder))
        if inside is not None:  # the articles are pages themselves
            return rooted(joined(inside, "{path}") + ending)
    found = []
    for folder in _FOLDERS:
        start = f"{joined(root, folder)}/"
        for path in tree.paths:
            page = _PAGE.fullmatch(path[len(start) :]) if path.startswith(start) and "[" in path else None
            if page and not _OTHERS.search(path[len(start) :]):
                url, plain = _url(page["route"], parts, ending)
                near = len({*plain} & {*parts})
                if url and (near or not plain):
                    found.append((-near, len(plain), url))
    return min(found)[2] if found else ""


def _url(route: str, articles: list[str], ending: str) -> tuple[str, list[str]]:
    """The address that a route makes, and its plain parts."""
    made: list[str] = []
    plain: list[str] = []
    for part in route.split("/"):
        parameter = re.fullmatch(r"\[{1,2}(\.\.\.)?(\w+)\]{1,2}", part)
        if not parameter:
            if re.fullmatch(r"\(.*\)|index", part):  # a group of Next's, which is in no address
                continue
            if "[" in part or any("{slug}" in one or "{path}" in one for one in made):
                return "", []
            made.append(part)
            plain.append(part)
        elif parameter[2] in articles:  # [...blog]/[slug]
            made.append(parameter[2])
            plain.append(parameter[2])
        elif parameter[2] in _DATES:
            made.append(f"{{{parameter[2]}}}")
        elif parameter[2] not in _LANGUAGES:
            if parameter[1] and not plain and articles[-1] in ("blog", "posts", "news", "articles"):
                made.append(articles[-1])  # one page shows whatever lies below the content folder
            made.append("{path}" if parameter[1] else "{slug}")
    url = rooted("/".join(made) + ending)
    return (url if "{slug}" in url or "{path}" in url else ""), plain
