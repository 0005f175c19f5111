"""A user's templates: one block at a time, and faults told with their place."""

import logging
import shutil
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write
from tests.digest.conftest import featured

Run = Callable[..., Result]
TEMPLATE = 'template = "mine"\n'
AT = ("--at", "2025-11-17T08:00")


@pytest.fixture
def say(write_digest: Write, feedpub: Run) -> Callable[..., Result]:
    """Runs `feedpub digest` on a site with one article and this template."""

    def run(template: str, settings: str = TEMPLATE, name: str = "digest.html.j2") -> Result:
        site = write_digest({"articles/a.md": featured("A story"), f"mine/{name}": template}, settings)
        shutil.rmtree(site / "issue", ignore_errors=True)
        result = feedpub("digest", "--site", site, *AT)
        assert (result.exit_code == 0) == (site / "issue/issue.html").exists()
        return result

    return run


def test_one_block_is_replaced_in_ten_lines(write_digest: Write, feedpub: Run) -> None:
    template = """\
{% extends "feedpub/digest.html.j2" %}
{% block masthead %}
<h1 class="title masthead-title">{{ digest.title }} &hearts;</h1>
{% endblock %}
{% block styles %}
{{ super() }}
.masthead-title { letter-spacing: 3px; }
{% endblock %}
"""
    site = write_digest({"articles/a.md": featured("A story"), "mine/digest.html.j2": template}, TEMPLATE)
    assert feedpub("digest", "--site", site, *AT).exit_code == 0
    html = (site / "issue/issue.html").read_text()
    assert "The Signal ♥</h1>" in html
    assert "letter-spacing:3px" in html
    assert "A story" in html


@pytest.mark.parametrize("partial", ["p.j2", "p.html", "p.html.j2", "p"])
def test_a_partial_of_any_name_escapes_the_text_of_articles(write_digest: Write, feedpub: Run, partial: str) -> None:
    files = {
        "articles/a.md": featured("'<script>alert(1)</script>'"),
        "mine/digest.html.j2": f'<html><body>{{% include "{partial}" %}}</body></html>',
        f"mine/{partial}": "<p>{{ lead.title }}</p>",
    }
    site = write_digest(files, TEMPLATE)
    assert feedpub("digest", "--site", site, *AT).exit_code == 0
    assert "<script" not in (site / "issue/issue.html").read_text()


def test_extra_fields_of_an_article_are_at_hand(write_digest: Write, feedpub: Run) -> None:
    template = '{% extends "feedpub/digest.txt.j2" %}{% block masthead %}{{ lead.article.extra.place }}{% endblock %}'
    site = write_digest({"articles/a.md": featured("A", place="Gozo"), "mine/digest.txt.j2": template}, TEMPLATE)
    assert feedpub("digest", "--site", site, *AT).exit_code == 0
    assert (site / "issue/issue.txt").read_text().startswith("Gozo")


