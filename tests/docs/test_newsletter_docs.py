"""The pages on the newsletter name every setting, block, variable and header, and what they show works.

Their commands, links and options are judged with those of all pages, in test_docs.py.
"""

import dataclasses
import email
import email.policy
import re
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

from feedpub.digest import next_slots, note
from feedpub.digest.story import Story
from feedpub.mail import Mail
from feedpub.model import Article, Issue
from feedpub.site import Digest, Site, read_site
from feedpub.templates import SHIPPED, environment
from tests.conftest import SETTINGS, Write
from tests.digest.conftest import DIGEST, featured
from tests.docs.test_docs import blocks, rows, section

ROOT = Path(__file__).parents[2]
NEWSLETTER, TEMPLATES, SENDING = (ROOT / f"docs/{name}.md" for name in ("newsletter", "templates", "sending"))
AT = ("--at", "2025-11-17T08:00")
Run = Callable[..., Result]


def test_every_setting_of_a_digest_is_documented() -> None:
    assert {name for name, *_ in settings()} == {field.encode_name for field in msgspec.structs.fields(Digest)} - {"lines"}


def test_every_setting_of_sending_is_documented() -> None:
    page = SENDING.read_text(encoding="utf-8")
    assert [name for name in Mail.__struct_fields__ if f"`{name}`" not in page and f"`[mail] {name}`" not in page] == []


def test_a_default_of_a_digest_written_out_changes_nothing() -> None:
    for name, _, default, *_ in settings():
        if default.startswith("`"):
            assert digest_with(f"{name} = {default.strip('`')}") == digest_with(), name


def test_an_example_of_a_setting_of_a_digest_is_one() -> None:
    for name, *_, example in settings():
        assert example.startswith(f"`{name} = ")
        assert digest_with(example.strip("`")) != digest_with(), name


def test_the_schedules_shown_come_when_the_page_says() -> None:
    after = datetime.fromisoformat("2026-01-31T20:00+01:00")
    shown = {
        name.strip('"'): f"{next_slots(digest_with(f'schedule = {name}'), after)[0]:%a %d %b %H:%M}"
        for name, *_ in rows(section(NEWSLETTER, "When"))
        if re.fullmatch('"[^"]+"', name)
    }
    assert shown == {
        "0 8 * * mon": "Mon 02 Feb 08:00",
        "30 6 * * mon-fri": "Mon 02 Feb 06:30",
        "0 8 * * tue,fri": "Tue 03 Feb 08:00",
        "30 7 1 * *": "Sun 01 Feb 07:30",
        "0 18 last * *": "Sat 28 Feb 18:00",
        "0 8 1-7 * sun": "Sun 01 Feb 08:00",
        "0 9 1 jan,apr,jul,oct *": "Wed 01 Apr 09:00",
    }


def test_slots_at_both_changes_of_clocks_are_those_shown() -> None:
    digest = digest_with('schedule = "30 2 * * *"')
    table = re.findall(r"^\| (\d+ \w+ \d{4}), [^|]*\| ([^|]+) \|", section(NEWSLETTER, "When"), re.MULTILINE)
    assert len(table) == 2
    for day, shown in table:
        morning = datetime.strptime(day, "%d %B %Y").replace(tzinfo=digest.timezone)
        first, second = next_slots(digest, morning, 2)
        assert f"{first:%H:%M} {first.isoformat()[-6:]}" == shown
        assert second.date() == first.date() + timedelta(days=1)


