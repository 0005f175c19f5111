"""Lists as other tools export them: a folder a case, with its files and who is to come of them."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured

Run = Callable[..., Result]
LISTS = sorted((Path(__file__).parent / "lists").iterdir())


@pytest.fixture
def run(feedpub: Run, write_site: Write) -> Run:
    site = write_site({"articles/a.md": featured("A story")}, DIGEST)
    return lambda *arguments: feedpub("subscribers", *arguments, "--site", site)


@pytest.mark.parametrize("case", LISTS, ids=lambda folder: folder.name)
def test_a_list_is_taken_as_it_comes(case: Path, run: Run, tmp_path: Path) -> None:
    files = [place for place in sorted(case.iterdir()) if place.name != "expected.json"]
    place = tmp_path / files[0].name
    if len(files) == 1:
        place.write_bytes(files[0].read_bytes())
    else:
        place = tmp_path / "export.zip"
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in files:
                packed.write(file, f"export/{file.name}")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    result = run("import", place)
    assert result.exit_code == 0, result.output
    people = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert {one["address"]: one["state"] for one in people} == {address: state for address, (state, _, _) in expected.items()}
    assert {one["address"]: one["name"] for one in people} == {address: name for address, (_, name, _) in expected.items()}
    for address, (_, _, proof) in expected.items():
        assert proof in run("show", address).stdout
    again = run("import", place)
    assert "0 added" in again.stdout, "to import again is to change nothing"
    assert [json.loads(line) for line in run("list", "--json").stdout.splitlines()] == people


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("id,when\n1,2\n", (), "known to be the address; name it: --map"),
        ("id,Reach at\n1,ada@example.org\n", ("--map", "mail=Nowhere"), 'there is no column "Nowhere"'),
        ("id,email\n1,ada@example.org\n", ("--map", "shoe=id"), 'list.csv:1: --map knows no "shoe"'),
        ('email\nada@example.org\n"bob@example.org\n' + "x\n" * 700_000, (), "list.csv:3: from here it can't be read"),
        ("email\nada@example.org\n" + "x" * 2_000_000, (), "this line is longer than 1 MB"),
        ("email\0\0\0x", (), "is no text; save it as CSV"),
        ("PK\3\4 nonsense", (), "is a damaged zip"),
    ],
)
def test_a_list_that_cannot_be_read_is_one_line(
    text: str, options: tuple[str, ...], words: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text(text)
    result = run("import", tmp_path / "list.csv", *options)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert words in result.stderr


def test_what_has_no_end_is_refused(run: Run, tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed, packed.open("people.csv", "w") as file:
        for _ in range(60):
            file.write(b"\n" * 1_000_000)
    for place, words in (("/dev/zero", "is no file"), (tmp_path / "pipe", "is no file"), (tmp_path / "bomb.zip", "unpacks to")):
        result = run("import", place)
        assert result.exit_code == 1
        assert words in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_other_names_can_be_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Reach at,Said goodbye\nada@example.org,\nbob@example.org,last May\n")
    result = run("import", tmp_path / "list.csv", "--map", "mail=reach at", "--map", "left=Said goodbye")
    assert "1 added, 0 there already, 1 left before" in result.stdout


def test_bad_rows_are_kept_to_be_mended(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "name;email;status\nAda;ada@example;subscribed\nBob;bob@example.org;asleep\nCyd;cyd@example.org;\n"
    )
    result = run("import", tmp_path / "list.csv")
    assert result.exit_code == 1
    assert 'list.csv:2: "ada@example" is not a mail address' in result.stderr
    assert 'list.csv:3: nobody here knows what the status "asleep" means' in result.stderr
    kept = tmp_path / "list.bad.csv"
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_text(kept.read_text().replace("ada@example,", "ada@example.org,").replace("asleep", "unsubscribed"))
    result = run("import", kept)
    assert result.exit_code == 0
    assert "1 added, 0 there already, 1 left before" in result.stdout


def test_all_or_nothing_takes_nothing_of_a_list_with_a_bad_row(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("email\nada@example.org\nnobody\n")
    result = run("import", tmp_path / "list.csv", "--all-or-nothing")
    assert result.exit_code == 1
    assert "1 bad; nothing was changed." in result.stdout
    assert "0 subscriptions." in run("list").stdout
    (tmp_path / "list.csv").write_text("email\nada@example.org\nbob@example.org\n")
    assert "2 added" in run("import", tmp_path / "list.csv", "--all-or-nothing").stdout
