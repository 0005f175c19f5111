"""feedpub digest, and what feedpub check says of digests."""

import email
import email.policy
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, tree
from tests.digest.conftest import DIGEST, featured

Run = Callable[..., Result]
AT = ("--at", "2025-11-17T08:00")
ROOT = Path(__file__).parents[2]


def test_an_issue_is_written_as_page_text_and_message(write_digest: Write, feedpub: Run) -> None:
    site = write_digest({"articles/a.md": featured("A story")})
    result = feedpub("digest", "--site", site, *AT)
    assert result.exit_code == 0
    assert "weekly, Mon 2025-11-17 08:00 CET: A story" in result.stdout
    files = tree(site / "issue")
    assert set(files) == {"issue.html", "issue.txt", "issue.eml"}
    message = email.message_from_bytes(files["issue.eml"], policy=email.policy.default)
    assert message["Subject"] == "A story"
    assert all(b"feedpub.invalid" not in data for data in files.values())
    assert set(tree(site)) == {"feedpub.toml", "articles/a.md", *(f"issue/{name}" for name in files)}


def test_nothing_new_says_so_and_is_no_failure(write_digest: Write, feedpub: Run) -> None:
    site = write_digest({"articles/a.md": featured("A", featured="false")})
    result = feedpub("digest", "--site", site, *AT)
    assert result.exit_code == 0
    assert result.stdout == (
        "Nothing new for weekly at 2025-11-17 08:00 CET: no issue.\n"
        "Left out: 1 not featured.\n"
        "Of earlier issues nothing is known: there is no ledger yet.\n"
    )
    assert not (site / "issue").exists()


def test_since_leaves_out_what_an_earlier_issue_held(write_digest: Write, feedpub: Run) -> None:
    site = write_digest({"articles/a.md": featured("Old", "2025-11-01"), "articles/b.md": featured("New", "2025-11-12")})
    assert feedpub("digest", "--site", site, *AT, "--since", "2025-11-10", "-o", site / "out").exit_code == 0
    text = (site / "out/issue.txt").read_text()
    assert "New" in text
    assert "Old" not in text


def test_the_list_shows_slots_and_what_comes_next(write_digest: Write, feedpub: Run) -> None:
    site = write_digest({"articles/a.md": featured("A story")})
    result = feedpub("digest", "--list", "--site", site, *AT)
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[1][:5] == ["weekly", "Mon", "2025-11-17", "08:00", "Europe/Malta"]
    assert "A story (1 story)" in result.stdout
    assert [row[1] for row in rows[2:]] == ["2025-11-24", "2025-12-01", "2025-12-08", "2025-12-15", "2025-12-22"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("0 8 * * mon", "0 8 * * 1"), 'feedpub.toml:11: digest.schedule: the weekday "1" is a number'),
        (("0 8 * * mon", "0 8 * * 1"), "programs disagree on which day that is; write mon"),
        (("0 8 * * mon", "0 8 * * 1-5"), "write mon-fri"),
        (("0 8 * * mon", "0 8 * * 0,7"), "write sun,sun"),
        (("0 8 * * mon", "0 8 31 feb *"), "feedpub.toml:11: digest.schedule: \"0 8 31 feb *\" never comes"),
        (("0 8 * * mon", "0 8 * *"), "is not five fields"),
        (("0 8 * * mon", "@daily"), "is not five fields"),
        (("0 8 * * mon", "0 8 * * mon#2"), '"mon#2" is not a weekday; write names'),
        (("0 8 * * mon", "0 8 * * funday"), '"funday" is not a weekday'),
        (("0 8 * * mon", "0 8 lastx * *"), '"lastx" is not a field of cron'),
        (('max_age = "3650d"', "min_articles = 11"), "11 is more than the limit, 10, so there would never be an issue"),
        (('max_age = "3650d"', 'logo = "javascript:x"'), "is not the place of a picture"),
        (("The Signal <news@news.example.org>", "The Signal"), 'feedpub.toml:10: digest.from: "The Signal" is not a mail'),
        (("news@news.example.org", "news@localhost"), "is not a mail address"),
        (("news@news.example.org", "a..b@example.org"), "is not a mail address"),
        (("news@news.example.org", "é@example.org"), "is not a mail address"),
        (("news@news.example.org", "a@-ex.org"), "is not a mail address"),
        (("The Signal <", "=?utf-8?q?Bcc=3A?= <"), "has a name that mail programs would not show"),
        (("The Signal <", f"{'A' * 151} <"), "has a name that mail programs would not show"),
        (('"The Signal <news@news.example.org>"', '"a@b.cd\\nBcc: x@y.zz"'), "is not a mail address"),
        (("max_age", "max_ages"), "digest.max_ages: is not a setting of feedpub; did you mean max_age?"),
        (("3650d", "soon"), 'digest.max_age: "soon" is not a span of time'),
        (('name = "weekly"', 'name = "../x"'), "digest.name"),
        (('max_age = "3650d"', 'categories = ["Nope"]'), 'toml:12: digest.categories: no article has the category "Nope"'),
        (('max_age = "3650d"', 'accent = "reddish"'), "digest.accent"),
        (('max_age = "3650d"', "limit = 0"), "digest.limit"),
        (("[[digest]]", "[digest]"), "write [[digest]], with two brackets"),
    ],
)  # fmt: skip
def test_bad_settings_are_one_line_with_their_place_and_nothing_is_written(
    write_digest: Write, feedpub: Run, change: tuple[str, str], words: str
) -> None:
    assert change[0] in DIGEST
    site = write_digest({"articles/a.md": featured("A")}, digest=DIGEST.replace(*change))
    for command in (("digest", "--site", site, *AT), ("check", site)):
        result = feedpub(*command)
        assert result.exit_code == 1
        assert words in result.output
        assert "Traceback" not in result.output
    assert not (site / "issue").exists()


