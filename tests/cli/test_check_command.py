"""feedpub check: everything that is wrong or looks wrong, in one run."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article

Run = Callable[..., Result]


@pytest.fixture
def said(write_site: Write, feedpub: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What check says on standard output of a site of these files."""

    def run(files: dict[str, str | bytes], settings: str = "") -> str:
        monkeypatch.chdir(write_site(files, settings))
        return feedpub("check", "--all").stdout

    return run


def test_a_clean_site_has_nothing_to_say(write_site: Write, feedpub: Run) -> None:
    result = feedpub("check", write_site({"articles/a.md": article()}))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == "Nothing is wrong in 1 article.\n"


def test_problems_and_warnings_come_together_and_nothing_is_built(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article(published="soon"), "articles/b.md": article(body="![](/x.png)\n")})
    result = feedpub("check", site)
    assert result.exit_code == 1
    assert "a.md:3: publishedAt:" in result.stdout
    assert "b.md:6: warning: the image " in result.stdout
    assert result.stderr == "1 problem and 1 warning in 2 articles.\n"
    assert not (site / "public").exists()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://i.example/a.png?token=abc123", "token"),
        ("https://i.example/a.png?x=1&amp;api_key=abc123", "api_key"),
        ("https://i.example/a.png?X-Amz-Signature=abc123", "X-Amz-Signature"),
        ("https://i.example/a.png?sig=abc123", "sig"),
        ("https://ada:abc123@i.example/a.png", "user name and password"),
    ],
)
def test_a_credential_in_a_url_is_named_but_not_shown(said: Callable[..., str], url: str, name: str) -> None:
    for line in said({"articles/a.md": article(body=f"Text.\n\n![alt]({url})\n")}).splitlines():
        assert line.startswith(f"articles/a.md:8: warning: an address holds what looks like a credential ({name})")
        assert "abc123" not in line


def test_a_stripped_parameter_is_no_credential(said: Callable[..., str]) -> None:
    files = {
        "articles/a.md": article(image="https://i.example/a?token=1", body='{{image: https://i.example/b?token=1, alt: "x"}}')
    }
    assert said(files).count("credential (token)") == 2
    (settings := 'strip_params = ["token"]\n')
    assert said(files, settings) == ""


def test_a_parameter_that_only_sounds_alike_is_none(said: Callable[..., str]) -> None:
    assert said({"articles/a.md": article(body="[x](https://i.example/?keyword=a&monkey=b&design=c&tokens=d)")}) == ""


def test_an_image_without_alt_is_told_in_each_of_its_forms(said: Callable[..., str]) -> None:
    body = 'A.\n\n![](/a.png)\n\n{{image: /b.png}}\n\n<img src="/c.png">\n\n<img src="/d.png" alt="">\n\n![d](/e.png)\n'
    lines = [line.split(":")[1] for line in said({"articles/a.md": article(body=body)}).splitlines()]
    assert lines == ["8", "10", "12"]


def test_two_articles_with_one_title_are_told(said: Callable[..., str]) -> None:
    text = said({"articles/a.md": article("Same"), "articles/b.md": article("same")})
    assert text.startswith('articles/b.md:2: warning: title: "same" is also the title of articles/a.md')


def test_a_date_in_the_future_is_told(said: Callable[..., str]) -> None:
    assert said({"articles/a.md": article(published="2990-01-01")}).startswith("articles/a.md:3: warning: publishedAt: is in the")


def test_a_link_without_a_target_is_told(said: Callable[..., str]) -> None:
    body = """\
[article](/blog/b/) [article](../b/) [file](pic.png) [page](/about/) [out](https://e.org/x) [mail](mailto:a@e.org) [here](#x)

[gone](/blog/gone/)
[gone](../gone/)
[gone](gone.png)
[source](c.md)
"""
    files = {"articles/a.md": article(body=body), "articles/b.md": article("B"), "articles/pic.png": b"x"}
    lines = said(files).splitlines()
    assert [line.split(":")[1] for line in lines] == ["8", "9", "10", "11"]
    assert all("leads nowhere that feedpub knows" in line for line in lines)


def test_a_category_used_once_and_one_spelt_two_ways_are_told(said: Callable[..., str]) -> None:
    files = {f"articles/{n}.md": article(f"T{n}", category=c) for n, c in enumerate(["Go", "go", "Craft", "Craft", "Crafd"])}
    text = said(files)
    assert 'articles/4.md:4: warning: category: "Crafd" is used once' in text
    assert 'articles/1.md:4: warning: category: "go" is "Go" in articles/0.md' in text
    assert len(text.splitlines()) == 2


def test_a_site_without_an_id_is_told_the_line_to_write(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article()}, base='[site]\ntitle = "T"\nurl = "https://e.org"\n')
    assert 'id = "tag:e.org,2025:"' in feedpub("check", site).stdout


def test_github_shows_each_problem_beside_its_line(write_site: Write, feedpub: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_site({"articles/a,b.md": article(published="100%", body="![](/x.png)\n")}))
    result = feedpub("check", "--format", "github")
    assert result.exit_code == 1
    assert result.stdout.startswith('::error file=articles/a%2Cb.md,line=3,title=feedpub::publishedAt: "100%25" is not a date')


def test_an_annotation_cannot_be_forged(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": '---\ntitle: x\npublishedAt: "a\\n::error::forged\\e[31m"\n---\n'})
    for form in ("github", "text"):
        lines = feedpub("check", site, "--format", form).stdout.splitlines()
        assert len(lines) == 1
        assert "\x1b" not in lines[0]


def test_json_is_a_list_of_problems(write_site: Write, feedpub: Run) -> None:
    result = feedpub("check", write_site({"articles/a.md": article(published="soon")}), "--format", "json")
    (problem,) = json.loads(result.stdout)
    assert {k: v for k, v in problem.items() if k != "source"} == {
        "line": 3,
        "field": "publishedAt",
        "what": '"soon" is not a date',
        "mend": "write 2025-11-11 or 2025-11-11T09:00:00+01:00",
        "severity": "error",
    }


def test_an_output_that_is_full_is_told_in_one_line(write_site: Write) -> None:
    site = write_site({"articles/a.md": article()})
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "feedpub", "build", site], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b"the system refused: No space left on device\n"


def test_ids_of_other_tools_are_told_once(said: Callable[..., str]) -> None:
    files: dict[str, str | bytes] = {f"articles/{name}.md": article(name, id=name) for name in "abc"}
    files["articles/d.md"] = article("d", id="urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66")
    files["articles/e.md"] = article("e", id="e", guid="e")
    assert said(files) == (
        'articles/a.md:4: warning: id: "a" is no IRI, and not taken as the article\'s id in feeds (nor are those of 2 more); '
        "write guid: instead if readers know it by that id\n"
    )
