"""The wheel, installed in another place, holds all that a build needs."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_works_in_another_place(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    # Without isolation, so that no network is needed: the build backend is among the packages for tests.
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", tmp_path / "dist", ROOT], check=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", tmp_path / "lib", wheel], check=True)
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "lib")}

    def run(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=tmp_path).stdout

    assert run("-c", "import feedpub; print(feedpub.__file__)").startswith(str(tmp_path / "lib"))
    run("-m", "feedpub", "init", "site")
    run("-m", "feedpub", "build", "site")
    run("-m", "feedpub", "digest", "--site", "site")
    assert "Hello, feeds" in (tmp_path / "site/public/index.html").read_text()
    assert "Hello, feeds" in (tmp_path / "site/issue/issue.html").read_text()
