"""feedpub.toml → Site: what it may say, and what each mistake is told, at its line."""

from zoneinfo import ZoneInfo

import pytest

from feedpub.errors import FeedpubError
from feedpub.model import Author
from feedpub.site import Feeds, Site, read_site

BASE = '[site]\ntitle = "The Signal"\nurl = "https://news.example.org"\n'  # what is added stands on line 4


def problems(text: str) -> list[str]:
    with pytest.raises(FeedpubError) as refused:
        read_site(text)
    return [str(problem) for problem in refused.value.problems]


def test_every_setting_is_read() -> None:
    site = read_site("""\
[site]
title = "The  Signal"
url = "https://news.example.org/"
description = "What the machines do"
language = "pt-BR"
timezone = "Europe/Malta"
author = "Ada Lovelace <ada@news.example.org>"
id = "tag:news.example.org,2025:"
articles = "content/posts"
output = "out"
article_url = "/{year}/{month}/{day}/{category}/{slug}.html"
strip_params = ["token", "sig"]

[feeds]
formats = ["json", "atom"]
limit = 3
content = "summary"
by = ["tag", "author"]
url = "https://feeds.example.org/news/"
hub = "https://hub.example.org/?for=news"
image = "/logo.png"
archive = true
compress = ["gz", "br"]

[categories]
"C++" = "cpp"
"Cloud &  Infrastructure" = "cloud"
""")
    assert site == Site(
        title="The Signal",
        url="https://news.example.org",
        description="What the machines do",
        language="pt-BR",
        timezone=ZoneInfo("Europe/Malta"),
        author=Author("Ada Lovelace", "ada@news.example.org"),
        id="tag:news.example.org,2025:",
        articles="content/posts",
        output="out",
        article_url="/{year}/{month}/{day}/{category}/{slug}.html",
        strip_params=("token", "sig"),
        feeds=Feeds(
            formats=("json", "atom"),
            limit=3,
            content="summary",
            by=("tag", "author"),
            url="https://feeds.example.org/news",
            hub="https://hub.example.org/?for=news",
            image="/logo.png",
            archive=True,
            compress=("gz", "br"),
        ),
        categories={"C++": "cpp", "Cloud & Infrastructure": "cloud"},
    )
    assert site.feeds_url == "https://feeds.example.org/news"
    assert site.authority == "tag:news.example.org,2025:"