@pytest.mark.parametrize(
    ("template", "line", "words"),
    [
        ("one\n{{ nonsense }}", 2, "'nonsense' is undefined"),
        ("one\ntwo\n{{ lead.tilte }}", 3, "has no attribute 'tilte'"),
        ("one\n{% if %}", 2, "Expected an expression"),
        ("one\n\n{% block a %}", 3, "Unexpected end of template"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ("\n{{ lead.title | frobnicate }}", 2, "No filter named 'frobnicate'"),
    ],
)
def test_a_fault_names_the_template_the_line_and_the_variable(
    say: Callable[..., Result], template: str, line: int, words: str
) -> None:
    result = say(template)
    assert result.exit_code == 1
    assert f"mine/digest.html.j2:{line}: this template can't be filled in: " in result.stderr
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("subject", ["{{ lead.tilte }}", "{{ ", "{{ nonsense }}", "  "])
def test_a_fault_of_the_subject_names_the_setting(say: Callable[..., Result], subject: str) -> None:
    result = say("<p>x</p>", f"subject = '{subject}'\n")
    assert result.exit_code == 1
    assert "feedpub.toml:14: digest.subject: " in result.stderr


def test_a_missing_folder_or_parent_is_a_problem(write_digest: Write, feedpub: Run, say: Callable[..., Result]) -> None:
    site = write_digest({"articles/a.md": featured("A")}, TEMPLATE, name="other")
    result = feedpub("digest", "--site", site, *AT)
    assert result.exit_code == 1
    assert "mine: there is no such folder of templates; make it with: feedpub templates copy" in result.stderr
    assert 'there is no template "feedpub/nope.j2"' in say('{% extends "feedpub/nope.j2" %}').stderr


@pytest.mark.parametrize(
    ("css", "words"),
    [
        (".a { color }", "can't be read"),
        ("@media {", "is not closed"),
        (".a { color: red", "is not closed"),
        ("/* open", "is not closed"),
        ('.a { content: "x', "is not closed"),
        ('@i\\mport "x.css";', "@import would be fetched"),
        (".a { color: red !/**/important }", "inlined !important would beat"),
        (".a { color: red !important }", "inlined !important would beat"),
        ('@import "x.css";', "@import would be fetched"),
        ("@IMPORT url(x.css);", "@import would be fetched"),
    ],
)
def test_css_that_inlining_would_spoil_is_a_problem_and_not_a_line_of_a_log(
    say: Callable[..., Result], css: str, words: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        result = say(f"<html><head><style>{css}</style></head><body><p class='a'>x</p></body></html>")
    assert result.exit_code == 1
    assert words in result.stderr
    assert [record for record in caplog.records if not record.name.startswith("markdown_it")] == []
    assert capfd.readouterr().err == ""


def test_a_comment_about_css_is_no_fault(say: Callable[..., Result]) -> None:
    css = "/* never !important, and no @import */ .a { color: red }"
    assert say(f"<html><head><style>{css}</style></head><body><p class='a'>x</p></body></html>").exit_code == 0


def test_css_that_the_inliner_does_not_know_is_a_problem(say: Callable[..., Result]) -> None:
    result = say("<html><head><style>.\\31 x{color:red}</style></head><body><p>x</p></body></html>")
    assert "mine/digest.html.j2: this style sheet can't be inlined" in result.stderr


def test_an_unclosed_rule_for_dark_mode_is_a_problem(say: Callable[..., Result]) -> None:
    result = say('<html><head><style data-premailer="ignore">@media {</style></head><body><p>x</p></body></html>')
    assert "is not closed" in result.stderr


def test_rendering_touches_no_network(say: Callable[..., Result]) -> None:
    connections: list[object] = []
    server = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{server.getsockname()[1]}/x.css"
    with server:

        def accept() -> None:
            with suppress(OSError):
                connections.append(server.accept())

        listener = threading.Thread(target=accept)
        listener.start()
        for markup in (
            f"<style>@import url({url});</style>",
            f"<style>@\\69mport url({url});</style>",
            f'<link rel="stylesheet" href="{url}">',
            f"<link href={url} rel=stylesheet>",
            f"<style>.a {{ background: url({url}) }}</style>",
            f'<style data-premailer="ignore">@import url({url});</style>',
            f'<style>@i\\mport "{url}";</style>',
            f'<style>@i\\6dport "{url}";</style >',
            f"<style>@import url({url});",
            f'<LINK REL="Style&#115;heet" href="{url}">',
        ):
            say(f"<html><head>{markup}</head><body><img src='{url}' alt=''><p class=a>x</p></body></html>")
        server.shutdown(socket.SHUT_RDWR)
        listener.join()
    assert connections == []


@pytest.mark.parametrize("template", ["", "  ", "<!-- nothing -->", "<html><body></body></html>"])
def test_a_template_that_comes_out_empty_is_a_problem(say: Callable[..., Result], template: str) -> None:
    assert "digest.html.j2: comes out empty" in say(template).stderr


def test_a_template_that_is_not_utf_8_is_a_problem(write_digest: Write, feedpub: Run) -> None:
    site = write_digest({"articles/a.md": featured("A"), "mine/digest.html.j2": b"<p>\xff</p>"}, TEMPLATE)
    result = feedpub("digest", "--site", site, *AT)
    assert result.exit_code == 1
    assert "digest.template: a template in this folder is not UTF-8" in result.stderr


def test_the_shipped_templates_are_copied_and_nothing_is_overwritten(feedpub: Run, tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t/digest.css.j2").write_text("mine")
    result = feedpub("templates", "copy", tmp_path / "t")
    assert result.exit_code == 0
    assert (tmp_path / "t/digest.css.j2").read_text() == "mine"
    assert "{% block lead %}" in (tmp_path / "t/digest.html.j2").read_text()


def test_the_subject_of_a_strangers_pull_request_runs_no_program(say: Callable[..., Result], tmp_path: Path) -> None:
    command = f"touch {tmp_path}/owned"
    said = say("<p>x</p>", f"subject = \"{{{{ cycler.__init__.__globals__.os.popen('{command}').read() }}}}\"\n").stderr
    assert "feedpub.toml:14: digest.subject: this template can't be filled in: " in said
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("name", ["../feedpub.toml", "../../secret", "/etc/hostname", "x/../../feedpub.toml"])
def test_a_template_includes_nothing_outside_its_folder(say: Callable[..., Result], name: str) -> None:
    assert f'there is no template "{name}"' in say(f'{{% include "{name}" %}}').stderr


@pytest.mark.parametrize("subject", ["a\\r\\nBcc: x@y.z", "a\\u2028Bcc: x@y.z", "{{ 'a\\nBcc: x@y.z' }}"])
def test_no_subject_breaks_out_of_its_header(write_digest: Write, feedpub: Run, subject: str) -> None:
    site = write_digest({"articles/a.md": featured("A")}, f'subject = "{subject}"\n')
    said = feedpub("digest", "--site", site, *AT)
    if said.exit_code == 0:
        message = message_from_bytes((site / "issue/issue.eml").read_bytes(), policy=policy.default)
        assert message["Bcc"] is None
        assert "Bcc: x@y.z" in message["Subject"]
