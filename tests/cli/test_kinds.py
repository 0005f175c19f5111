"""What is wrong in many files is told once."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result

from tests.conftest import Write, article

Run = Callable[..., Result]
MANY = {f"articles/{number:02}.md": article(published=f"2024-02-{number + 40}") for number in range(12)}


@pytest.mark.parametrize("command", ["check", "build"])
def test_many_problems_of_a_kind_are_one_line_with_some_places(
    write_site: Write, feedpub: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(write_site({**MANY, "articles/x.md": article(featured="perhaps")}))
    told = feedpub(command).output.splitlines()
    (heading,) = (number for number, line in enumerate(told) if "in 12 files" in line)
    assert told[heading].startswith("publishedAt: … is not a date")
    assert "write 2025-11-11" in told[heading]
    assert told[heading + 1 : heading + 5] == [
        '    articles/00.md:3 "2024-02-40"',
        '    articles/01.md:3 "2024-02-41"',
        '    articles/02.md:3 "2024-02-42"',
        "    and 9 more, which --all lists",
    ]
    assert any(line.startswith("articles/x.md:4: featured: ") for line in told)
    assert feedpub(command, "--all").output.count("publishedAt: ") == 12


def test_few_of_a_kind_and_what_programs_read_stay_whole(
    write_site: Write, feedpub: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_site(dict(list(MANY.items())[:3])))
    assert feedpub("check").stdout.count("publishedAt: ") == 3
    monkeypatch.chdir(write_site(MANY))
    assert len(json.loads(feedpub("check", "--format", "json").stdout)) == 12
    assert feedpub("check", "--format", "github").stdout.count("::error ") == 12
    assert len(json.loads(feedpub("build", "--json").stdout)["problems"]) == 12
