"""Articles made to be slow, deep or large: they come out with their text, or as Problems, and the process lives on.

No time is asserted: pytest-timeout ends a test that would not.
"""

from html.parser import HTMLParser

import pytest

from feedpub.content import read_article, render_body
from feedpub.errors import FeedpubError
from feedpub.model import Body
from feedpub.site import read_site

SITE = read_site('[site]\ntitle = "The Signal"\nurl = "https://news.example.org"\n')
BODY_LINE = 6  # of the file that rendered() makes


def rendered(markdown: str) -> Body:
    text = f"---\ntitle: A title\npublishedAt: 2025-11-11\n---\n\n{markdown}"
    return render_body(read_article(text, "articles/one.md", SITE), SITE)


def shown(body: Body) -> str:
    """The text that a reader sees. libxml2 would lose what stands more than 255 deep."""
    pieces: list[str] = []
    parser = HTMLParser()
    parser.handle_data = pieces.append  # type: ignore[method-assign]
    parser.feed(body.html)
    parser.close()
    return "".join(pieces)


def test_300_nested_quotes_keep_their_text() -> None:
    body = rendered("> " * 300 + "deepest\n")
    assert body.html.count("<blockquote>") == 300
    assert shown(body).strip() == "deepest"
    assert body.problems == ()


def test_300_nested_lists_keep_their_text() -> None:
    body = rendered("".join(f"{'  ' * depth}- item {depth}\n" for depth in range(300)))
    assert shown(body).split() == [word for depth in range(300) for word in ("item", str(depth))]
    assert body.problems == ()


@pytest.mark.parametrize("markdown", ["> " * 5_000, "- " * 5_000, "> - " * 5_000])
def test_what_stands_too_deep_is_shown_or_told_and_the_text_around_it_stays(markdown: str) -> None:
    body = rendered(f"Before.\n\n{markdown}deepest\n\nAfter.\n")
    assert "deepest" in shown(body) or [(one.severity, one.line) for one in body.problems] == [("warning", BODY_LINE + 2)]
    assert shown(body).startswith("Before.")
    assert shown(body).endswith("After.\n")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000 + "core" + "]" * 20_000,
        "[" * 20_000 + "core",
        "![" * 20_000 + "core",
        "![" * 5_000 + "core" + "](" * 5_000,
        "*a **b " * 50_000 + "core",
        "_a __b " * 50_000 + "core",
        "~~a " * 20_000 + "core",
        "<" * 50_000 + "core",
        "<a " * 20_000 + "core",
        "[a](<" * 10_000 + "core",
        "{{" * 50_000 + "core",
        "}}" * 50_000 + "core",
        " ".join("`" * length for length in range(1, 1_000)) + " core",
        "a" * 1_000_000,
    ],
    ids=lambda text: f"{text[:6]}…{text[-6:]}",
)
def test_marks_that_close_nothing_stay_text(text: str) -> None:
    assert shown(rendered(f"{text}\n\nAfter.\n")) == f"{text}\nAfter.\n"


@pytest.mark.parametrize("opening", ["<div>", "<div>\n\n", "<b>", "<b>\n\n", "<ul><li>", "<table><tr><td>", "<details>\n\n"])
def test_deep_raw_html_keeps_its_text(opening: str) -> None:
    assert "core" in shown(rendered(opening * 5_000 + "core\n\n"))


def test_an_article_of_a_megabyte_keeps_every_paragraph() -> None:
    body = rendered("".join(f"Paragraph {n} has *words*, `code` and [a link](/x/{n}).\n\n" for n in range(20_000)))
    assert shown(body) == "".join(f"Paragraph {n} has words, code and a link.\n" for n in range(20_000))
    assert body.lead == "Paragraph 0 has words, code and a link."


@pytest.mark.parametrize("option", ["width: 5", 'alt: "a', 'alt: "a" b', "alt: a"])
def test_5000_unclosed_shortcodes_are_warnings_each_at_its_line_and_the_text_stays(option: str) -> None:
    body = rendered("".join(f"{{{{image: https://example.org/{n}.png, {option}\n\nParagraph {n}.\n\n" for n in range(5_000)))
    assert shown(body) == "".join(f"Paragraph {n}.\n" for n in range(5_000))
    assert [problem.line for problem in body.problems] == [BODY_LINE + 4 * n for n in range(5_000)]
    assert body.images == ()


@pytest.mark.parametrize("option", [', alt: "a', ", width: 5", ', alt: "a\\"', ' "', ""])
def test_unclosed_shortcodes_in_one_paragraph_leave_the_next_alone(option: str) -> None:
    for separator in ("", "\n"):
        body = rendered((f"{{{{image: x{option} " + separator) * 5_000 + "\n\nAfter.\n")
        assert shown(body).strip() == "After."
        assert body.problems


def test_10000_shortcodes_in_one_paragraph_are_all_shown() -> None:
    body = rendered("".join(f'{{{{image: https://example.org/{n}.png, alt: "{n}"}}}} ' for n in range(10_000)))
    assert body.images == tuple(f"https://example.org/{n}.png" for n in range(10_000))
    assert body.html.count("<figure>") == 10_000


