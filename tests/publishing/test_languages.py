"""A site in several languages: feeds in each, which name each other; a site in one sees nothing of it."""

import json
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from click.testing import Result

from feedpub.content import article_url, read_article
from feedpub.errors import FeedpubError
from feedpub.publishing import build
from feedpub.site import Site, read_site
from tests.conftest import SETTINGS, Write, article, tree
from tests.digest.conftest import DIGEST

LANGUAGES = '\n[languages]\nfr = { title = "Le Signal", description = "Du neuf" }\npt-BR = { folder = "br" }\n'
FILES = {
    "articles/one.md": article("One", "2025-11-10", "See [two](two.md).\n", category="News", tags="[rye]"),
    "articles/two.md": article("Two", "2025-11-11", category="fr"),
    "articles/one.fr.md": article("Un", "2025-11-12", "Voir [deux](two.md).\n", category="Nouvelles", tags="[rye]"),
    "articles/fr/two.md": article("Deux", "2025-11-13", category="Nouvelles"),
    "articles/only/index.pt-br.md": article("Um", "2025-11-14", "Veja [two](../two.md).\n", category="News"),
}
Run = Callable[..., Result]


@pytest.fixture
def output(write_site: Write) -> Path:
    folder = write_site(FILES, '[feeds]\nby = ["category", "tag"]\n' + LANGUAGES)
    return build(folder).output


def items(output: Path, feed: str) -> dict[str, str]:
    """The address of each article of a feed, by its id behind the site's."""
    found = json.loads((output / feed / "feed.json").read_bytes())["items"]
    return {item["id"].partition("2025:")[2]: item["url"] for item in found}


def test_each_language_has_all_feeds_below_its_folder(output: Path) -> None:
    pages = {path.parent.relative_to(output).as_posix() for path in output.rglob("rss.xml")}
    french = {"fr", "fr/nouvelles", "fr/tag/rye"}
    assert pages == {".", "news", "fr-category", "tag/rye", *french, "br", "br/news"}
    for folder in ("", "fr", "br"):
        assert {"index.html", "feeds.opml", "categories.opml"} <= {path.name for path in (output / folder).iterdir()}
    assert 'xmlUrl="https://news.example.org/fr/nouvelles/atom.xml"' in (output / "fr/categories.opml").read_text()
    assert 'url="https://news.example.org/fr/categories.opml"' in (output / "fr/feeds.opml").read_text()


def test_articles_have_ids_and_addresses_of_their_language_and_others_keep_theirs(output: Path, write_site: Write) -> None:
    start = "https://news.example.org"
    assert items(output, "fr") == {"fr%2Ftwo": f"{start}/fr/blog/two/", "fr%2Fone": f"{start}/fr/blog/one/"}
    assert items(output, "br") == {"br%2Fonly": f"{start}/br/blog/only/"}
    alone = build(write_site({path: FILES[path] for path in ("articles/one.md", "articles/two.md")}, name="alone")).output
    assert items(output, "") == items(alone, "")


@pytest.mark.parametrize("file", ["rss.xml", "atom.xml"])
def test_feeds_say_their_language_and_name_each_other(output: Path, file: str) -> None:
    feed = feedparser.parse((output / "fr" / file).read_bytes())
    assert not feed.bozo
    assert (feed.feed.language, feed.feed.title, feed.feed.link) == ("fr", "Le Signal", "https://news.example.org/fr/")
    others = {link.hreflang: link.href for link in feed.feed.links if link.rel == "alternate" and "hreflang" in link}
    assert others == {"en": f"https://news.example.org/{file}", "pt-BR": f"https://news.example.org/br/{file}"}
    tag = feedparser.parse((output / "tag/rye" / file).read_bytes())
    assert [link.href for link in tag.feed.links if "hreflang" in link] == [f"https://news.example.org/fr/tag/rye/{file}"]
    assert json.loads((output / "br/feed.json").read_bytes())["language"] == "pt-BR"


def test_pages_lead_to_the_other_languages(output: Path) -> None:
    page = (output / "fr/index.html").read_text()
    assert '<link rel="canonical" href="https://news.example.org/fr/">' in page
    assert '<link rel="alternate" hreflang="pt-BR" href="../br/">' in page
    assert 'href="nouvelles/rss.xml"' in page
    assert '<a href="fr/" hreflang="fr" lang="fr" dir="auto">Le Signal</a> (fr)' in (output / "index.html").read_text()


def test_a_link_to_a_file_leads_to_the_article_in_the_same_language(output: Path) -> None:
    texts = {feed: (output / feed / "feed.json").read_text() for feed in ("", "fr", "br")}
    assert 'href=\\"https://news.example.org/blog/two/\\"' in texts[""]
    assert 'href=\\"https://news.example.org/fr/blog/two/\\"' in texts["fr"]
    assert 'href=\\"https://news.example.org/blog/two/\\"' in texts["br"]  # there is none in Portuguese


def test_a_build_knows_that_nothing_changed_and_how_many_articles_there_are(write_site: Write) -> None:
    folder = write_site(FILES, LANGUAGES)
    first, again = build(folder), build(folder)
    assert first.published == again.published == 5
    assert again.changes.written == ()
    before = tree(folder / "public")
    build(folder, cached=False)
    assert tree(folder / "public") == before


def test_a_digest_has_the_articles_of_its_language(write_site: Write, feedpub: Run) -> None:
    digest = DIGEST + "featured_only = false\n"
    folder = write_site(FILES, f'{LANGUAGES}{digest}language = "FR"\n')
    result = feedpub("digest", "--site", folder, "-o", folder / "issue")
    assert result.exit_code == 0, result.stderr
    text = (folder / "issue/issue.txt").read_text()
    assert "Deux" in text
    assert "Two" not in text
    assert '<html lang="fr"' in (folder / "issue/issue.html").read_text()
    assert "3 in another language" in result.stdout


