"""How many requests a second `feedpub serve` answers beside nginx, with the same files.

Both have one process, and wrk asks each in turn, so that what else the machine does strikes both. Needs nginx and wrk.
"""

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from measure import Row, median

ROOT = Path(__file__).parents[1]
NGINX = """\
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; gzip_static off; open_file_cache max=100;
    types {{ application/rss+xml xml; }}
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
    scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port}; root {root}; expires 5m; }}
}}
"""
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int) -> Iterator[str]:
    """The address at which `command` answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/rss.xml"
    finally:
        process.terminate()
        process.wait()


def wrk(url: str, headers: dict[str, str], *, seconds: int, connections: int) -> tuple[float, float, float]:
    """Requests a second, and the median and the 99th percentile of the time to answer, in milliseconds."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    shown = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in shown, shown
    assert "Socket errors" not in shown, shown
    rate = float(re.findall(r"Requests/sec: +([\d.]+)", shown)[0])
    middle, last = (
        float(number) * UNITS[unit]
        for share in ("50", "99")
        for number, unit in re.findall(rf"{share}% +([\d.]+)(us|ms|s)", shown)
    )
    return rate, middle, last


def rows(seconds: int, rounds: int, connections: int = 32) -> Iterator[Row]:
    """Answers with the feed, and answers that it is the same; nothing where nginx or wrk is missing."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if nginx is None or shutil.which("wrk") is None:
        return
    feedpub = [sys.executable, "-m", "feedpub"]
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        folder = Path(place)
        folder.chmod(0o755)  # as root, nginx answers as a user of its own
        site = shutil.copytree(ROOT / "seeds", folder / "site", ignore=shutil.ignore_patterns("public"))
        subprocess.run([*feedpub, "build", site], check=True, stdout=subprocess.DEVNULL)
        ports = {"feedpub": free_port(), "nginx": free_port()}
        settings = folder / "nginx.conf"
        settings.write_text(NGINX.format(folder=folder, port=ports["nginx"], root=site / "public"))
        commands = {
            "feedpub": [*feedpub, "serve", str(site), "--port", str(ports["feedpub"]), "--workers", "1"],
            "nginx": [nginx, "-c", str(settings), "-e", str(folder / "error.log")],
        }
        urls = {name: stack.enter_context(running(command, ports[name])) for name, command in commands.items()}
        for status in (200, 304):
            found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in urls}
            for _ in range(rounds):
                for name, url in urls.items():
                    with urllib.request.urlopen(url) as answer:
                        headers = {"If-None-Match": answer.headers["ETag"]} if status == 304 else {}
                    found[name].append(wrk(url, headers, seconds=seconds, connections=connections))
            mine, theirs = ([median(column) for column in zip(*found[name], strict=True)] for name in ("feedpub", "nginx"))
            for case, unit, number, wanted in (("answers", "/s", 0, "≥ 0.25"), ("p50", "ms", 1, ""), ("p99", "ms", 2, "")):
                yield Row(f"{status} over HTTP, {case}", mine[number], unit, "nginx", theirs[number], wanted)
