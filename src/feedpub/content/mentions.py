"""Links from article to article as files are named: what a body mentions, and the address of what is meant."""

import re
from collections.abc import Iterable, Mapping
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from feedpub.content.address import article_url
from feedpub.model import Article
from feedpub.site import Site

_ENDINGS = ("md", "markdown", "mdx", "qmd", "rmd", "mdown", "mkd")
_ENDED = re.compile(rf"\.(?:{'|'.join(_ENDINGS)})", re.IGNORECASE)
_FILE = rf"\.(?:{'|'.join(_ENDINGS)})(?:[#?][^\s)\"'<>]*)?"
_LINKED = re.compile(rf"(?:\]\(\s*<?|\]:\s*<?|href=[\"']?)([^\s)\"'<>]{{1,500}}?{_FILE})(?=[\s)\"'<>]|$)", re.I | re.M)
_SPACED = re.compile(rf"\]\(<([^<>\n]{{1,500}}?{_FILE})>", re.IGNORECASE)
_TAGGED = re.compile(
    r"\{[{%][<%]?-?\s*(?:ref|relref|post_url|link|post_link|internal_link|article_link)\s+(?:path=)?[\"']?([^\"'%>}]{1,300}?)[\"']?\s*-?/?[%>}]"
)
_WIKI = re.compile(r"\[\[([^\[\]|#\n]{1,200})(?:#[^\[\]|\n]*)?(?:\|[^\[\]\n]*)?\]\]")
_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-")
_SUFFIX = re.compile(rf"\.(?:{'|'.join(_ENDINGS)})$", re.IGNORECASE)
_CALLED_INDEX = re.compile(r"/_?index$")


def mentions(markdown: str) -> tuple[str, ...]:
    """The files, and names of articles, that a body names as the targets of links; as they are written, each once."""
    found: dict[str, None] = {}
    if _ENDED.search(markdown):  # a quick look: most texts name no file
        found |= dict.fromkeys(_LINKED.findall(markdown)) | dict.fromkeys(_SPACED.findall(markdown))
    if "{" in markdown:
        tagged = (one.strip() for one in _TAGGED.findall(markdown))
        found |= dict.fromkeys(name for one in tagged if one for name in (one, one.split()[0]))
    if "[[" in markdown:
        found |= dict.fromkeys(name.strip() for name in _WIKI.findall(markdown))
    return tuple(name for name in found if "://" not in name)


class Addresses:
    """The addresses of articles, found as files name each other."""

    def __init__(self, articles: Iterable[Article], site: Site) -> None:
        self._site = site
        self._sources: dict[str, Article] = {}
        self._names: dict[tuple[str, str], Article | None] = {}
        for article in articles:
            stem = _stem(article.source)
            self._sources[stem] = article
            parts = stem.split("/")
            # By each end of its path: a tool's own folder of content is none of ours.
            for start in range(len(parts)):
                self._note("/".join(parts[start:]), article)
            for name in {article.slug.rpartition("/")[2], article.title, article.path, _DATED.sub("", parts[-1])}:
                self._note(name, article)

    def of(self, article: Article) -> dict[str, str]:
        """The address of each article that `article` mentions, by what it writes; what is not found is left out."""
        found = ((written, self.find(written, article)) for written in article.mentions)
        return {written: url for written, url in found if url}

    def find(self, written: str, bearer: Article) -> str | None:
        """The address of the article that `written` means in `bearer`, with its fragment; in its language, if there is one."""
        path, mark, fragment = written.partition("#")
        path = unquote(path.partition("?")[0])
        stem = _stem(path.removeprefix("@/"))
        beside = _stem(normpath(join(dirname(bearer.source), path)))
        article = self._sources.get(beside) or self._sources.get(stem.lstrip("/"))
        if article is None:
            name = stem.lstrip("/").removeprefix("./").casefold()
            while name.startswith("../"):
                name = name[3:]
            article = self._names.get((bearer.language, name)) or self._names.get(("", name))
        if article and bearer.language and article.language != bearer.language:
            twin = self._names.get((bearer.language, article.path.casefold()))
            article = twin if twin and twin is not bearer else article  # it may well link to its own original
        return f"{article_url(article, self._site)}{mark}{fragment}" if article else None

    def _note(self, name: str, article: Article) -> None:
        """A name that two articles have means neither."""
        key = article.language, name.casefold()
        known = self._names.setdefault(key, article)
        if known is not article:
            self._names[key] = None


def _stem(path: str) -> str:
    """A path without its ending; `name/index` is called `name`."""
    return _CALLED_INDEX.sub("", _SUFFIX.sub("", path))


def looked_up(written: str, addresses: Mapping[str, str]) -> str | None:
    """The address that `written` has in `addresses`, however it is encoded."""
    return addresses.get(written) or addresses.get(unquote(written))
