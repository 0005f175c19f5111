"""feedpub.toml as a whole: its tables, its lines, and text that is no TOML."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedpub.errors import FeedpubError
from feedpub.site import Site, read_site

BASE = '[site]\ntitle = "The Signal"\nurl = "https://news.example.org"\n'


def problems(text: str) -> list[str]:
    with pytest.raises(FeedpubError) as refused:
        read_site(text)
    return [str(problem) for problem in refused.value.problems]


def test_all_problems_come_in_one_go_each_at_its_line() -> None:
    found = problems("""\
# The settings of a site with many mistakes
[site]
title = 5
timezone = "Mars"
language = "?"
colour = "red"

[feeds] # a comment
limit = 0
formats = [
  "rss",
  "xml",
]
content = "half"

[categories]
"C++" = "c/c"
C = "con"

[letter]
name = "weekly"
""")
    places = [problem.split(": ")[:2] for problem in found]
    assert places == [
        ["feedpub.toml:2", "site.url"],
        ["feedpub.toml:3", "site.title"],
        ["feedpub.toml:4", "site.timezone"],
        ["feedpub.toml:5", "site.language"],
        ["feedpub.toml:6", "site.colour"],
        ["feedpub.toml:9", "feeds.limit"],
        ["feedpub.toml:10", "feeds.formats"],
        ["feedpub.toml:14", "feeds.content"],
        ["feedpub.toml:17", "categories.C++"],
        ["feedpub.toml:18", "categories.C"],
        ["feedpub.toml:20", "letter"],
    ]
    assert found[0] == 'feedpub.toml:2: site.url: is missing; write url = "…" under [site]'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[site]\ntitle = The Signal\nurl = "https://news.example.org"\n', 2),
        ('[site]\ntitle = "A"\ntitle = "B"\n', 3),
        (f"{BASE}\n[site]\n", 5),
        (f"{BASE}\n[feeds\nlimit = 5\n", 5),
        (f"{BASE}description = 'it's'\n", 4),
        (f'{BASE}description = "C:\\dir"\n', 4),
        ("site:\n  title: A\n", 1),
        (f"{BASE}by = [\n", 4),
        (f'{BASE}description = """\nnever closed\n', 5),
        ("title\x00", 1),
    ],
)
def test_what_is_no_toml_is_one_problem_at_its_line(text: str, line: int) -> None:
    (problem,) = problems(text)
    assert problem.startswith(f"feedpub.toml:{line}: this is not TOML: ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "feedpub.toml:1: site: the table [site] is missing; write [site], and under it title and url"),
        ("[feeds]\nlimit = 5\n", "feedpub.toml:1: site: the table [site] is missing"),
        ('[[site]]\ntitle = "A"\nurl = "https://news.example.org"\n', "feedpub.toml:1: site: "),
        ('\nsite = "A"\n', "feedpub.toml:2: site: "),
        (f"{BASE}\n[[feeds]]\nlimit = 5\n", "feedpub.toml:5: feeds: must be a table"),
        (f"{BASE}\n[feed]\nlimit = 5\n", "feedpub.toml:5: feed: [feed] is not a table of feedpub; did you mean feeds?"),
        (f"{BASE}\n[[letters]]\nname = 'a'\n", "feedpub.toml:5: letters: [letters] is not a table of feedpub"),
        (
            f"{BASE}\n[[categories]]\nA = 'a'\n",
            "feedpub.toml:5: categories: must be a table; write [categories]",
        ),
        (f"{BASE}\n[site.feeds]\nlimit = 5\n", "feedpub.toml:5: site.feeds: "),
        (f"{BASE}\n[site.categories]\nA = 'a'\n", "feedpub.toml:5: site.categories: "),
    ],
)
def test_tables_in_the_wrong_place_are_one_problem(text: str, told: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(told)


def test_a_setting_above_every_table_is_told_at_its_line() -> None:
    (problem,) = problems(f'\ntitle = "A"\n{BASE}')
    assert problem.startswith("feedpub.toml:2: title: ")


@pytest.mark.parametrize(
    "text",
    [
        '[ site ]\n"title" = "The Signal"\n\'url\' = "https://news.example.org"\n[feeds]\nlimit=0\n',
        '["site"]\ntitle = "The Signal"\nurl = "https://news.example.org"\n[ "feeds" ] # more\n"limit"   = 0\n',
        '[site]\r\ntitle = "The Signal"\r\nurl = "https://news.example.org"\r\n[feeds]\r\nlimit = 0\r\n',
        '\ufeff[site]\ntitle = "The Signal"\nurl = "https://news.example.org"\n[feeds]\nlimit = 0\n',
        '[site]\ntitle = "limit = 5"\nurl = "https://news.example.org"\n[feeds]\nlimit = 0 # limit = 1\n',
        'site.title = "The Signal"\n\n\nsite.url = "https://news.example.org"\nfeeds.limit = 0\n',
        'site = { title = "The Signal", url = "https://news.example.org" }\n\n\n\nfeeds = { limit = 0 }\n',
        f'{BASE}description = """\n[feeds]\nlimit = 1"""\n[feeds]\nlimit = 0\n',
        f'{BASE}description = "a\u2028b\x85c"\n[feeds]\nlimit = 0\n',
        f'{BASE}[feeds]\nby = [\n  "tag", # [tag]\n]\nlimit = 0\n',
    ],
)
def test_however_it_is_written_a_mistake_has_its_line(text: str) -> None:
    (problem,) = problems(text)
    line = max(number for number, written in enumerate(text.split("\n"), 1) if "limit" in written)
    assert problem.startswith(f"feedpub.toml:{line}: feeds.limit: ")


@pytest.mark.parametrize("place", ["site.title", "feeds.formats", "feeds", "categories", "site", "other"])
@pytest.mark.parametrize("depth", [100, 5_000])
def test_deep_arrays_are_problems(place: str, depth: int) -> None:
    found = problems(f"{place} = {'[' * depth}{']' * depth}\n")
    assert all(len(problem) < 400 for problem in found)


SETTINGS = st.sampled_from(
    "title url description language timezone author id articles output article_url strip_params feeds categories formats limit "
    "content by hub image archive compress site".split()
)
VALUES = st.one_of(
    st.text(max_size=20).map(lambda text: '"' + "".join(f"\\U{ord(c):08X}" for c in text) + '"'),
    st.sampled_from(
        """5 -5 0 1e400 nan true "" "a" [] [[]] ["rss"] {} {a=1} 2025-11-11 12:00:00 "UTC" "Europe" "../x" "//" "{" "{}" "{0}"
        "https://e.org" "https://[" "https://e.org:x" "https://u@e.org" "https://%00/" "https://xn--a/" "tag:e.org,2025:"
        "/{slug}/" "{slug}" "{slug!x}" "{slug:{year}}" "{slug.a}" "https://{slug}" "/{slug:" """.split()
    ),
)
TABLES = st.sampled_from(["[site]", "[feeds]", "[categories]", "[[site]]", "[[feeds]]", "[site.feeds]", "[other]", ""])
LINES = st.one_of(
    st.builds("{} = {}".format, SETTINGS, VALUES),
    st.builds('"{}" = {}'.format, st.text("abC+# ", max_size=4), VALUES),
    st.sampled_from(BASE.splitlines()),
    TABLES,
)
FILES = st.one_of(
    st.text(),
    st.lists(LINES, max_size=10).map("\n".join),
    st.lists(LINES, max_size=4).map(lambda lines: BASE + "\n".join(lines)),
    st.builds("{}[feeds]\n{} = {}\n".format, st.just(BASE), SETTINGS, VALUES),
    st.builds("{}{} = {}\n".format, st.just('[site]\ntitle = "T"\n'), SETTINGS, VALUES),
)


@given(FILES)
@example(BASE + '[categories]\n"" = ""\n')
@example(BASE + "timezone = 0\n")
@settings(deadline=None, max_examples=500)
def test_any_text_is_a_site_or_problems(text: str) -> None:
    try:
        site = read_site(text)
    except FeedpubError as error:
        told = [(problem.line, problem.source, bool(problem.what)) for problem in error.problems]
    else:
        told = []
        assert isinstance(site, Site)
        assert site.url.startswith(("http://", "https://"))
    assert all(0 < line <= max(len(text.splitlines()), 1) and source == "feedpub.toml" and what for line, source, what in told)
