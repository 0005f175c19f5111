"""The e-mail: the same stories in every program, never clipped, and safe."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import css_inline
import lxml.html
import pytest

from feedpub.digest import LARGEST
from feedpub.errors import FeedpubError
from feedpub.mailing.newsletter import Edition, preview
from feedpub.site import read_site
from tests.conftest import SETTINGS
from tests.digest.conftest import DIGEST, featured

Make = Callable[..., Edition]
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7 * 7 }}{% raw %}'
TWELVE = {
    f"articles/{n}.md": featured(
        f"Story {n}", f"2025-11-{n + 1:02}", excerpt=f"Excerpt of {n}.", image=f"https://i.example/{n}.jpg"
    )
    for n in range(12)
}


def page(made: Edition) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(made.email.html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))


def test_html_and_text_tell_the_same_stories_in_the_same_order(make: Make) -> None:
    made = make(TWELVE)
    titles = [f"Story {n}" for n in range(11, 1, -1)]
    assert [title.text_content() for title in page(made).xpath("//h2[not(contains(@class, 'others'))] | //h3")] == titles
    assert re.findall(r"^Story \d+$", made.email.text, re.MULTILINE) == titles
    for n in range(2, 12):
        assert f"\nhttps://news.example.org/blog/{n}/\n" in made.email.text
        assert f"Excerpt of {n}." in made.email.text


def test_the_text_part_is_wrapped_and_its_links_are_whole(make: Make) -> None:
    long = "A sentence of words that goes on, " * 8 + "日本語の文章は空白なしで続く" * 6
    made = make({"articles/a.md": featured("A" * 40 + " " + "B" * 60, excerpt=long, slug="s" * 120)})
    lines = made.email.text.splitlines()
    assert all(len(line) <= 72 for line in lines if "://" not in line)
    assert f"https://news.example.org/blog/{'s' * 120}/" in lines
    assert "<" not in made.email.text


def test_the_html_is_that_of_a_mail(make: Make) -> None:
    made = make(TWELVE)
    found = page(made)
    assert made.email.html.startswith("<!DOCTYPE html>")
    assert found.get("lang") == "en"
    assert found.get("dir") == "ltr"
    assert found.xpath("//div[@lang='en'][@dir='ltr'][@role='article']")
    assert found.xpath("//title")[0].text == made.email.subject
    assert {table.get("role") for table in found.xpath("//table")} == {"presentation"}
    headings = [int(heading.tag[1]) for heading in found.xpath("//h1 | //h2 | //h3 | //h4")]
    assert headings[:2] == [1, 2]
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert headings.count(1) == 1
    assert all(image.get("alt") is not None and image.get("width", "").isdecimal() for image in found.xpath("//img"))
    assert all(url.startswith("https://") for _, attribute, url, _ in found.iterlinks() if attribute in ("href", "src"))
    assert not found.xpath("//script | //iframe | //form | //link")


def test_the_media_rules_keep_their_important(make: Make) -> None:
    (style,) = page(make(TWELVE)).xpath("//style")
    assert "@media only screen and (max-width: 599px)" in style.text
    assert "@media (prefers-color-scheme: dark)" in style.text
    assert "[data-ogsc] .text" in style.text
    assert style.text.count("!important") > 20
    assert len(style.text) < 8_192


def test_inlining_again_with_another_inliner_changes_nothing(make: Make) -> None:
    html = make(TWELVE).email.html
    again = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False).inline(html)

    def styles(markup: str) -> list[dict[str, str]]:
        written = [tag.get("style").split(";") for tag in lxml.html.document_fromstring(markup).xpath("//body//*[@style]")]
        pairs = [[one.partition(":")[::2] for one in some if one] for some in written]
        return [{name.strip(): re.sub(r"\s+", "", value).replace('"', "'") for name, value in some} for some in pairs]

    assert styles(again) == styles(html)


@pytest.mark.parametrize("field", ["title", "excerpt", "author", "category", "image"])
def test_text_of_an_article_is_text(make: Make, field: str) -> None:
    files = {
        "articles/a.md": "---\ntitle: A\npublishedAt: 2025-11-11\nfeatured: true\n---\n".replace(
            "title: A", f"title: A\n{field}: '{HOSTILE}'" if field != "title" else f"title: '{HOSTILE}'"
        )
    }
    html = make(files).email.html
    found = lxml.html.document_fromstring(html)
    assert not found.xpath("//script | //img[@onerror]")
    assert "49" not in found.text_content()


def test_credentials_are_gone_from_image_addresses(make: Make, write_digest: Callable[..., Path]) -> None:
    image = "https://i.example/a%20b?width=1200&height=600&token=secret"
    made = make({"articles/a.md": featured("A", image=image)}, digest='strip_params = ["token"]\n' + DIGEST)
    assert "secret" not in made.email.html
    (lead,) = page(made).xpath("//img")
    assert lead.get("src") == "https://i.example/a%20b?width=1200&height=600"
    assert (lead.get("width"), lead.get("height")) == ("600", "300")


def test_a_local_image_gives_its_height(make: Make) -> None:
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\xb0\0\0\x03\x20" + b"\0" * 20
    made = make({"articles/a.md": featured("A", image="/images/a.png"), "images/a.png": png})
    (lead,) = page(made).xpath("//img")
    assert (lead.get("width"), lead.get("height")) == ("600", "400")


@pytest.mark.parametrize(
    ("count", "excerpt", "title"),
    [
        (60, "word " * 100, "Title"),
        (300, "word " * 400, "Title " * 40),
        (300, "字" * 2_000, "🚀" * 500),
        (80, "<&>" * 900, "&" * 900),
    ],
)
def test_no_input_makes_an_email_that_is_clipped(make: Make, count: int, excerpt: str, title: str) -> None:
    files = {
        f"articles/{n:03}.md": featured(
            f'"{n} {title}"', excerpt=f'"{excerpt}"', author=f'"{"Author " * 50}"', slug=f"{n:03}{'é' * 100}"
        )
        for n in range(count)
    }
    made = make(files, "limit = 1000\n")
    assert len(made.email.html.encode()) <= LARGEST
    stories = page(made).xpath("//h3")
    assert len(stories) + 1 + made.email.left_out == count
    if made.email.left_out:
        assert f"{made.email.left_out} more" in made.email.html
        assert f"And {made.email.left_out} more" in made.email.text
        assert any("its e-mail was too large" in warning.what for warning in made.warnings)


def test_an_email_too_large_with_one_story_is_a_problem(make: Make) -> None:
    with pytest.raises(FeedpubError, match=r"feedpub.toml:\d+: digest.name: its e-mail has 1\d\d kB with one story"):
        make({"articles/a.md": featured("A")}, digest=DIGEST.replace("1 Long Street", "x" * 100_000))


def test_a_right_to_left_site_reads_from_right_to_left(write_digest: Callable[..., Path], make: Make) -> None:
    made = make({"articles/a.md": featured("عنوان")}, digest='language = "ar"\n' + DIGEST)
    assert page(made).get("dir") == "rtl"
    (sentence,) = page(made).xpath("//p[starts-with(text(), 'You get this letter')]")
    assert (sentence.get("lang"), sentence.get("dir")) == ("en", "ltr")
    assert "2025-11-11" in made.email.text


def test_a_link_to_the_browser_is_there_when_issues_are_published(make: Make) -> None:
    made = make({"articles/a.md": featured("A")}, 'archive_url = "/letters/{name}/{date}.html"\n')
    url = "https://news.example.org/letters/weekly/2025-11-17.html"
    assert page(made).xpath(f"//a[@href='{url}'][text()='View in browser']")
    assert url in made.email.text


def test_the_link_to_the_browser_leads_to_the_archive_of_a_site_that_serves_one(make: Make) -> None:
    web = '[web]\nurl = "https://feeds.example.org"\n'
    made = make({"articles/a.md": featured("A")}, web)
    assert page(made).xpath("//a[@href='https://feeds.example.org/archive/weekly/2025-11-17T0700/'][text()='View in browser']")
    made = make({"articles/a.md": featured("A")}, web + "archive = false\n")
    assert not page(made).xpath("//a[text()='View in browser']")


@pytest.mark.parametrize("accent", ["#ffcc00", "#000000", "#ffffff", "#0b5", "#a3400f", "#1e90ff"])
def test_any_accent_can_be_read_on_both_grounds(accent: str) -> None:
    from feedpub.digest.colour import NIGHT, PAPER, contrast, readable

    colour = read_site(SETTINGS + DIGEST + f'accent = "{accent}"\n').digests[0].accent
    assert contrast(readable(colour, PAPER), PAPER) >= 4.5
    assert contrast(readable(colour, NIGHT), NIGHT) >= 4.5


def test_the_same_input_gives_the_same_bytes(make: Make, write_digest: Callable[..., Path]) -> None:
    made = make(TWELVE)
    site = read_site(SETTINGS + DIGEST)
    assert preview(made, site) == preview(make(TWELVE), site)
