"""What strangers wrote, in an article, a file's name or an answer of a server, moves no cursor and hides no line."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from feedpub.errors import harmless
from tests.conftest import Write, article
from tests.digest.conftest import DIGEST, featured

EVIL = "a\x1b[2J\x1b]0;owned\x07b\x9b31mc\x08\x7f\u202ed\u2066e\rf"
MOVING = "\x1b\x07\x08\x7f\x9b\u202e\u2066"


def in_a_terminal(*command: object) -> str:
    """What the command writes into a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-m", "feedpub", *map(str, command)], stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        try:
            while some := os.read(ours, 65_536):
                said += some
        except OSError:  # so Linux tells that the other end is closed
            pass
        process.wait()
    os.close(ours)
    return said.decode()


def quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08X}" for c in text) + '"'


@pytest.fixture
def site(write_site: Write) -> Path:
    files: dict[str, str | bytes] = {
        "articles/a.md": featured(quoted(EVIL), category=quoted(EVIL)),
        f"articles/{EVIL.replace('/', '')}.md": article(quoted(EVIL), published="x\x1b[1mx"),
        "articles/b.md": featured(quoted(EVIL), body=f"{{{{image: x, {EVIL} }}}} [x](./{EVIL})"),
    }
    return write_site(files, DIGEST)


@pytest.mark.parametrize(
    "command",
    [("check",), ("check", "--format", "github"), ("check", "--format", "json"), ("build",), ("build", "--keep-going"),
     ("build", "--json"), ("digest", "--list", "--site")],
)  # fmt: skip
def test_nothing_that_moves_the_cursor_is_written(site: Path, command: tuple[str, ...]) -> None:
    said = in_a_terminal(*command, site)
    ours = ("\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[33m")  # the colours of problems
    for colour in ours:
        said = said.replace(colour, "")
    assert not set(MOVING) & set(said)
    assert "\r" not in said.replace("\r\n", "")


def test_json_keeps_what_it_escapes(site: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "feedpub", "check", "--format", "json", site], capture_output=True)
    assert done.stdout.isascii() or not set("\x9b\u202e\u2066") & set(done.stdout.decode())
    assert any("\u202e" in problem["source"] for problem in json.loads(done.stdout))


def test_text_of_people_stays_as_it_is() -> None:
    text = "Zoë 👩\u200d👩\u200d👧 שלום\u200f\tnon\xa0breaking\r\nsoft\xadhyphen\n"
    assert harmless(text) == text
