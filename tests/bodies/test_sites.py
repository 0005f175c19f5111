"""What a body means in its site: links from file to file, the site's own tags, images beside articles, link posts."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article

Run = Callable[..., Result]


def contents(site: Path) -> dict[str, str]:
    return {item["title"]: item["content_html"] for item in json.loads((site / "public/feed.json").read_text())["items"]}


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("[x](other.md)", "https://news.example.org/blog/other/"),
        ("[x](./other.md#part)", "https://news.example.org/blog/other/#part"),
        ("[x](../articles/deep/far.md)", "https://news.example.org/blog/far/"),
        ("[x](@/deep/far.md)", "https://news.example.org/blog/far/"),
        ("[x](/articles/other.md)", "https://news.example.org/blog/other/"),
        ("[x][1]\n\n[1]: deep/far.md", "https://news.example.org/blog/far/"),
        ('<a href="other.md">x</a>', "https://news.example.org/blog/other/"),
        ("[x](<with space.md>)", "https://news.example.org/blog/with%20space/"),
        ('[x]({{< ref "other.md" >}})', "https://news.example.org/blog/other/"),
        ('[x]({{< relref "/deep/far" >}})', "https://news.example.org/blog/far/"),
        ("[x]({% post_url 2025-01-02-dated %})", "https://news.example.org/blog/dated/"),
        ("[x]({% link articles/other.md %})", "https://news.example.org/blog/other/"),
        ("{% post_link other x %}", "https://news.example.org/blog/other/"),
        ("[[Far away|x]]", "https://news.example.org/blog/far/"),
        ("[[other]]", "https://news.example.org/blog/other/"),
        ("[x](nowhere.md)", "https://news.example.org/blog/here/nowhere.md"),
        ("[x](https://elsewhere.example/other.md)", "https://elsewhere.example/other.md"),
    ],
)
def test_links_between_files_lead_to_articles(write_site: Write, feedpub: Run, written: str, address: str) -> None:
    site = write_site({
        "articles/here.md": article("Here", body=f"{written}\n"),
        "articles/other.md": article("Other"),
        "articles/deep/far.md": article("Far away"),
        "articles/with space.md": article("Space"),
        "articles/2025-01-02-dated.md": "---\ntitle: Dated\n---\n\nText.\n",
    })  # fmt: skip
    assert feedpub("build", site).exit_code == 0
    assert re.findall('href="([^"]*)"', contents(site)["Here"]) == [address]


def test_a_link_follows_the_article_that_it_means(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article("A", body="[b](b.md)\n"), "articles/b.md": article("B")})
    assert feedpub("build", site).exit_code == 0
    (site / "articles/b.md").write_text(article("B", slug="bee"))
    assert feedpub("build", site).exit_code == 0
    assert 'href="https://news.example.org/blog/bee/"' in contents(site)["A"]
    (site / "articles/b.md").write_text(article("B", draft="true"))
    assert feedpub("build", site).exit_code == 0
    assert "/blog/a/b.md" in contents(site)["A"]


def test_tags_of_the_sites_own(write_site: Write, feedpub: Run) -> None:
    body = 'Before.\n\n{{< card title="A <b>" >}}*Inside* {{< figure src="/i.png" >}}{{< /card >}}\n\nAfter {% badge new %}.\n'
    site = write_site({
        "articles/a.md": article("A", body=body),
        "shortcodes/card.html": "<aside><h3>{{ title }}</h3>{{ inner }}<script>alert(1)</script></aside>",
        "shortcodes/badge.html": "<mark>{{ args[0] }}</mark>",
    })  # fmt: skip
    assert feedpub("build", site).exit_code == 0
    html = contents(site)["A"]
    assert "<h3>A &lt;b&gt;</h3>" in html
    assert "<em>Inside</em>" in html
    assert 'src="https://news.example.org/i.png"' in html
    assert "After <mark>new</mark>." in html
    assert "script" not in html
    (site / "shortcodes/badge.html").write_text("<kbd>{{ args[0] }}</kbd>")
    assert feedpub("build", site).exit_code == 0
    assert "<kbd>new</kbd>" in contents(site)["A"]


@pytest.mark.parametrize(
    "template", ["{{ x.__class__.__mro__ }}", "{% for a in range(10**9) %}x{% endfor %}", "{{ 1 / 0 }}", "{% if"]
)
def test_a_template_that_may_not_or_cannot_is_told(write_site: Write, feedpub: Run, template: str) -> None:
    site = write_site({"articles/a.md": article("A", body="Text {{< bad >}}.\n"), "shortcodes/bad.html": template})
    done = feedpub("build", site)
    assert done.exit_code == 0
    assert "shortcodes/bad.html can't be filled in" in done.stderr
    assert contents(site)["A"] == "<p>Text .</p>\n"


def test_images_beside_articles_where_the_site_puts_them(write_site: Write, feedpub: Run) -> None:
    site = write_site(
        {"articles/2025/a.md": article("A", body="![i](pic.png) ![j](../j.png) ![k](/k.png)\n", image="lead.jpg")},
        'assets = "https://files.example/site"\n',
    )
    assert feedpub("build", site).exit_code == 0
    assert re.findall('src="([^"]*)"', contents(site)["A"]) == [
        "https://files.example/site/articles/2025/lead.jpg",
        "https://files.example/site/articles/2025/pic.png",
        "https://files.example/site/articles/j.png",
        "https://files.example/k.png",
    ]


def test_a_link_post_tells_what_it_is_about(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article("A", body="", external_url="https://elsewhere.example/x?a=1&b=2")})
    assert feedpub("build", site).exit_code == 0
    (item,) = json.loads((site / "public/feed.json").read_text())["items"]
    assert item["external_url"] == "https://elsewhere.example/x?a=1&b=2"
    assert item["url"] == "https://news.example.org/blog/a/"
    assert item["content_html"] == '<p><a href="https://elsewhere.example/x?a=1&amp;b=2">elsewhere.example/x</a></p>\n'
    assert '<link rel="related" href="https://elsewhere.example/x?a=1&amp;b=2"/>' in (site / "public/atom.xml").read_text()
    assert 'rel="related"' in (site / "public/rss.xml").read_text()


def test_footnotes_of_two_articles_have_ids_of_their_own(write_site: Write, feedpub: Run) -> None:
    body = "Text[^1].\n\n[^1]: Note.\n"
    site = write_site({f"articles/{name}.md": article(name, body=body) for name in "ab"})
    assert feedpub("build", site).exit_code == 0
    ids = [id for html in contents(site).values() for id in re.findall('id="([^"]*)"', html)]
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize(
    "body",
    [
        "{%" * 20_000, "{{<" * 20_000, "{{" * 20_000, "{{< a >}}" * 5_000, "{% a %}" * 5_000 + "{% enda %}" * 5_000,
        '{% x "' * 20_000,
        "[^" * 20_000, "[^a]" * 5_000, "$a_" * 20_000, "$$" * 20_000, "[[" * 20_000, "<iframe>" * 10_000, ":::x\n" * 500,
        "!!! a\n" * 3_000, "{#" * 20_000, "`" * 50_000, "`` `" * 10_000, "- [ ] " * 3_000, "> [!a]" * 1_000, "www." * 10_000,
        "a@b." * 10_000, "<img data-src=" * 5_000, "x\n: y\n\n" * 3_000, "](.md" * 10_000,
    ],
    ids=lambda body: body[:8],
)  # fmt: skip
def test_a_body_written_to_be_slow_is_published(write_site: Write, feedpub: Run, body: str) -> None:
    assert feedpub("build", write_site({"articles/a.md": article("A", body=body)})).exit_code == 0
