"""feedpub check of what sends mail: every letter a person may get, and what sending needs on this machine."""

import sys
from collections.abc import Callable

import pytest
from click.testing import Result

from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured

Run = Callable[..., Result]
KIND = ["confirm.txt.j2", "confirm.html.j2", "farewell.txt.j2", "farewell.html.j2", "preferences.txt.j2", "note.html.j2"]


@pytest.mark.parametrize("name", KIND)
def test_every_letter_that_a_person_may_get_is_filled_in(write_digest: Write, feedpub: Run, name: str) -> None:
    result = feedpub("check", write_digest({"articles/a.md": featured("A"), f"mine/{name}": "{{ nope }}"}, 'template = "mine"\n'))
    assert result.exit_code == 1
    assert f"mine/{name}:1: this template can't be filled in: 'nope' is undefined" in result.stdout


def test_a_letter_about_several_digests_is_filled_in_too(write_digest: Write, feedpub: Run) -> None:
    words = "{% if digests | length > 1 %}{{ nope }}{% endif %}"
    files = {"articles/a.md": featured("A"), "mine/farewell.txt.j2": words}
    digest = DIGEST + 'template = "mine"\n' + DIGEST.replace("weekly", "daily")
    assert "mine/farewell.txt.j2:1: " in feedpub("check", write_digest(files, digest=digest)).stdout


@pytest.mark.parametrize(
    ("library", "settings", "words"),
    [
        ("psycopg", '[store]\nurl = "postgresql+psycopg://u@h/n"\n', "store.url: can't be used: "),
        ("cryptography.hazmat.primitives", '[mail.dkim]\nselector = "s"\nkey_file = "k.pem"\n', "install feedpub[dkim]"),
    ],
)
def test_a_library_that_is_not_installed_is_a_problem(
    write_digest: Write, feedpub: Run, monkeypatch: pytest.MonkeyPatch, library: str, settings: str, words: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    result = feedpub("check", write_digest({"articles/a.md": featured("A")}, settings))
    assert result.exit_code == 1
    assert words in result.stdout


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('[mail.dkim]\nselector = "s"\nkey_file = "none.pem"\n', "mail.dkim: none.pem can't be read: No such file or directory"),
        ('[mail.dkim]\nselector = "s"\nkey_file = "feedpub.toml"\n', "mail.dkim: feedpub.toml is not a private key"),
        ('[web]\nurl = "https://w.example"\nkey_file = "none.key"\n', "none.key: there is no key to sign links with"),
        ('[web]\nurl = "https://w.example"\nkey_file = "feedpub.toml"\n', "others on this machine can read the keys in it"),
    ],
)
def test_a_key_that_is_not_there_or_none_is_a_problem(write_digest: Write, feedpub: Run, settings: str, words: str) -> None:
    site = write_digest({"articles/a.md": featured("A")}, settings)
    (site / "feedpub.toml").chmod(0o644)
    result = feedpub("check", site)
    assert result.exit_code == 1
    assert words in result.stdout
    assert not (site / "feedpub.db").exists()
    assert words not in feedpub("check", site, "--untrusted").output


def test_a_checkout_without_the_key_and_the_password_is_no_problem(write_digest: Write, feedpub: Run) -> None:
    settings = '[mail]\nurl = "smtp://a@127.0.0.1:9"\npassword_file = "none"\n[web]\nurl = "https://w.example"\n'
    result = feedpub("check", write_digest({"articles/a.md": featured("A")}, settings))
    assert result.exit_code == 0
    assert "warning: mail.password_file: this file can't be read" in result.stdout