def test_a_title_and_an_address_are_enough() -> None:
    site = read_site(BASE)
    assert site == Site(title="The Signal", url="https://news.example.org")
    assert (site.language, site.timezone, site.author, site.article_url) == ("en", ZoneInfo("UTC"), None, "/blog/{slug}/")
    assert (site.articles, site.output, site.strip_params, site.categories) == ("articles", "public", (), {})
    assert (site.feeds.formats, site.feeds.limit, site.feeds.content) == (("rss", "atom", "json"), 50, "full")
    assert (site.feeds.by, site.feeds.archive, site.feeds.compress) == (("category",), False, ())
    assert site.feeds_url == "https://news.example.org"
    assert site.authority == "tag:news.example.org,2025:"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ('url = "https://münchen.example.org/blog/"', "url", "https://xn--mnchen-3ya.example.org/blog"),
        ('url = "http://localhost:8000"', "url", "http://localhost:8000"),
        ('url = "https://NEWS.example.org"', "url", "https://news.example.org"),
        ('article_url = "https://www.example.org/{slug}"', "article_url", "https://www.example.org/{slug}"),
        ('article_url = "/?p={slug}"', "article_url", "/?p={slug}"),
        ('author = "Ada Lovelace"', "author", Author("Ada Lovelace")),
        ('id = "tag:ada@example.org,2025-11-11:news"', "id", "tag:ada@example.org,2025-11-11:news"),
        ('language = "zh-Hant-TW"', "language", "zh-Hant-TW"),
        ('title = "مرحبا & <b> 🚀"', "title", "مرحبا & <b> 🚀"),
    ],
)
def test_a_value_reads_as_its_owner_means_it(line: str, field: str, value: object) -> None:
    given = {"title": 'title = "T"', "url": 'url = "https://news.example.org"', line.split(" ")[0]: line}
    assert getattr(read_site("[site]\n" + "\n".join(given.values()) + "\n"), field) == value


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('titel = "x"', "titel: is not a setting of feedpub; did you mean title?"),
        ('"time-zone" = "UTC"', "time-zone: is not a setting of feedpub; did you mean timezone?"),
        ("limit = 5", "limit: is not a setting of feedpub; known here: "),
        ("description = 5", "description: expected text in quotes, got a whole number"),
        ("description = true", "description: expected text in quotes, got true or false"),
        ("description = 2025-11-11", "description: expected text in quotes"),
        ('description = ["a"]', "description: expected text in quotes, got a list"),
        ("timezone = 1", "timezone: expected text in quotes, got a whole number"),
        ("language = 5", "language: expected text in quotes, got a whole number"),
        ('strip_params = "token"', "strip_params: expected a list, got text in quotes"),
        ("strip_params = [5]", "strip_params: expected text in quotes, got a whole number"),
        ('author = { name = "Ada" }', "author: expected text in quotes, got a table"),
        ('author = " "', 'author: is empty; write a name, such as "Ada Lovelace"'),
        ('timezone = "Malta/Europe"', 'timezone: "Malta/Europe" is not a time zone; write a name such as Europe/Malta or UTC'),
        ('timezone = "Europe"', 'timezone: "Europe" is not a time zone; write a name such as Europe/Malta or UTC'),
        ('timezone = ""', 'timezone: "" is not a time zone'),
        ('timezone = "../../etc/passwd"', 'timezone: "../../etc/passwd" is not a time zone'),
        ('timezone = "/etc/localtime"', 'timezone: "/etc/localtime" is not a time zone'),
        ('timezone = "UTC\\u0000"', "timezone: "),
        ('timezone = "+01:00"', 'timezone: "+01:00" is not a time zone'),
        ('language = "english language"', 'language: "english language" is not a language tag; write one of RFC 5646'),
        ('language = "en_GB"', 'language: "en_GB" is not a language tag'),
        ('language = "en\\n"', "language: "),
        ('id = "news.example.org"', 'id: "news.example.org" is not the start of a tag URI (RFC 4151); write a domain'),
        ('id = "tag:news.example.org:"', 'id: "tag:news.example.org:" is not the start of a tag URI'),
        ('id = "tag:news.example.org,2025:a b"', "id: "),
        ('articles = ""', 'articles: "" is not the name of a folder'),
        ('output = "a\\u0000b"', "output: "),
        ('article_url = "/blog/"', 'article_url: "/blog/" must hold {slug} and may hold {category}, {year}, {month}, {day}'),
        ('article_url = "/{foo}/{slug}/"', 'article_url: "/{foo}/{slug}/" must hold {slug} and may hold'),
        ('article_url = "/{slug"', 'article_url: "/{slug" must hold {slug} and may hold'),
        ('article_url = "/{}/{slug}"', 'article_url: "/{}/{slug}" must hold {slug} and may hold'),
        ('article_url = "/{slug.__class__}"', "article_url: "),
        ('article_url = "/{slug[0]}"', "article_url: "),
        ('article_url = "/{year:d}/{slug}"', "article_url: "),
        ('article_url = "/{slug!r}"', 'article_url: "/{slug!r}" '),
        ('article_url = "/{slug:>99}"', 'article_url: "/{slug:>99}" '),
        ('article_url = "/{slug:.1}"', 'article_url: "/{slug:.1}" '),  # slugs with one first letter would share an address
        ('article_url = "/my blog/{slug}/"', 'article_url: "/my blog/{slug}/" holds a character that no address has'),
        ('article_url = "/blog/#{slug}"', 'article_url: "/blog/#{slug}" holds a character that no address has'),
        ('article_url = "blog/{slug}"', "article_url: "),
        ('article_url = "javascript:{slug}"', "article_url: "),
        ("feeds = {}", "feeds: "),
    ],
)
def test_a_mistake_in_site_is_told_at_its_line(line: str, told: str) -> None:
    for above, below in (("", ""), ("# a comment\n\n", '\n[feeds]\nlimit = 5\n[categories]\n"A" = "a"\n')):
        (problem,) = problems(BASE + above + line + "\n" + below)
        assert problem.startswith(f"feedpub.toml:{4 + above.count(chr(10))}: site.{told}")
        assert "; " in problem.removeprefix(f"site.{told}")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("news.example.org", '"news.example.org" is not a web address; write it whole, such as https://example.org/'),
        ("ftp://news.example.org", '"ftp://news.example.org" is not a web address'),
        ("https://", '"https://" is not a web address'),
        ("https://news.example.org/a b", '"https://news.example.org/a b" is not a web address'),
        ("https://[::1", '"https://[::1" is not a web address'),
        ("https://news.example.org:port/", '"https://news.example.org:port/" is not a web address'),
        ("https://news.example.org:99999/", '"https://news.example.org:99999/" is not a web address'),
        ("https://a..example.org", '"https://a..example.org" is not a web address'),
        ("", '"" is not a web address'),
        ("javascript:alert(1)", '"javascript:alert(1)" is not a web address'),
        (
            "https://news.example.org/?a=b",
            '"https://news.example.org/?a=b" has a query or fragment; write the address',
        ),
        ("https://news.example.org/#a", '"https://news.example.org/#a" has a query or fragment'),
        ("https://ada:secret@news.example.org", "holds a user name or password, and feeds are public; leave it out"),
        ("https://ada@news.example.org", "holds a user name or password, and feeds are public; leave it out"),
    ],
)
def test_an_address_that_is_none_is_told_and_no_password_repeated(url: str, told: str) -> None:
    (problem,) = problems(f'[site]\ntitle = "The Signal"\nurl = "{url}"\n')
    assert problem.startswith(f"feedpub.toml:3: site.url: {told}")
    (problem,) = problems(f'{BASE}\n[feeds]\nurl = "{url}"\n')
    assert problem.startswith(f"feedpub.toml:6: feeds.url: {told}")
    assert "secret" not in problem


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("limit = 0", "limit: "),
        ("limit = -1", "limit: "),
        ("limit = 2.5", "limit: expected a whole number, got "),
        ('limit = "5"', "limit: expected a whole number, got text in quotes; write for example limit = 50"),
        ("limit = true", "limit: expected a whole number, got true or false"),
        ('formats = ["xml"]', "formats: invalid enum value 'xml'"),
        ('formats = "rss"', 'formats: expected a list, got text in quotes; write for example formats = ["rss","atom","json"]'),
        ("formats = [5]", "formats: "),
        ('content = "half"', "content: "),
        ('by = ["month"]', "by: "),
        ('hub = "hub"', 'hub: "hub" is not a web address'),
        ("archive = 1", "archive: expected true or false, got a whole number"),
        ('archive = "yes"', "archive: expected true or false, got text in quotes"),
        ('compress = ["zip"]', "compress: "),
        ("image = 5", "image: expected text in quotes, got a whole number"),
        ('format = ["rss"]', "format: is not a setting of feedpub; did you mean formats?"),
        ('timezone = "UTC"', "timezone: is not a setting of feedpub"),
    ],
)
def test_a_mistake_in_feeds_is_told_at_its_line(line: str, told: str) -> None:
    (problem,) = problems(f"{BASE}\n[feeds]\n\n{line}\n")
    assert problem.casefold().startswith(f"feedpub.toml:7: feeds.{told}".casefold())