def test_every_header_is_documented(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": featured("A")}, DIGEST + 'reply_to = "ada@news.example.org"\n')
    assert feedpub("digest", "--site", site, *AT).exit_code == 0
    message = email.message_from_bytes((site / "issue/issue.eml").read_bytes(), policy=email.policy.default)
    table = re.split(r"^### Headers$", NEWSLETTER.read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    named = {
        name for line in table.splitlines() if line.startswith("| `") for name in re.findall(r"`([\w-]+)`", line.split(" | ")[0])
    }
    parts = {name for part in message.walk() for name in part}
    assert named - {"name"} == parts


def test_every_block_of_the_templates_is_documented() -> None:
    page = section(TEMPLATES, "Files and blocks")
    explained = {name for name, *_ in rows(page)}
    for path in SHIPPED.glob("*.j2"):
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{path.name}` |"))
        source = path.read_text(encoding="utf-8")
        names = re.findall(r"{% block (\w+)", source)
        assert [name for name in names if f"`{name}`" not in row] == []
        assert set(names) - {"styles", "media_styles"} <= explained
        macros = re.findall(r"{% macro (\w+\([\w, ]+\)) %}", source) if path.name.startswith("macros") else []
        assert [name for name in macros if f"`{name}`" not in row] == []


def test_every_variable_of_a_template_is_documented() -> None:
    source = (ROOT / "src/feedpub/digest/render.py").read_text(encoding="utf-8")
    names = re.findall(r'^        "(\w+)": ', source.partition("def look")[2].partition("\ndef _language")[0], re.MULTILINE)
    table = section(TEMPLATES, "What a template can use")
    documented = {name for line in table.splitlines() if line.startswith("| `") for name in codes(line.split(" | ")[0])}
    assert documented == set(names)


@pytest.mark.parametrize(
    ("heading", "fields", "ours"),
    [
        ("a story", {field.name for field in dataclasses.fields(Story)} | {"image_height"}, set()),
        (
            "an article",
            {field.name for field in msgspec.structs.fields(Article)},
            {"lines", "body_line", "path", "url", "expires", "warnings", "id", "mentions", "related"},
        ),
        ("the issue", set(Issue.__struct_fields__), set()),
        ("the digest", set(Digest.__struct_fields__), {"lines"}),
    ],
)
def test_every_field_that_a_template_can_use_is_documented(heading: str, fields: set[str], ours: set[str]) -> None:
    assert fields_of(heading) == fields - ours


def test_every_variable_of_a_mail_to_one_person_is_documented() -> None:
    made = (ROOT / "src/feedpub/digest/note.py").read_text(encoding="utf-8")
    links = (ROOT / "src/feedpub/web/notes.py").read_text(encoding="utf-8")
    assert fields_of("a mail to one person") == set(re.findall(r'^        "(\w+)": ', made + links, re.MULTILINE))


def test_the_fields_of_the_site_that_are_documented_are_there() -> None:
    names = fields_of("the site")
    assert names
    assert [name for name in names if not hasattr(Site(title="T", url="https://a.example"), name)] == []


@pytest.mark.parametrize(
    ("name", "file", "shown"),
    [
        ("digest.html.j2", "issue.html", "No. 47, 17 November 2025"),
        ("digest.css.j2", "issue.html", "font-size:34px; line-height:40px"),
        ("digest.txt.j2", "issue.txt", "* Second (Craft)\n  https://news.example.org/blog/b/\n"),
    ],
)
def test_a_template_of_the_page_works(write_site: Write, feedpub: Run, name: str, file: str, shown: str) -> None:
    (template,) = (
        text for before, kind, text in blocks(TEMPLATES) if kind == "jinja" and f"a whole `templates/{name}`" in before
    )
    assert name == "digest.txt.j2" or len(template.splitlines()) <= 10
    files = {"articles/a.md": featured("First", "2025-11-12"), "articles/b.md": featured("Second", category="Craft")}
    site = write_site(files | {f"templates/{name}": template}, DIGEST + 'template = "templates"\n')
    result = feedpub("digest", "--site", site, *AT)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert shown in (site / "issue" / file).read_text(encoding="utf-8")


def test_expressions_shown_in_passing_can_be_filled_in(write_site: Write, feedpub: Run) -> None:
    shown = set(re.findall(r"`({{ (?!super)[^`]+)`", TEMPLATES.read_text(encoding="utf-8")))
    lines = "\n".join(sorted(shown))
    template = (
        '{% extends "feedpub/digest.html.j2" %}{% block masthead %}{% set story = lead %}' + lines + "{{ super() }}{% endblock %}"
    )
    files = {"articles/a.md": featured("A"), "templates/digest.html.j2": template}
    site = write_site(files, DIGEST + 'template = "templates"\n')
    result = feedpub("digest", "--site", site, *AT)
    assert result.exit_code == 0, result.stderr
    html = (site / "issue/issue.html").read_text(encoding="utf-8")
    assert "Our shop</a>" in html
    assert "https://news.example.org/atom.xml" in html


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ("\n\n{{ nonsense }}", "x"),
        ("\n\n\n\n{% blok %}", "x"),
        ("<p>x</p>", "{{ lead.titel }}"),
        ('{% include "header.html.j2" %}', "x"),
        ("<html><head><style>.a { color: red !important }</style></head><body><p>x</p></body></html>", "x"),
    ],
)
def test_an_error_shown_is_what_is_said(write_site: Write, feedpub: Run, template: str, subject: str) -> None:
    (text,) = (text for _, kind, text in blocks(TEMPLATES) if kind == "text")
    known = [re.sub(r"(toml):\d+", r"\1:N", line.removesuffix("…")) for line in text.splitlines()]
    settings = DIGEST + f"template = \"templates\"\nsubject = '{subject}'\n"
    result = feedpub(
        "digest", "--site", write_site({"articles/a.md": featured("A"), "templates/digest.html.j2": template}, settings), *AT
    )
    assert result.exit_code == 1
    said = re.sub(r"(toml):\d+", r"\1:N", result.stderr)
    assert [line for line in known if line.strip() in said] != [], said


