"""The command: one clear line for what can't be, a clean end, and nothing written."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article, tree
from tests.preview.conftest import ask, copied

Run = Callable[..., Result]


def started(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "feedpub", "preview", *map(str, arguments)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | environment,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_ends_cleanly_and_writes_nothing(tmp_path: Path, number: int) -> None:
    folder = copied(tmp_path)
    before = tree(folder)
    server = started(folder, "--port", "0")
    assert server.stdout
    line = server.stdout.readline()
    address = line.split()[0]
    assert line == f"{address} shows {folder}; stop with Ctrl-C.\n"
    for path in ("/", "/feeds", "/raw/rss.xml", "/digests/monthly", "/frames/digest/monthly/light", "/operator"):
        assert ask(address, path)[0] == 200
    with socket.create_connection(("127.0.0.1", int(address.rstrip("/").rpartition(":")[2]))) as waiting:
        waiting.sendall(f"GET /events HTTP/1.1\r\nHost: {address.split('/')[2]}\r\n\r\n".encode())
        assert b"text/event-stream" in waiting.recv(4096)
        server.send_signal(number)
        assert (*server.communicate(timeout=60), server.returncode) == ("", "", 0)
    assert tree(folder) == before


def test_a_port_that_is_taken_is_one_line(feedpub: Run, write_site: Write) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = feedpub("preview", write_site({"articles/a.md": article()}), "--port", port)
    assert result.exit_code == 1
    assert result.stderr == f"127.0.0.1:{port}: can't be listened at: Address already in use; choose another: --port {port + 1}\n"
    assert result.stdout == ""


def test_a_folder_without_a_site_is_one_line(feedpub: Run, tmp_path: Path) -> None:
    result = feedpub("preview", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "there is no feedpub.toml in this folder" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_open_opens_the_browser(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(
        textwrap.dedent(f"""\
        #!/bin/sh
        echo "$1" > {tmp_path}/opened.part && mv {tmp_path}/opened.part {tmp_path}/opened
        """)
    )
    browser.chmod(0o755)
    server = started(copied(tmp_path), "--port", "0", "--open", BROWSER=f"{browser} %s")
    assert server.stdout
    address = server.stdout.readline().split()[0]
    assert ask(address)[0] == 200
    server.send_signal(signal.SIGINT)
    assert (*server.communicate(timeout=60), server.returncode) == ("", "", 0)
    assert (tmp_path / "opened").read_text() == f"{address}\n"


def test_no_option_shows_it_to_other_machines(feedpub: Run) -> None:
    assert "--host" not in feedpub("preview", "--help").stdout