@pytest.mark.parametrize("slug", ["a/b", "../a", "", ".git", "a.b", "日本語", "-a", "a b", "a\\n"])
def test_the_slug_of_a_category_is_one_plain_folder(slug: str) -> None:
    (problem,) = problems(f'{BASE}\n[categories]\n"Fine" = "fine"\n"C++" = "{slug}"\n')
    assert problem.startswith("feedpub.toml:7: categories.C++: ")
    assert problem.endswith('; write "C++" = "a-slug"')


@pytest.mark.parametrize("slug", ["tag", "Tag", "author", "archive", "con", "NUL", "com1", "LPT9"])
def test_the_slug_of_a_category_is_no_name_that_is_kept(slug: str) -> None:
    (problem,) = problems(f'{BASE}\n[categories]\nCraft = "{slug}"\n')
    assert problem.startswith(f'feedpub.toml:6: categories.Craft: "{slug}" is a name that feedpub or a file system keeps')


def test_two_categories_have_two_slugs_also_where_case_is_ignored() -> None:
    (problem,) = problems(f'{BASE}\n[categories]\n"C" = "c"\n"C++" = "C"\n')
    assert problem == 'feedpub.toml:7: categories.C++: "C" is the slug of "C" already; write "C++" = "a-slug"'


@pytest.mark.parametrize("value", ["5", "[]", '["a"]', "true", "{}"])
def test_the_slug_of_a_category_is_text(value: str) -> None:
    (problem,) = problems(f"{BASE}\n[categories]\nCraft = {value}\n")
    assert problem.startswith("feedpub.toml:6: categories.Craft: ")