def test_a_digest_that_is_not_there_or_not_named_is_told(write_digest: Write, feedpub: Run) -> None:
    site = write_digest({"articles/a.md": featured("A")}, digest=DIGEST + DIGEST.replace("weekly", "daily"))
    assert "name one: weekly, daily" in feedpub("digest", "--site", site).stderr
    assert "name one of: weekly, daily" in feedpub("digest", "nope", "--site", site).stderr
    assert feedpub("digest", "daily", "--site", site, *AT).exit_code == 0
    assert feedpub("digest", "--site", site, "--list").stdout.count("Mon") == 12
    twice = write_digest({}, digest=DIGEST + DIGEST, name="twice")
    assert 'feedpub.toml:16: digest.name: "weekly" is the name of two digests' in feedpub("digest", "--site", twice).stderr


def test_articles_at_fault_stop_the_issue(write_digest: Write, feedpub: Run) -> None:
    site = write_digest({"articles/a.md": featured("A"), "articles/b.md": featured("B", "soon")})
    result = feedpub("digest", "--site", site, *AT)
    assert result.exit_code == 1
    assert 'articles/b.md:3: publishedAt: "soon" is not a date' in result.stderr
    assert not (site / "issue").exists()


def test_a_file_of_another_kind_in_the_way_is_not_written_through(write_digest: Write, feedpub: Run) -> None:
    site = write_digest({"articles/a.md": featured("A"), "precious.txt": "mine", "issue/keep.txt": "mine"})
    (site / "issue/issue.txt").symlink_to(site / "precious.txt")
    result = feedpub("digest", "--site", site, *AT)
    assert result.exit_code == 1
    assert (site / "precious.txt").read_text() == "mine"
    assert sorted(path.name for path in (site / "issue").iterdir()) == ["issue.txt", "keep.txt"]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>x</p>", "there is no preheader"),
        ("<p><img src='https://i.example/x.png'></p>", 'the image "https://i.example/x.png" has no alt text'),
        ("<p><a href='/x'>y</a></p>", 'the address "/x" of <a> is not absolute'),
        ("<p style='display:flex'>x</p>", '"display:flex" is ignored by Outlook'),
        ("<p style='position: absolute'>x</p>", '"position: absolute" is ignored by Gmail and Outlook'),
        ("<p style='width:calc(100% - 1px)'>x</p>", "is ignored by Outlook and Yahoo"),
        ("<p style='font-size:1.5rem'>x</p>", "is ignored by Outlook and Yahoo"),
    ],
)
def test_check_warns_of_what_a_mail_program_spoils(write_digest: Write, feedpub: Run, template: str, words: str) -> None:
    files = {"articles/a.md": featured("A"), "mine/digest.html.j2": f"<html><body>{template}</body></html>"}
    result = feedpub("check", write_digest(files, 'template = "mine"\n'))
    assert result.exit_code == 0
    assert "mine/digest.html.j2: warning: " in result.stdout
    assert words in result.stdout


def test_check_warns_of_a_part_without_a_link_to_unsubscribe(write_digest: Write, feedpub: Run) -> None:
    files = {"articles/a.md": featured("A"), "mine/digest.html.j2": "<p>x</p>", "mine/digest.txt.j2": "{{ lead.url }}"}
    said = feedpub("check", write_digest(files, 'template = "mine"\n')).stdout
    assert said.count("there is no link to unsubscribe") == 2
    assert "mine/digest.txt.j2: warning: there is no link" in said


def test_check_warns_of_what_is_missing(write_digest: Write, feedpub: Run) -> None:
    files = {"articles/a.md": featured("A" * 75), "mine/digest.txt.j2": "nothing"}
    digest = DIGEST.replace("postal_address", "# postal_address")
    said = feedpub("check", write_digest(files, 'template = "mine"\n', digest=digest)).stdout
    assert "digest.postal_address: is missing" in said
    assert "digest.subject: comes out 75 characters long" in said
    assert "the text part lacks the story" in said


def test_the_shipped_template_and_the_seeds_have_nothing_wrong(feedpub: Run) -> None:
    assert feedpub("check", ROOT / "seeds").stdout == ""


def test_the_seeds_make_the_golden_issue(feedpub: Run, tmp_path: Path) -> None:
    """To renew after a wanted change: feedpub digest --site seeds --at 2026-11-01T08:00 -o tests/golden/issue."""
    assert feedpub("digest", "--site", ROOT / "seeds", "--at", "2026-11-01T08:00", "-o", tmp_path).exit_code == 0
    assert tree(tmp_path) == tree(ROOT / "tests/golden/issue")