@pytest.mark.parametrize(
    ("source", "fields", "language", "path"),
    [
        ("articles/bread.md", {}, "", "/blog/bread/"),
        ("articles/bread.en.md", {}, "", "/blog/bread/"),
        ("articles/en/bread.md", {}, "", "/blog/bread/"),
        ("articles/bread.FR.md", {}, "fr", "/fr/blog/bread/"),
        ("articles/bread/index.pt_BR.md", {}, "pt-BR", "/br/blog/bread/"),
        ("articles/fr/notes/bread.md", {}, "fr", "/fr/blog/bread/"),
        ("articles/bread.md", {"lang": "pt-br"}, "pt-BR", "/br/blog/bread/"),
        ("articles/fr/bread.md", {"lang": "en"}, "", "/blog/bread/"),
        ("articles/bread.es.md", {}, "", "/blog/bread.es/"),
        ("articles/v2.0.md", {}, "", "/blog/v2.0/"),
    ],
)
def test_the_language_is_told_by_name_folder_or_field(source: str, fields: dict[str, str], language: str, path: str) -> None:
    site = read_site(SETTINGS + LANGUAGES)
    found = read_article(article(**fields), source, site)
    assert (found.language, article_url(found, site)) == (language, f"https://news.example.org{path}")


@pytest.mark.parametrize(
    ("own", "pattern", "path"),
    [
        ("/{lang}/posts/{path}/", "", "/br/posts/notes/bread/"),
        ("https://{lang}.bread.example/{slug}", "", "https://br.bread.example/bread"),
        ("https://blog.bread.example/{slug}", "", "https://blog.bread.example/br/bread"),
        ("/blog/{slug}/", "/artigos/{slug}/", "/artigos/bread/"),
    ],
)
def test_addresses_have_the_language_where_the_pattern_says(own: str, pattern: str, path: str) -> None:
    more = f'\n[languages.pt-BR]\nfolder = "br"\n{f"article_url = {pattern!r}" if pattern else ""}\n'
    site = read_site(f"{SETTINGS}article_url = {own!r}\n{more}")
    found = article_url(read_article(article(), "articles/pt-BR/notes/bread.md", site), site)
    assert found == (path if path.startswith("https") else f"https://news.example.org{path}")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('[languages]\nxx = "X"', "languages.xx: is no language tag; write one of RFC 5646, such as fr or pt-BR"),
        ('[languages]\nEN = "X"', "languages.EN: is the language of the site itself, or stands here twice; take it out"),
        ("[languages]\nfr = 3", "languages.fr: must be a table"),
        ('[languages]\nfr = { titel = "X" }', "languages.fr.titel: is not a setting of feedpub; did you mean title?"),
        ('[languages]\nfr = { folder = "tag" }', 'languages.fr: "tag" can\'t be the folder of its feeds'),
        ('[languages]\nfr = { folder = "../x" }', 'languages.fr: "../x" can\'t be the folder of its feeds'),
        ('[languages]\nfr = "A"\nde = { folder = "fr" }', 'languages.de: "fr" can\'t be the folder of its feeds'),
        ('[categories]\n"France" = "fr"\n[languages]\nfr = "A"', 'languages.fr: "fr" can\'t be the folder of its feeds'),
        (f'{DIGEST}language = "fr"', 'digest.language: "fr" is no language of this site; name it in the table [languages] too'),
    ],
)
def test_a_wrong_setting_is_told(lines: str, said: str) -> None:
    with pytest.raises(FeedpubError) as refused:
        read_site(f"{SETTINGS}\n{lines}\n")
    assert any(said in str(problem) for problem in refused.value.problems), refused.value.problems


def test_check_tells_of_translations_once_and_they_are_published_as_before(write_site: Write, feedpub: Run) -> None:
    names = ["one.md", "one.fr.md", "two.md", "two.fr.md", "notes.io.md", "de/two.md", "it/alone.md"]
    folder = write_site({f"articles/{name}": article(f"T {name}", slug=f"s{n}") for n, name in enumerate(names)})
    assert build(folder).published == len(names)
    told = [line for line in feedpub("check", folder).stdout.splitlines() if "translation" in line]
    assert len(told) == 2
    assert "1 file looks like a translation into de, and de is no language of this site" in told[0]
    assert "2 files look like translations into fr" in told[1]
    assert '[languages] fr = "The title in fr"' in told[1]


def test_without_languages_an_article_has_none(write_site: Write) -> None:
    site: Site = read_site(SETTINGS)
    assert read_article(article(lang="fr"), "articles/fr/bread.fr.md", site).slug == "bread.fr"


def test_translations_of_one_slug_are_told_what_makes_them_articles(write_site: Write) -> None:
    files = {
        "blog/2024-03-01-one.md": "---\ntitle: One\n---\n",
        "i18n/fr/docusaurus-plugin-content-blog/2024-03-01-one.md": "---\ntitle: Un\n---\n",
    }
    settings = 'articles = ["blog/**/*.md", "i18n/*/docusaurus-plugin-content-blog/**/*.md"]\n'
    folder = write_site(files, settings)
    with pytest.raises(FeedpubError) as refused:
        build(folder)
    assert 'if it is a translation, write in feedpub.toml: [languages] fr = "The title in fr"' in str(refused.value.problems[0])
    write_site(files, f'{settings}article_url = "/{{lang}}/{{path}}"\n{LANGUAGES}')
    output = build(folder).output
    assert items(output, "") == {"one": "https://news.example.org/en/2024-03-01-one"}
    assert items(output, "fr") == {"fr%2Fone": "https://news.example.org/fr/2024-03-01-one"}
