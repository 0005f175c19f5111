"""README and docs: what they show is what happens, and what they name is there."""

import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click
import msgspec
import pytest
import yaml

from feedpub.cli import main
from feedpub.languages import Language
from feedpub.model import Article
from feedpub.site import Feeds, Site, Web, read_site

CONTEXT = click.Context(main)

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


@page
def test_a_command_prints_what_is_shown_below_it(page: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns("public", "issue", ".feedpub"))
    for before, kind, text in blocks(page):
        # A block is a file if the paragraph above it names one, such as `blog/articles/rye.md`.
        named = re.findall(r"`([\w-]+/[\w/.-]+\.(?:md|toml|csv))`", before)
        if kind in ("markdown", "toml", "csv") and named:
            place = tmp_path / named[-1]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        if kind == "console":
            for command, shown in commands(text):
                assert f"$ {command}\n{printed(command, tmp_path)}" == f"$ {command}\n{shown}"


@page
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", prose(page)):
        path, _, anchor = target.partition("#")
        place = page.parent / path if path else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), target


@page
def test_options_exist(page: Path) -> None:
    commands = [command for name in main.list_commands(CONTEXT) if (command := main.get_command(CONTEXT, name))]
    commands += [inner for group in commands if isinstance(group, click.Group) for inner in group.commands.values()]
    known = {option for command in commands for parameter in command.params for option in parameter.opts}
    programs = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "benchmarks").glob("*.py")))
    known |= {option for program in programs for option in re.findall(r"[\"`](--[a-z]+)[\"`]", program)}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", page.read_text(encoding="utf-8")))
    assert named <= known | {"--help", "--version"}


@page
def test_source_files_exist(page: Path) -> None:
    for path in re.findall(r"`((?:[\w.-]+/)*[\w-]+\.py|tests/[\w/-]+)`", prose(page)):
        assert (ROOT / path).exists() or (ROOT / "src/feedpub" / path).exists(), path


def test_every_page_is_linked_in_the_readme() -> None:
    readme = PAGES[0].read_text(encoding="utf-8")
    assert [path.name for path in PAGES[1:] if f"(docs/{path.name})" not in readme] == []


def test_every_option_of_build_is_explained() -> None:
    text = (ROOT / "docs/getting-started.md").read_text(encoding="utf-8")
    build = main.get_command(CONTEXT, "build")
    assert build
    options = [option for parameter in build.params for option in parameter.opts if option.startswith("--")]
    assert [option for option in options if option not in text] == []


@pytest.mark.parametrize("table", ["site", "feeds", "languages", "web"])
def test_every_setting_is_documented(table: Literal["site", "feeds", "languages", "web"]) -> None:
    settings = {
        "site": {spec.encode_name for spec in msgspec.structs.fields(Site)}
        - {
            "feeds",
            "languages",
            "categories",
            "fields",
            "authors",
            "redirects",
            "ids",
            "shortcodes",
            "digests",
            "store",
            "mail",
            "web",
        },
        "feeds": {spec.encode_name for spec in msgspec.structs.fields(Feeds)},
        "languages": {spec.encode_name for spec in msgspec.structs.fields(Language)},
        "web": {spec.encode_name for spec in msgspec.structs.fields(Web)},
    }
    assert {name for name, *_ in setting_rows(table)} == settings[table]


@pytest.mark.parametrize("table", ["site", "feeds", "web"])
def test_a_default_written_out_changes_nothing(table: Literal["site", "feeds", "web"]) -> None:
    for name, _, default, *_ in setting_rows(table):
        if default.startswith("`"):
            assert read_setting(table, f"{name} = {default.strip('`')}") == read_setting("site", ""), name


@pytest.mark.parametrize("table", ["site", "feeds", "web"])
def test_an_example_of_a_setting_is_one(table: Literal["site", "feeds", "web"]) -> None:
    for name, *_, example in setting_rows(table):
        assert example.startswith(f"`{name} = ")
        assert read_setting(table, example.strip("`")) != read_setting("site", ""), name


