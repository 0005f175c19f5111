"""What holds addresses and links is its owner's alone, whatever the umask."""

import os
import subprocess
import sys
from pathlib import Path
from stat import S_IMODE

import pytest

from feedpub.store import add_subscriber, open_store
from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured
from tests.send.conftest import SLOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights of other systems")


@pytest.mark.parametrize("umask", ["000", "022", "077", "277"])
def test_database_letters_and_key_are_their_owners_alone(write_site: Write, umask: str) -> None:
    site = write_site({"articles/a.md": featured("A", "2025-11-11")}, DIGEST)
    commands = "; ".join(
        f"{sys.executable} -m feedpub {one}" for one in ("subscribers add a@example.org", "send weekly", "init", "send --due")
    )
    subprocess.run(["sh", "-c", f"umask {umask}; {commands}"], cwd=site, check=True, capture_output=True)
    (letter,) = (site / "outbox/new").iterdir()
    for path in (site / "feedpub.db", site / "feedpub.key", letter):
        assert oct(S_IMODE(path.stat().st_mode)) == "0o600", path
    assert S_IMODE((site / "outbox").stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(("before", "after"), [(0o644, 0o600), (0o666, 0o600), (0o660, 0o660), (0o640, 0o640)])
def test_a_database_that_everybody_could_read_is_closed_and_a_groups_stays(tmp_path: Path, before: int, after: int) -> None:
    open_store("sqlite:///feedpub.db", tmp_path).dispose()
    (tmp_path / "feedpub.db").chmod(before)
    engine = open_store("sqlite:///feedpub.db", tmp_path)
    with engine.begin() as conn:
        add_subscriber(conn, "ada@example.org", "weekly", now=SLOT, how="a form")
    assert {oct(S_IMODE(path.stat().st_mode)) for path in tmp_path.iterdir()} == {oct(after)}
    assert {path.name for path in tmp_path.iterdir()} == {"feedpub.db", "feedpub.db-wal", "feedpub.db-shm"}
    engine.dispose()
