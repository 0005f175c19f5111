"""feedpub serve."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.desk import site_of, store_of
from feedpub.cli.report import at
from feedpub.errors import FeedpubError, Problem, printable

if TYPE_CHECKING:
    from feedpub.site import Site


@click.command("serve")
@click.argument("folder", metavar="[SITE]", type=click.Path(path_type=Path), default=".")
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen at this address; 0.0.0.0 is every one.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="And at this port; 0 is a free one.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="How many processes answer.")
@click.option("--schedule", is_flag=True, help="Send every digest when it is due, too, as feedpub schedule does.")
@click.option("--access-log", is_flag=True, help="Write a line for each request: never an address, a token or a query.")
def serve_command(folder: Path, host: str, port: int, workers: int, schedule: bool, access_log: bool) -> None:
    """Serve what was built of SITE over HTTP: its feeds, its page, and the issues that went out.

    A new build is picked up while it serves, and when the time of an article comes that waited, the site is built. SIGTERM
    or Ctrl-C ends the requests that are under way, and then the server, with 0. For the public, put nginx or Caddy before it,
    with TLS.
    """
    import tempfile

    from feedpub.disk import MANIFEST

    site = site_of(folder)
    if not (folder / site.output / MANIFEST).is_file():
        where = "" if folder == Path() else f" {folder}"
        problem = Problem(site.output, 0, "", "nothing was built here yet", f"do it with: feedpub build{where}")
        raise FeedpubError(at(folder, [problem]))
    from feedpub.cli.init import KEEP_PRIVATE, write_key
    from feedpub.cli.renewal import renewal
    from feedpub.web.links import VARIABLE, read_keys
    from feedpub.web.server import Worker, listening, made, serve

    keys = None
    if site.digests:
        store_of(folder, site).dispose()  # what is wrong with it is told here, once
        key_file = site.web.key_file
        if VARIABLE not in os.environ and not (folder / key_file).exists():
            click.echo(f"{write_key(folder, key_file)}\n{KEEP_PRIVATE.format(key_file)}", err=True)
        keys = read_keys(folder, key_file, os.environ)

    sock = listening(host, port)
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="feedpub-serve-") as shared:
        names = () if host in ("0.0.0.0", "::") else (host,)  # noqa: S104 every address is no name
        worker = Worker(folder, site, keys, names, access_log, Path(shared) if workers > 1 else None)
        server = made(worker, workers=workers, proxies=site.web.trusted_proxies)

        def end(*_: object) -> None:
            stop.set()
            server.should_exit = True

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        beside = [renewal(folder, folder / site.output, stop), *([_scheduler(folder, site, stop)] if schedule else [])]
        place = f"http://{f'[{host}]' if ':' in host else host}:{sock.getsockname()[1]}/"
        processes = f" with {workers} processes" if workers > 1 else ""
        click.echo(f"Serving {printable(site.title)} at {place}{processes}; stop with Ctrl-C.", err=True)
        try:
            for thread in beside:
                thread.start()
            serve(server, sock)
        finally:
            stop.set()
            for thread in beside:
                if thread.ident:
                    thread.join()


def _scheduler(folder: Path, site: Site, stop: threading.Event) -> threading.Thread:
    from feedpub.cli.schedule import sending
    from feedpub.mailing.scheduler import run

    work = sending(folder, site, store_of(folder, site), stop)
    return threading.Thread(target=run, args=(site.digests, work, stop), name="schedule")
