"""What holds for every article, however odd: it reads or is a Problem, and what comes out is safe."""

import re
from unicodedata import normalize
from urllib.parse import unquote, unquote_plus, urljoin, urlsplit

import lxml.etree
import lxml.html
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it.token import Token
from msgspec.structs import replace

from feedpub.content import absolute, article_url, name_slug, read_article, render_body
from feedpub.content.markdown import safe_html
from feedpub.content.titles import plain_title
from feedpub.errors import FeedpubError
from feedpub.model import Article
from feedpub.site import read_site

SITE = read_site("""\
[site]
title = "The Signal"
url = "https://news.example.org"
timezone = "Europe/Malta"
strip_params = ["token"]
""")
HEAD = "---\ntitle: A title\npublishedAt: 2025-11-11\n---\n\n"
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

many = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])

FIELDS = st.sampled_from(
    "slug title excerpt publishedAt updatedAt author category tags keywords image featured draft metaTitle layout".split()
)
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from("2025-11-11 0001-01-01 [a,b] [] [[]] {a:b} {a} ~ null *a &a |- > ' \" @ % --- ../x # : - ? , ]".split()),
    st.sampled_from(["!!python/name:os.system", "\0", "\x85", "\u2028", "\ufeff", "a: b", "- a\n- b", "\n  x", "\t"]),
)
FILES = st.one_of(
    st.text(),
    st.text(max_size=80).map(lambda text: f"---\n{text}\n---\n"),
    st.lists(st.tuples(FIELDS, VALUES), max_size=8).map(
        lambda pairs: "---\n" + "".join(f"{name}: {value}\n" for name, value in pairs) + "---\nText\n"
    ),
    st.lists(VALUES, max_size=8).map(lambda values: HEAD.replace("\n---\n\n", "\n" + "\n".join(values) + "\n---\n")),
)

PIECES = st.sampled_from(
    r"""
    <script> </script> <img <a <svg <math> <style> </style> <iframe <form <b> </b> <div> </div> <p> <!-- --> <![CDATA[ ]]> <table>
    <td> <template> <textarea> <title> <select> <option> <mglyph> <annotation-xml <foreignObject> <xmp> <plaintext> <noscript>
    <object> <embed <base <meta onerror= onclick= href= src= srcset= style= poster= cite= = > " ' ` javascript: java&#10;script:
    &#106;avascript: data:text/html, vbscript: alert(1) // / \ # ? & &amp; &lt; &#0; &#x1; &#xFFFE; &colon; &Tab; text http://
    https://example.org/ ?token=x&a=1 //evil.example http://[ ( ) [ ] ![ ]( {{image: }} {{ , width: height: alt: 5 | |- :-: - *
    ** _ ~~ ``` > 1. # <https://a> <mailto:a@b>""".split()
)
BODIES = st.lists(
    st.one_of(PIECES, st.sampled_from([" ", "\n", "\n\n", "    ", "\t", '"']), st.text(max_size=6)), max_size=40
).map("".join)


ACTIVE = set("script style iframe object embed form input svg math base meta link".split())


def body_article(body: str) -> Article:
    return read_article(HEAD + body, "article.md", SITE)


def read_or_refused(text: str, source: str) -> Article | FeedpubError:
    try:
        return read_article(text, source, SITE)
    except FeedpubError as error:
        return error


@given(FILES)
@example("---\n0:\n0\x85\n---")
@many
def test_any_text_is_an_article_or_problems(text: str) -> None:
    match read_or_refused(text, "articles/one.md"):
        case Article() as article:
            assert article.title
            assert article.updated >= article.published
            assert isinstance(render_body(article, SITE).html, str)
        case FeedpubError(problems=problems):
            assert problems
            assert all(problem.source == "articles/one.md" and problem.what for problem in problems)
            assert all(0 < problem.line <= text.count("\n") + text.count("\r") + 1 for problem in problems)


@given(BODIES)
@example("<a href='java\nscript:alert(1)'>x</a>")
@example('<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">')
@many
def test_any_body_becomes_html_that_does_nothing(body: str) -> None:
    html = render_body(body_article(body), SITE).html
    for element in lxml.html.fragment_fromstring(html, create_parent="div").iter():
        assert element.tag not in {
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "svg",
            "math",
            "base",
            "meta",
            "link",
        }
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in {"href", "src", "poster", "cite"}:
                assert re.match("https?://[^/?#]|mailto:|tel:", value), (name, value)
                assert not re.search(r"[?&]token=", value)
            if name == "srcset":
                assert all(re.match("https?://[^/?#]", candidate) for candidate in value.split(", "))


@given(BODIES)
@many
def test_any_body_fits_into_xml(body: str) -> None:
    rendered = render_body(body_article(body), SITE)
    for text in (rendered.html, rendered.lead):
        assert not FORBIDDEN.search(text)
        element = lxml.etree.Element("content")
        element.text = text
        assert (lxml.etree.fromstring(lxml.etree.tostring(element)).text or "") == text.replace("\r\n", "\n")


