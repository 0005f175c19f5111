"""Small publications of our own, each in the layout of one tool: `site/` as its author keeps it, `expected/` the feeds of it.

Where feeds are meant to change, `python -m tests.publications` writes every `expected/` anew; look through the difference.
"""

import os
import re
import shutil
from pathlib import Path

from click.testing import CliRunner

from feedpub.cli import main
from tests.conftest import tree

HERE = Path(__file__).parent
SITES = sorted(folder.parent for folder in HERE.glob("*/site"))


def published(site: Path, folder: Path) -> tuple[str, dict[str, bytes]]:
    """What `feedpub init` without an argument says in a copy of `site`, made in `folder`; and the feeds of the build after it.

    The year in ids is that of the day on which init was run; here it is always 2025.
    """
    shutil.copytree(site, folder, dirs_exist_ok=True)
    before, run = Path.cwd(), CliRunner()
    os.chdir(folder)
    try:
        said = run.invoke(main, ["init"])
        assert said.exit_code == 0, said.output
        settings = Path("feedpub.toml")
        settings.write_text(re.sub(r"(?m)^(id = \"tag:[^,]*,)\d{4}", r"\g<1>2025", settings.read_text("utf-8")), "utf-8")
        built = run.invoke(main, ["build"])
        assert built.exit_code == 0, built.output
    finally:
        os.chdir(before)
    found = re.search(r"^output = \"(.*)\"$", (folder / "feedpub.toml").read_text("utf-8"), re.MULTILINE)
    files = tree(folder / (found[1] if found else "public"))
    return said.stdout, {path: data for path, data in files.items() if not path.startswith(".")}
