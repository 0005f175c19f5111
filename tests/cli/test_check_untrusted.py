"""feedpub check --untrusted: a stranger's site is judged, and does nothing and learns nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article
from tests.digest.conftest import DIGEST, featured

Run = Callable[..., Result]
OWNED = "{{ cycler.__init__.__globals__.os.system('touch FILE') }}"


def test_a_sound_site_has_nothing_to_say(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article(body="[b](b.png)"), "articles/b.png": "x"})
    assert feedpub("check", "--untrusted", site).output == "Nothing is wrong in 1 article.\n"


def test_its_templates_are_run_only_if_they_are_trusted(write_site: Write, feedpub: Run, tmp_path: Path) -> None:
    template = OWNED.replace("FILE", str(tmp_path / "owned"))
    files: dict[str, str | bytes] = {"articles/a.md": featured("A"), "mine/digest.html.j2": template}
    site = write_site(files, DIGEST + 'template = "mine"\n')
    said = feedpub("check", "--untrusted", site)
    assert said.exit_code == 0
    assert "feedpub.toml:14: warning: digest.template: a folder of templates is code, and was not run" in said.stdout
    assert not (tmp_path / "owned").exists()
    feedpub("check", "--untrusted", "--trust-templates", site)
    assert (tmp_path / "owned").exists()


def test_the_digest_is_still_rendered_with_our_templates(write_site: Write, feedpub: Run) -> None:
    settings = DIGEST + 'template = "mine"\nsubject = "{{ lead.nothing }}"\n'
    site = write_site({"articles/a.md": featured("A"), "mine/digest.html.j2": "x"}, settings)
    assert "digest.subject: this template can't be filled in" in feedpub("check", "--untrusted", site).stdout


@pytest.mark.parametrize("place", ["articles/b.md", "feedpub.toml"])
def test_no_link_out_of_it_is_followed(write_site: Write, feedpub: Run, tmp_path: Path, place: str) -> None:
    site = write_site({"articles/a.md": article()})
    (tmp_path / "secret").write_text("---\ntitle: [the secret\n---\n")
    (site / place).unlink(missing_ok=True)
    (site / place).symlink_to(tmp_path / "secret")
    said = feedpub("check", "--untrusted", site)
    assert said.exit_code == 1
    assert f"{place}: leads out of the site, and is not read" in said.stdout
    assert "the secret" not in said.output


@pytest.mark.parametrize("file", ["../secret.md", "/etc/hostname", "link"])
def test_no_file_of_authors_elsewhere_is_read(write_site: Write, feedpub: Run, tmp_path: Path, file: str) -> None:
    site = write_site({"articles/a.md": article()}, f'authors_file = "{file}"\n')
    (tmp_path / "secret.md").write_text("the secret")
    (site / "link").symlink_to(tmp_path / "secret.md")
    said = feedpub("check", "--untrusted", site)
    assert f'site.authors_file: "{file}" is not in the site' in said.stdout
    assert "the secret" not in said.output


@pytest.mark.parametrize("articles", ["..", "/etc", "../**/*.md", "link"])
def test_no_folder_elsewhere_is_listed(write_site: Write, feedpub: Run, tmp_path: Path, articles: str) -> None:
    site = write_site({}, f'articles = "{articles}"\n')
    (tmp_path / "secret.md").write_text(article(published="the secret"))
    (site / "link").symlink_to(tmp_path)
    said = feedpub("check", "--untrusted", site)
    assert said.exit_code == 1
    assert "leads out of the site, and is not read" in said.stdout
    assert "secret" not in said.stdout


def test_it_does_not_tell_whether_a_file_elsewhere_exists(write_site: Write, feedpub: Run, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "empty.png").write_bytes(b"")
    lines = [f"[x](../../{name}) [x](%2F{tmp_path}/{name}) [x](../out/{name})" for name in ("there", "elsewhere")]
    files: dict[str, str | bytes] = {
        f"articles/{n}.md": article(f"T{n}", body=line, image="../../../empty.png") for n, line in enumerate(lines)
    }
    site = write_site(files)
    (site / "out").symlink_to(tmp_path)
    said = feedpub("check", "--untrusted", "--all", site).stdout
    assert [said.count(f"articles/{n}.md:7: warning: the link") for n in (0, 1)] == [3, 3]
    assert "empty file" not in said


@pytest.mark.parametrize(("place", "size"), [("articles/b.md", 1_000_001), ("feedpub.toml", 70_000)])
def test_what_is_too_large_is_not_read(write_site: Write, feedpub: Run, place: str, size: int) -> None:
    site = write_site({"articles/a.md": article(), "articles/b.md": article("B")})
    os.truncate(site / place, size)
    said = feedpub("check", "--untrusted", site)
    assert said.exit_code == 1
    assert f"{place}: has " in said.stdout
    assert "and is not read" in said.stdout


def test_settings_written_to_be_slow_are_read(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article()}, "# " + '"""\\' * 15_000 + "\n[mail]\nnothing = 1\n")
    assert "feedpub.toml:9: mail.nothing: is not a setting" in feedpub("check", "--untrusted", site).stdout


def test_no_cache_is_read_or_written(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article()})
    feedpub("check", "--untrusted", site)
    assert not (site / ".feedpub").exists()


@pytest.mark.parametrize("options", [("--untrusted", "--dns"), ("--trust-templates",)])
def test_options_that_contradict_are_wrong_usage(write_site: Write, feedpub: Run, options: tuple[str, ...]) -> None:
    assert feedpub("check", *options, write_site({})).exit_code == 2