@given(BODIES)
@many
def test_what_is_safe_once_is_the_same_when_made_safe_again(body: str) -> None:
    base = article_url(body_article(body), SITE)
    once = render_body(body_article(body), SITE).html
    twice, *_ = safe_html([Token("html_block", "", 0, content=once)], base, SITE.strip_params)
    assert twice == once


def yaml_quoted(text: str) -> str:
    """A double-quoted scalar (YAML 1.2.2, 7.3.1)."""
    return '"' + "".join(f"\\{c}" if c in '\\"' else c if c.isprintable() else f"\\U{ord(c):08X}" for c in text) + '"'


@given(st.text())
@example("Yes")
@example("\u3000\xa0")
@example("a\u2028b\u00a0c\x85 d")
@example("---")
@example("\xa0")
@example("e\u0301")
@many
def test_a_quoted_title_reads_back_as_written(title: str) -> None:
    expected = normalize("NFC", re.sub(r"[ \t\r\n\x85\u2028\u2029]+", " ", FORBIDDEN.sub("", title)).strip(" "))
    text = f"---\ntitle: {yaml_quoted(title)}\npublishedAt: 2025-11-11\n---\n"
    if re.search(r"[^\s\u200b-\u200f\u2060\ufeff]", expected):
        assert read_article(text, "article.md", SITE).title == plain_title(expected)
    else:
        with pytest.raises(FeedpubError, match="title: is empty"):
            read_article(text, "article.md", SITE)


SLUG_PIECES = st.sampled_from([*"./\\%a ?#:~;\u2028\uff0e\u0301", "..", "%2e", "%2F"])
SLUGS = st.one_of(st.text(max_size=20), st.lists(SLUG_PIECES, max_size=5).map("".join))


@given(SLUGS, st.booleans())
@many
def test_a_slug_never_leads_out_of_its_folder(slug: str, as_file_name: bool) -> None:
    field = "" if as_file_name else f"slug: {yaml_quoted(slug)}\n"
    source = f"articles/{slug}.md" if as_file_name else "articles/one.md"
    article = read_or_refused(f"---\ntitle: A title\npublishedAt: 2025-11-11\n{field}---\n", source)
    if isinstance(article, Article):
        url = article_url(article, SITE)
        before, blog, last, after = urlsplit(url).path.split("/")
        assert (before, blog, after) == ("", "blog", "")
        assert unquote(last) == article.slug
        assert article.slug not in ("", ".", "..")
        assert urljoin(url, ".") == url
        assert url.isascii()


@given(st.text(st.characters(), min_size=1))
@example("caf\udce9")  # a name of Latin-1 bytes, as Python reads it on Linux (PEP 383)
@example("a\ufffeb")
@many
def test_a_file_of_any_name_is_an_article_or_problems(name: str) -> None:
    article = read_or_refused(HEAD, f"articles/{name}.md")
    if isinstance(article, Article):
        assert not FORBIDDEN.search(article.slug)
        assert article_url(article, SITE).isascii()


@given(st.text())
@example("C++")
@example("日本語")
@example("🚀")
@example("\u0301")
@many
def test_the_slug_of_any_name_is_plain(name: str) -> None:
    assert re.fullmatch("[a-z0-9][a-z0-9-]*", name_slug(name, SITE))


QUERY_PARTS = st.one_of(
    st.text("abcxyzTOKENtoken0129-._~!$'()*+,:@/?", max_size=8),
    st.sampled_from(["token", "Token", "to%6Ben", "%2C", "%26", "%74oken"]),
)
PAIRS = st.lists(st.one_of(st.tuples(QUERY_PARTS, QUERY_PARTS).map("=".join), QUERY_PARTS), min_size=1, max_size=8)


@given(PAIRS, st.sampled_from([(), ("token",), ("token", "xyz"), ("TOKEN",)]))
@many
def test_stripped_parameters_are_gone_and_the_others_keep_bytes_and_order(pairs: list[str], strip: tuple[str, ...]) -> None:
    url = absolute(f"https://example.org/a?{'&'.join(pairs)}#part", "https://news.example.org/", strip)
    kept = [pair for pair in pairs if unquote_plus(pair.partition("=")[0]).casefold() not in {name.casefold() for name in strip}]
    assert url is not None
    assert urlsplit(url).query == "&".join(kept)
    assert urlsplit(url)[:3] == ("https", "example.org", "/a")
    assert urlsplit(url).fragment == "part"


@given(BODIES)
@many
def test_no_parameter_to_strip_is_left_in_an_image(body: str) -> None:
    site = replace(SITE, strip_params=("a", "token"))
    for url in render_body(body_article(body), site).images:
        assert not re.search(r"[?&](a|token)(=|&|$)", url.partition("#")[0])
