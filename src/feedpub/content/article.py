"""read_article() and render_body(): the two doors of the room."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Literal, cast

from feedpub.content.address import article_url
from feedpub.content.fields import Fields
from feedpub.content.mentions import looked_up, mentions
from feedpub.content.merge import merge_marker
from feedpub.content.tags import Page, Tagged, untagged
from feedpub.content.text import normal, one_line
from feedpub.content.titles import decoded, plain_title
from feedpub.content.unshown import unshown
from feedpub.content.urls import absolute
from feedpub.content.wiki import without_wiki
from feedpub.errors import FeedpubError, Problem
from feedpub.model import Article, Author, Body, Examined, Reference
from feedpub.sandbox import fill
from feedpub.site import Site
from feedpub.tables import FIELDS

# How tools name the address that a link post is about.
_ELSEWHERE = ("external_url", "externalUrl", "source_url", "sourceUrl", "link", "linkurl", "link_url", "linkUrl", "external_link")
_WEB = re.compile(r"https?://\S+$")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
# What stands in an export of Ghost where the site's address was: paths from the root remain.
_GHOST = "__GHOST_URL__"
_BRACED = re.compile(r"<[a-z][^<>]*\s[A-Za-z-]+=\{")
# Seconds since 1970.
Commits = tuple[int, int] | None


def read_article(text: str, source: str, site: Site, commits: Commits = None) -> Article:
    """The Article that `text` holds, in the format of docs/article-format.md or of another tool; its file's name is the
    default slug.

    `commits` has the times of the file's first and last commit, for one without a date. Times without an offset are the
    site's. `updated` is never before `published`: a reader sees an article change when
    it appears. Raises FeedpubError with all Problems of the file's fields and its warnings, or with
    those of front matter that can't be read.
    """
    from feedpub.content.dialects import (
        language_of,
        leading_heading,
        place,
        plain_attributes,
        plain_markdown,
        tags_of,
        title_of,
        translated,
    )  # fmt: skip
    from feedpub.content.frontmatter import read_front_matter

    text = normal(text).replace(_GHOST, "")
    raw = read_front_matter(text, source)
    body, body_line = raw.body, raw.body_line
    if source.lower().endswith(".mdx"):
        body = plain_markdown(body)
    elif "={" in body and _BRACED.search(body):
        body = plain_attributes(body)
    where, language = place(source, site.article_folders, tags_of(site)), language_of(source, raw.fields, site)
    told = translated(raw, source, where, site)
    if "title" not in told.fields and (heading := leading_heading(body)):
        told.fields["title"], start, end = heading
        told.lines["title"] = body_line + body.count("\n", 0, start)
        body_line += body.count("\n", 0, end)
        body = body[end:]
    if raw.fields and "publishedAt" not in raw.fields and "publishedAt" in told.fields and "title" not in told.fields:
        told.fields["title"] = title_of(where.name)
        what, mend = "is missing, and is taken from the file's name", "write a line such as title: My first article"
        told.warnings.append(Problem(source, 1, "title", what, mend, "warning"))
    if commits and "publishedAt" not in told.fields:
        first, last = (datetime.fromtimestamp(moment, UTC).isoformat() for moment in commits)
        told.fields |= {"publishedAt": first, "updatedAt": told.fields.get("updatedAt", last)}
    if "publishedAt" not in told.fields and told.fields.get("draft") == "true" and "title" in told.fields:
        told.fields["publishedAt"] = "1970-01-01"  # a draft has its date when it is one no longer
    if raw.absent and not {"title", "publishedAt"} <= told.fields.keys():
        raise FeedpubError([raw.absent, *_unmerged(source, body, body_line)])
    fields = Fields(told.fields, told.lines, source, told.written)
    published = fields.published(site.timezone)
    # A file that is published today under its whole name keeps its id.
    slug = fields.slug(where.path.rpartition("/")[2] if told.own else where.name)
    folder = where.path.rpartition("/")[0]
    path = told.path or (f"{folder}/{slug}".lstrip("/") if "slug" in told.fields else where.path)
    article = Article(
        source=source,
        slug=f"{site.root_of(language)}{slug}",
        language=language,
        title=plain_title(fields.title()),
        published=published,
        updated=max(fields.instant("updatedAt", site.timezone) or published, published),
        authors=fields.authors() or (site.author or Author(site.title),),
        category=fields.text("category") or "Uncategorized",
        markdown=body,
        body_line=body_line,
        excerpt=decoded(fields.text("excerpt") or "") or None,
        tags=fields.names("tags"),
        keywords=fields.names("keywords"),
        image=fields.image(),
        featured=fields.flag("featured"),
        draft=fields.flag("draft"),
        meta_title=fields.text("metaTitle"),
        meta_description=fields.text("metaDescription"),
        extra={name: value for name, value in raw.fields.items() if name not in FIELDS},
        lines={"title": 1, "publishedAt": 1, **told.lines},
        path=path,
        url=told.url,
        expires=fields.instant("expiresAt", site.timezone),
        warnings=(*raw.warnings, *told.warnings),
        id=_kept_id(raw.fields),
        mentions=mentions(body),
        related=_related(raw.fields, site),
    )
    if problems := [*told.problems, *fields.problems, *_unmerged(source, body, body_line)]:
        raise FeedpubError([*problems, *article.warnings])  # one of them may be the cause: a date under a misspelt name
    return article


def _unmerged(source: str, body: str, body_line: int) -> Iterator[Problem]:
    conflict = merge_marker(body)
    if conflict is not None:
        mend = "keep what is meant of the two, and take the lines <<<<<<<, ======= and >>>>>>> out"
        yield Problem(source, body_line + conflict, "", "an unresolved merge stands in the text", mend)


def _kept_id(fields: Mapping[str, object]) -> str | None:
    """The id under which the article was published before: `guid`, or an `id` that is an IRI.

    Other tools have an `id` for purposes of their own, such as `id: intro`: two such would be one article to readers.
    """
    guid, other = (one_line(value) if isinstance(value := fields.get(name), str) else "" for name in ("guid", "id"))
    return guid or (other if _IRI.fullmatch(other) else None)


def _related(fields: Mapping[str, object], site: Site) -> str | None:
    """The address of what a link post is about, which is no page of the site itself."""
    for name in _ELSEWHERE:
        value = fields.get(name)
        url = absolute(value, "", site.strip_params) if isinstance(value, str) and _WEB.match(value) else None
        if url and not url.startswith(f"{site.url}/"):
            return url
    return None


def reading_key(site: Site) -> str:
    """All that read_article() takes from the settings: of one text and key there is one Article."""
    return repr(
        (
            site.timezone.key,
            site.title,
            site.author,
            site.url,
            site.strip_params,
            site.article_folders,
            site.fields,
            site.authors,
            site.languages and (site.language, site.languages),
        )
    )


def render_body(article: Article, site: Site, addresses: Mapping[str, str] | None = None) -> Body:
    """The article's body as safe HTML, every URL absolute against the article's own address.

    `addresses` are those of the articles that it mentions, by what it writes (see mentions()). Among the Body's `problems`
    are warnings of what is not shown: a shortcode that can't be read, a tag that is not known, a script, and what would have
    taken too long.
    """
    return _Rendering(article, site, addresses or {}).body()


def examine_body(article: Article, site: Site, addresses: Mapping[str, str] | None = None) -> Examined:
    """The `problems` that render_body() gives, and every link and image of the body; it is parsed once for both."""
    rendering = _Rendering(article, site, addresses or {})
    references = tuple(sorted(rendering.references(), key=lambda reference: reference.line))
    return Examined(rendering.body().problems, references)


class _Rendering:
    """A body that was parsed."""

    def __init__(self, article: Article, site: Site, addresses: Mapping[str, str]) -> None:
        from feedpub.content import markdown

        self._article, self._site, self._addresses = article, site, addresses
        self._told: list[Problem] = []
        self._name = blake2b(article.slug.encode("utf-8", "replace"), digest_size=4).hexdigest()
        self._tagged = _untagged(article, site, addresses, self._told)
        self._tokens = markdown.parse(self._tagged.text, site.strip_params, name=self._name)

    def body(self) -> Body:
        """The Body."""
        from feedpub.content import markdown

        article, site, tokens = self._article, self._site, self._tokens
        html, images, cut = markdown.safe_html(
            tokens, article_url(article, site), site.strip_params, name=self._name, assets=asset_base(article, site),
            addresses=self._addresses, inserted=self._tagged.inserted,
        )  # fmt: skip
        problems = (*self._told, *unshown(article, tokens, self._tagged, cut=cut))
        return Body(html, markdown.lead(tokens), images, problems)

    def references(self) -> Iterator[Reference]:
        """Every link and image."""
        from feedpub.content import markdown

        base = article_url(self._article, self._site)
        for kind, written, line, alt in markdown.urls(self._tokens):
            url = absolute(looked_up(written, self._addresses) or written, base, self._site.strip_params)
            if url:
                place = self._article.body_line + self._tagged.line(line)
                yield Reference(cast(Literal["link", "image"], kind), url, written, place, alt)


def body_key(article: Article, text: bytes, site: Site, addresses: Mapping[str, str] | None = None) -> bytes:
    """A hash of all that render_body() looks at: of one key there is one Body. `text` is a hash of the file's text."""
    seen = (
        text, article.source, article.body_line, article_url(article, site), site.strip_params, site.title, site.url,
        asset_base(article, site), site.shortcodes, sorted((addresses or {}).items()),
    )  # fmt: skip
    return blake2b(repr(seen).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def asset_base(article: Article, site: Site) -> str:
    """The address against which images of the article are resolved: with [site] assets, where its file's folder is found."""
    folder = article.source.rpartition("/")[0]
    return f"{site.assets.rstrip('/')}/{folder}/" if site.assets else ""


def lead_image_url(article: Article, site: Site) -> str | None:
    """The web address of the article's lead image, without the parameters to strip; None if it has none."""
    base = asset_base(article, site) or article_url(article, site)
    url = absolute(article.image, base, site.strip_params) if article.image else None
    return url if url and url.startswith("http") else None


def _untagged(article: Article, site: Site, addresses: Mapping[str, str], told: list[Problem]) -> Tagged:
    """The body without tags of templates; what goes wrong in one of the site's own is noted in `told`."""
    page = Page(
        article.title, article_url(article, site), site.title, site.url, article.extra,
        find=lambda written: looked_up(written, addresses),
    )  # fmt: skip

    def filled(name: str, source: str, context: Mapping[str, object]) -> str:
        try:
            return fill(source, context, markup=True)
        except Exception as error:  # a template may raise anything
            what = f"shortcodes/{name}.html can't be filled in: {error}"
            told.append(Problem(article.source, article.body_line, "", what, "mend the template", "warning"))
            return ""

    return untagged(without_wiki(article.markdown, addresses), page, own=site.shortcodes, fill=filled)