@pytest.mark.parametrize("name", ["digest-wide.png", "digest-phone.png"])
def test_the_pictures_are_light(name: str) -> None:
    data = (ROOT / "docs/images" / name).read_bytes()
    width, _ = struct.unpack(">II", data[16:24])
    assert width <= 1600
    assert len(data) < 250_000


def test_a_subject_of_ones_own_for_a_mail_to_one_person_works(tmp_path: Path) -> None:
    (template,) = (text for before, kind, text in blocks(TEMPLATES) if kind == "jinja" and "`templates/confirm.txt.j2`" in before)
    (tmp_path / "confirm.txt.j2").write_text(template)
    site = read_site(SETTINGS + DIGEST)
    links = {"confirm_url": "https://a.example/confirm/x"}
    asked = datetime.fromisoformat("2026-11-01T08:30+01:00")
    made = note("confirm", site.digests, site, environment(tmp_path), links, to="a@b.example", asked=asked, sent=asked, name="1")
    message = email.message_from_bytes(made, policy=email.policy.default)
    assert message["Subject"] == "Is it you? The Signal"
    body = message.get_body(("plain",))
    assert body
    assert "On 1 November 2026 at 08:30 (CET) somebody" in body.get_content()


def settings() -> list[list[str]]:
    """Name, type, default, meaning and example of each setting of a digest."""
    # A bar inside a cell of code is written \|.
    text = section(NEWSLETTER, "Settings of [[digest]]").replace("\\|", "\0")
    return [[cell.replace("\0", "|") for cell in row] for row in rows(text)]


def digest_with(line: str = "") -> Digest:
    """The digest of three settings, and `line` in its place; without the lines of its settings."""
    base = {"name": 'name = "n"', "from": 'from = "a@b.example"', "schedule": 'schedule = "0 9 * * *"'}
    base[line.partition(" ")[0]] = line
    site = read_site(SETTINGS + '\n[languages]\nfr = "En français"\n\n[[digest]]\n' + "\n".join(base.values()) + "\n")
    return msgspec.structs.replace(site.digests[0], lines={})


def fields_of(heading: str) -> set[str]:
    """The names in the table `of …`."""
    table = TEMPLATES.read_text(encoding="utf-8").partition(f"\n| of {heading} | meaning |\n")[2].partition("\n\n")[0]
    return {name for line in table.splitlines() if line.startswith("| `") for name in codes(line.split(" | ")[0])}


def codes(cell: str) -> list[str]:
    """The names that stand as code in a cell of a table: `a`, `b(c)`."""
    return re.findall(r"`(\w+)(?:\(\w+\))?`", cell)
