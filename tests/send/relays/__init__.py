"""Real mail servers of Debian on loopback. What they relay goes on to a server of the test, which may refuse it."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import lacking, needed

RELAYS = ("postfix", "exim", "opensmtpd")
_HERE = Path(__file__).parent
_PROGRAMS = _HERE.parents[2] / ".ci" / "relays"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def relay(name: str, next_port: int) -> Iterator[int]:
    """The port of a server that hands on to `next_port` what it takes. Where there can be none, the test is skipped."""
    if os.geteuid() or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        lacking("root, who may mount")
    if name == "postfix":
        needed("postfix")
    elif not _PROGRAMS.is_dir():
        lacking("Exim and OpenSMTPD, as .ci/mta unpacks them")
    port = free_port()
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)  # servers run as users of their own
    words = {"@PORT@": str(port), "@NEXT@": str(next_port), "@FOLDER@": str(folder), "@PROGRAMS@": str(_PROGRAMS)}
    for file in _HERE.glob("*.c[fo]*"):
        text = file.read_text()
        for word, value in words.items():
            text = text.replace(word, value)
        (folder / file.name).write_text(text)
    command = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", str(_HERE / "start.sh")]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen([*command, name, str(_PROGRAMS), str(folder)], stdout=output, stderr=output)
    try:
        while not _answers(port):
            assert process.poll() is None, (folder / "output").read_text(errors="replace")
            time.sleep(0.05)
        yield port
    finally:
        # The first of a namespace of processes takes all others with it. A server that changed its user outlives its parent.
        for first in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            os.kill(int(first), signal.SIGKILL)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
            return peer.recv(4).startswith(b"220")
    except OSError:
        return False