def test_10000_references_are_links() -> None:
    body = rendered("".join(f"[r{n}]: /x/{n}\n" for n in range(10_000)) + "\n" + "[r5] " * 10_000)
    assert body.html.count('<a href="https://news.example.org/x/5">r5</a>') == 10_000


@pytest.mark.parametrize("depth", [100, 900, 100_000])
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("[", ""), ("- ", ""), ("? ", ""), ("{? ", "}"), ("!!x [", "]")]
)
def test_deep_front_matter_is_one_problem(opening: str, closing: str, depth: int) -> None:
    value = f"title: A title\npublishedAt: 2025-11-11\nmore:\n  {opening * depth}x{closing * depth}\n"
    with pytest.raises(FeedpubError) as refused:
        read_article(f"---\n{value}---\n\nText.\n", "articles/one.md", SITE)
    (problem,) = refused.value.problems
    assert 4 <= problem.line <= 6
    assert len(problem.message()) < 400


def test_a_chain_of_aliases_is_one_problem() -> None:
    chain = "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 5_000))
    with pytest.raises(FeedpubError, match="unfolds to too many values"):
        read_article(f"---\ntitle: A\npublishedAt: 2025-11-11\na0: &a0 [x]\n{chain}---\n", "articles/one.md", SITE)


def test_20000_fields_are_kept() -> None:
    fields = "".join(f"field{n}: {n}\n" for n in range(20_000))
    article = read_article(f"---\ntitle: A\npublishedAt: 2025-11-11\n{fields}---\n", "articles/one.md", SITE)
    assert article.extra == {f"field{n}": str(n) for n in range(20_000)}


def test_fields_of_a_megabyte_are_read_or_refused_with_a_short_message() -> None:
    long = "x" * 1_000_000
    assert read_article(f"---\ntitle: {long}\npublishedAt: 2025-11-11\n---\n", "articles/one.md", SITE).title == long
    with pytest.raises(FeedpubError) as refused:
        read_article(f"---\ntitle: A\npublishedAt: {long}\nslug: {long}\nfeatured: {long}\n---\n", "articles/one.md", SITE)
    assert [problem.field for problem in refused.value.problems] == ["publishedAt", "slug", "featured"]
    assert all(len(problem.message()) < 400 for problem in refused.value.problems)


@pytest.mark.parametrize(
    "markdown",
    [
        "![[" * 50_000, "[a][" * 30_000, "a<![CDATA[" * 30_000, "[" * 100_000,
        "<div>" * 20_000, "<div>\n\n" * 20_000, "<b></i>" * 20_000, "<ul><li>" * 20_000, "<dl><dt>" * 20_000,
        "<div><!-- </div> -->" * 20_000, "<div title='</div>'>" * 20_000, "<div><style></div></style>" * 20_000,
        "<svg><style>" + "</style><div>" * 20_000, "<p>" + "<b title=1><p>" * 20_000,
        "".join(f"<p><b title={n}></p>" for n in range(5_000)) + "<p>x</p>" * 20_000,
        "|" + "a|" * 1_000 + "\n|" + "-|" * 1_000 + "\n" + "|x|\n" * 1_000,
        ("|" + "a|" * 100 + "\n|" + "-|" * 100 + "\n" + "|x|\n" * 100 + "\n") * 50,
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_what_would_take_for_ever_is_bounded_told_and_published(markdown: str) -> None:
    body = rendered(f"Before.\n\n{markdown}\n\n")
    assert shown(body).startswith("Before.")
    assert len(body.html) < 10 * len(markdown)
    assert {(one.severity, one.source) for one in body.problems} == {("warning", "articles/one.md")}


def test_what_is_left_out_is_told_with_its_line() -> None:
    table = "|a" * 300 + "|\n" + "|-" * 300 + "|\n" + "|x|\n" * 300
    (problem,) = rendered(f"Before.\n\n{table}").problems
    assert (problem.line, problem.what[:10]) == (BODY_LINE + 2, "this table")
    (problem,) = rendered("Before.\n\nMore.\n\n" + "[a][" * 5_000).problems
    assert (problem.line, "too many brackets" in problem.what) == (BODY_LINE + 4, True)


def test_a_long_article_of_sound_html_is_the_same_as_its_parts() -> None:
    part = (
        "<div><p>One <b>two</b> <i>three<br>four</i><p>Five<ul><li>Six<li>Seven</ul><table><tr><td>8<td>9<tr><td>10</table>"
        "<!-- x --><svg viewBox='0 0 1 1'><path d='M0'/><g><path d='M1'/></g></svg><img src='/x.png' alt='>'></div>"
    )
    one, many = rendered(part), rendered(part * 200)
    assert not [problem for problem in many.problems if "<svg> is left out" not in problem.what]
    assert many.html.strip() == one.html.strip() * 200
