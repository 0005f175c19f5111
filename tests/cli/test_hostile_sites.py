"""What hostile testers found, each once: one clear line, or the article as its author meant it; never a traceback."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from feedpub.site import read_site
from tests.conftest import SETTINGS, Write, article, tree

Run = Callable[..., Result]


@pytest.mark.parametrize("name", ["content", "handler", "self", "metadata", "text", "fm"])
def test_a_field_of_any_name_is_kept(write_site: Write, feedpub: Run, name: str) -> None:
    site = write_site({"articles/a.md": article(**{name: "x"})})
    assert feedpub("build", site).exit_code == feedpub("check", site).exit_code == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"body": f"![x]({'a' * 300}.png)\n"},
        {"body": f"[x]({'a' * 300})\n"},
        {"image": "b" * 300 + ".jpg"},
        {"image": "/" + "c" * 300 + ".png?width=3"},
        {"body": "<div>\n<![foo[ bar ]]>\n</div>\n"},
        {"body": f'<img src=x srcset="{"," * 50_000}">\n'},
        {"body": f'<img src=x srcset="{", " * 50_000}">\n'},
    ],
)
def test_an_odd_body_or_image_stops_nothing(write_site: Write, feedpub: Run, fields: dict[str, str]) -> None:
    site = write_site({"articles/a.md": article(**fields)})  # type: ignore[arg-type]
    assert feedpub("build", site).exit_code == 0
    assert feedpub("check", site).exit_code == 0


@pytest.mark.parametrize(
    "line",
    [
        'description = "a\\u0001b"', 'description = "a\\u007fb"', 'author = "a\\u0000b"', 'title = "a\\uFFFEb"',
        'id = "tag:example.org,2025-13-45:"', 'id = "tag:example.org,0000:"', 'id = "tag:example.org,2025-02-30:"',
        'url = "https://example.org/\\u0001"', 'url = "https://example.org/%zz"', "output = " + "9" * 5_000,
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_one_line_for_check_and_build(write_site: Write, feedpub: Run, line: str) -> None:
    kept = [other for other in SETTINGS.splitlines() if other.split(" = ")[0] != line.split(" = ")[0]]
    site = write_site({"articles/a.md": article()}, base="\n".join([*kept, line]) + "\n")
    for command in ("check", "build"):
        result = feedpub(command, site)
        assert result.exit_code == 1
        assert len([said for said in result.output.splitlines() if "feedpub.toml:" in said]) == 1


def test_an_international_host_is_written_as_the_dns_has_it(write_site: Write, feedpub: Run) -> None:
    body = '[a](https://bücher.de/ä) <a href="https://bücher.de/x">b</a>\n'
    site = write_site(
        {"articles/a.md": article(image="https://bücher.de/i.png", body=body)},
        base=SETTINGS.replace("https://news.example.org", "https://faß.de"),
    )
    assert feedpub("build", site).exit_code == 0
    atom = (site / "public/atom.xml").read_text()
    assert "https://xn--fa-hia.de/atom.xml" in atom
    assert atom.count("https://xn--bcher-kva.de/") == 4
    assert read_site(SETTINGS.replace("https://news.example.org", "http://[::1]:8080/x")).url == "http://[::1]:8080/x"


def test_names_of_settings_and_devices_hold_in_whatever_case(write_site: Write, feedpub: Run) -> None:
    files = {f"articles/{n}.md": article(f"T{n}", category=c, tags="[con, aux]") for n, c in enumerate(["Go", "go"])}
    site = write_site(files, '[categories]\n"gO" = "golang"\n[feeds]\nby = ["category", "tag"]\n')
    assert feedpub("build", site).exit_code == 0
    folders = {path.parent.relative_to(site / "public").as_posix() for path in (site / "public").rglob("rss.xml")}
    assert folders == {".", "golang", "tag/con-name", "tag/aux-name"}


@pytest.mark.parametrize("names", [["A B", "A-B", "A/B"], ["A B", "A-B", "A B 2"], ["x", "x!", "x?", "x;"]])
def test_the_lines_that_mend_collisions_mend_them_all(write_site: Write, feedpub: Run, names: list[str]) -> None:
    site = write_site({f"articles/{n}.md": article(f"T{n}", category=json.dumps(c)) for n, c in enumerate(names)})
    lines = set(re.findall(r"feedpub\.toml: (.*)", feedpub("build", site).stderr))
    with (site / "feedpub.toml").open("a") as settings:
        settings.write("[categories]\n" + "\n".join(sorted(lines)) + "\n")
    assert feedpub("build", site).exit_code == 0


@pytest.mark.parametrize("manifest", ['{"files":["../victim.txt"]}', '{"files":"abc"}', '{"files":["./index.html"]}'])
def test_a_forged_manifest_removes_nothing_even_without_asserts(write_site: Write, feedpub: Run, manifest: str) -> None:
    site = write_site({"articles/a.md": article(), "victim.txt": "mine"})
    feedpub("build", site)
    (site / "public/.feedpub-manifest.json").write_text(manifest)
    before = tree(site)
    command = [sys.executable, "-O", "-m", "feedpub", "build", site]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1
    assert tree(site) == before


def test_names_that_are_not_utf_8_can_be_told_as_json(write_site: Write) -> None:
    site = write_site({"articles/a.md": article()})
    (site / os.fsdecode(b"articles/\xff.md")).write_text(article())
    for command in (["check", "--format", "json"], ["build", "--json"]):
        done = subprocess.run([sys.executable, "-m", "feedpub", *command, site], check=False, capture_output=True)
        assert done.returncode == 1
        assert b"?.md" in done.stdout
        assert json.loads(done.stdout)


def test_an_output_that_lacks_letters_or_an_error_stream_is_no_failure(write_site: Write) -> None:
    site = write_site({"articles/a.md": article("日本語", body="![](/x.png)\n")})
    narrow = subprocess.run(
        [sys.executable, "-m", "feedpub", "check", site],
        check=False,
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
    )
    assert narrow.returncode == 0
    assert b"Traceback" not in narrow.stderr
    closed = subprocess.run(f"'{sys.executable}' -m feedpub build '{site}' 2>&-", shell=True, check=False, capture_output=True)
    assert closed.returncode == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--title", ""), ("--title", "a\x01b"), ("--title", "\x1b[31m"), ("--url", "https://example.org/?q=1"),
        ("--url", "https://my_site.example.org"), ("--url", "https://example.org/\x01"), ("--url", "https://e.org./"),
    ],
)  # fmt: skip
def test_init_writes_nothing_that_would_not_build(feedpub: Run, tmp_path: Path, option: str, value: str) -> None:
    assert feedpub("init", tmp_path / "new", option, value).exit_code == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("title", ["{url}", "a\nb", 'Say "hi" \\ {id}', "Ünïcode 🚀"])
def test_init_takes_a_title_as_it_is(feedpub: Run, tmp_path: Path, title: str) -> None:
    assert feedpub("init", tmp_path / "new", "--title", title).exit_code == 0
    assert read_site((tmp_path / "new/feedpub.toml").read_text(encoding="utf-8")).title == " ".join(title.split())


def test_a_link_to_nowhere_is_no_article_lost_in_silence(write_site: Write, feedpub: Run) -> None:
    site = write_site({"articles/a.md": article()})
    (site / "articles/b.md").symlink_to("nowhere.md")
    result = feedpub("build", site)
    assert result.exit_code == 1
    assert "articles/b.md: is a link that leads nowhere" in result.stderr