def test_every_field_of_an_article_is_documented() -> None:
    ours = {
        "source",
        "markdown",
        "body_line",
        "extra",
        "lines",
        "path",
        "url",
        "expires",
        "warnings",
        "id",
        "mentions",
        "related",
        "language",
    }
    typed = {"published": "publishedAt", "updated": "updatedAt", "authors": "author"}
    fields = {
        typed.get(field.name, camel_case(field.name)) for field in msgspec.structs.fields(Article) if field.name not in ours
    } | {"guid"}
    assert {name for name, *_ in rows(section(ROOT / "docs/article-format.md", "Fields"))} == fields


def test_the_command_for_tests_is_what_ci_runs() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    steps = ["python3 -m venv .venv", ".venv/bin/pip install -q '.[test]'", ".venv/bin/python -m pytest"]
    assert " && ".join(steps) in PAGES[0].read_text(encoding="utf-8").splitlines()
    assert set(steps[1:]) <= set(script)


def test_the_command_for_a_start_ends_with_what_is_shown() -> None:
    steps = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/"
    shown = [command for _, kind, text in blocks(PAGES[0]) if kind == "console" for command, _ in commands(text)]
    assert steps + shown[0] in PAGES[0].read_text(encoding="utf-8").splitlines()


def test_what_comes_out_is_what_the_readme_lists(tmp_path: Path) -> None:
    tree = next(text for _, kind, text in blocks(PAGES[0]) if kind == "text" and text.startswith("seeds/public/"))
    printed(f"feedpub build {ROOT / 'seeds'} -o {tmp_path / 'out'}", tmp_path)
    names = re.findall(r"(?<= )[\w./-]+\.(?:xml|json|opml|html)\b", tree)
    assert names
    assert [name for name in names if not (tmp_path / "out" / name).is_file()] == []


def test_the_workflow_checks_and_builds() -> None:
    ((_, _, text),) = [block for block in blocks(ROOT / "docs/checking-in-ci.md") if block[1] == "yaml"]
    steps = [step.get("run", "") for step in yaml.safe_load(text)["jobs"]["feeds"]["steps"]]
    assert [step for step in steps if step.startswith("feedpub")] == [
        "feedpub check --untrusted --format github",
        "feedpub build -o public",
    ]


def test_the_picture_is_light() -> None:
    data = (ROOT / "docs/images/page.png").read_bytes()
    width, _ = struct.unpack(">II", data[16:24])
    assert width <= 1600
    assert len(data) < 300_000


def blocks(page: Path) -> Iterator[tuple[str, str, str]]:
    """Each fenced block: the paragraph above it, its language, its text."""
    parts = ("\n" + page.read_text(encoding="utf-8")).split("\n```")
    for before, block in zip(parts[::2], parts[1::2], strict=False):
        kind, _, text = block.partition("\n")
        yield before.strip().rpartition("\n\n")[2], kind, text + "\n"


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block, and the output shown below it."""
    for part in text.removeprefix("$ ").split("\n$ "):
        command, _, shown = part.partition("\n")
        assert command.startswith("feedpub "), command
        yield command, f"{shown.strip()}\n"


def printed(command: str, folder: Path) -> str:
    """What the command prints in `folder`, on standard output and standard error."""
    arguments = [sys.executable, "-m", *shlex.split(command)]
    environment = os.environ | {"PYTHONUTF8": "1", "COLUMNS": "80"}
    done = subprocess.run(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", cwd=folder, env=environment
    )
    return done.stdout


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return "\n".join(("\n" + page.read_text(encoding="utf-8")).split("\n```")[::2])


def anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of the page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section(page: Path, heading: str) -> str:
    """What stands below the heading, up to the next one of any level."""
    return re.split(r"^#+ ", prose(page).partition(f"\n## {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The rows of a Markdown table whose first cell is code, that cell without its marks."""
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return [[first.strip("`"), *others] for first, *others in cells]


def setting_rows(table: str) -> list[list[str]]:
    """Name, type, default, meaning and example of each setting of `table`."""
    return rows(section(ROOT / "docs/settings.md", f"[{table}]"))


def read_setting(table: str, line: str) -> Site:
    """A site of two settings, and `line` in its place."""
    lines = {"title": 'title = "T"', "url": 'url = "https://a.example"'}
    if table == "site":
        lines[line.partition(" ")[0]] = line
    more = f"[{table}]\n{line}\n" if table != "site" else ""
    return read_site("[site]\n" + "\n".join(lines.values()) + f"\n{more}")


def camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
