"""Judges from outside: caniemail's data on what mail programs support, and SpamAssassin."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest
from click.testing import Result

from tests.conftest import needed

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]
MAIN = {"gmail": None, "apple-mail": None, "yahoo": None, "outlook": {"windows", "outlook-com", "ios", "android", "macos"}}
# What some program ignores, and why it does no harm there.
FALLS_BACK = {
    "max-width": "Outlook for Windows has a table of 600 px around the column",
    "max-height": "the preheader is hidden by display:none too",
    "overflow": "the preheader is hidden by display:none too",
    "word-break": "only a word longer than the line needs it",
    "word-wrap": "only a word longer than the line needs it",
    "height": "Yahoo drops it, and the image keeps its shape by its attributes",
}


@pytest.fixture
def issue(feedpub: Run, tmp_path: Path) -> Path:
    assert feedpub("digest", "--site", ROOT / "seeds", "--at", "2026-11-01T08:00", "-o", tmp_path).exit_code == 0
    return tmp_path


@pytest.fixture
def features() -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    """caniemail's table: for each feature, support by program, platform and version."""
    place = ROOT / ".ci/node/node_modules/caniemail/data/caniemail.json"
    if not place.is_file():
        assert not os.environ.get("CI"), "CI has the npm package caniemail in .ci/node"
        pytest.skip("needs the npm package caniemail in .ci/node")
    return {one["slug"]: one["stats"] for one in json.loads(place.read_text())["data"]}


def test_every_style_is_known_to_the_main_programs(
    issue: Path, features: dict[str, dict[str, dict[str, dict[str, str]]]]
) -> None:
    page = lxml.html.fromstring((issue / "issue.html").read_bytes())
    declared = [part.split(":")[0].strip() for style in page.xpath("//@style") for part in style.split(";") if part.strip()]
    used = {re.sub("^border-.*", "border", name) for name in declared if not name.startswith("mso-")}
    assert used >= {"color", "font-size", "padding", "border"}
    ignored = set()
    for name in used:
        for program, platforms in features.get(f"css-{name}", {}).items():
            if program in MAIN:
                for platform, versions in platforms.items():
                    wanted = MAIN[program] is None or platform in (MAIN[program] or ())
                    # Gmail's page for phones drops every style sheet, and most of inline styles: text is all it shows.
                    if wanted and platform != "mobile-webmail" and list(versions.values())[-1].startswith("n"):
                        ignored.add(name)
    assert ignored <= FALLS_BACK.keys()


def test_spamassassin_finds_little_to_say(issue: Path) -> None:
    command = [needed("spamassassin"), "--local", "--test-mode"]
    done = subprocess.run(command, input=(issue / "issue.eml").read_bytes(), capture_output=True, check=False)
    report = done.stdout.decode(errors="replace")
    score = re.search(r"X-Spam-Status: (?:Yes|No), score=(-?[\d.]+)", report)
    assert score, done.stderr.decode(errors="replace")[-2000:]
    assert float(score[1]) < 2.0, report[-3000:]
