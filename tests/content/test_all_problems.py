"""All that is wrong with a file is told in one run: no fault hides another."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from feedpub.content import read
from feedpub.site import read_site
from tests.conftest import SETTINGS, Write

Run = Callable[..., Result]
BODY = "{{image: x.png, width: wide}}\n\n<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> other\n"
FIELDS = "publishedAt: soon\nimage: javascript:x\nslug: a/b\nfeaturd: true\n"
SITE = read_site(SETTINGS)


def places(site: Path, feedpub: Run) -> list[int]:
    """The lines at which check tells something."""
    return [one["line"] for one in json.loads(feedpub("check", site, "--format", "json").stdout)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"---\ntitle: A\n{FIELDS}---\n{BODY}", [3, 4, 5, 6, 8, 10]),
        (f"---\ntitle: Feeds: a guide\n{FIELDS}---\n{BODY}", [2, 3, 4, 5, 6, 8, 10]),
        (f'---\ntitle: A\nexcerpt: "open\n  and on\n{FIELDS}---\n{BODY}', [3, 5, 6, 7, 8, 10, 12]),
        (f"---\ntitle: A\nsubtitle: @home\ntagline: *bold*\n{FIELDS}---\n{BODY}", [3, 4, 5, 6, 7, 8, 10, 12]),
        (f"+++\ntitle = 'A'\nslug = a\npublishedAt = 'soon'\n+++\n{BODY}", [3, 4, 6, 8]),
        (f"{BODY}", [1, 1, 3]),
    ],
    ids=["fields", "a colon", "an open quote", "two of YAML", "TOML", "no front matter"],
)
def test_no_fault_hides_another(write_site: Write, feedpub: Run, text: str, lines: list[int]) -> None:
    site = write_site({"articles/a.md": text})
    assert sorted(places(site, feedpub)) == lines


def test_a_build_counts_problems_alone_and_tells_warnings_of_the_file_too(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": "---\ntitle: A\npublisedAt: 2025-11-11\n---\nText.\n"})
    result = feedpub("build", site)
    assert "a.md:3: warning: publisedAt: did you mean publishedAt?" in result.stderr
    assert result.stderr.endswith("1 problem in 1 file; nothing was written.\n")
    found = json.loads(feedpub("build", site, "--json", "--keep-going").stdout)
    assert (len(found["problems"]), len(found["warnings"])) == (1, 1)


LINES = st.sampled_from(
    [
        "---",
        "+++",
        "...",
        "title: A",
        "title: A: b",
        "\tx",
        "  y",
        "- z",
        "@",
        '"',
        "publishedAt: soon",
        "a = b",
        "{",
        "",
        "<<<<<<< a",
    ]
)


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_any_file_is_read_or_told_of(text: str) -> None:
    found = read(text, "articles/a.md", SITE, bodies=True)
    if isinstance(found, tuple):
        assert any(problem.severity == "error" for problem in found)
        assert all(0 < problem.line <= len(text.split("\n")) for problem in found)
