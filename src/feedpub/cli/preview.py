"""feedpub preview."""

from datetime import UTC, datetime
from pathlib import Path

import click

from feedpub.cli.desk import site_of


@click.command("preview")
@click.argument("site", type=click.Path(path_type=Path), default=".")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port; 0 for any that is free.")
@click.option("--open", "open_it", is_flag=True, help="Open the page in a browser.")
def preview_command(site: Path, port: int, open_it: bool) -> None:
    """Show SITE (default: this folder) in a page that follows every change, until Ctrl-C.

    Articles and what is wrong with them, feeds as a reader shows them, the next issue of each digest as the e-mail it will
    be, and the operator's figures. Only this machine can see it, and nothing is written.
    """
    import webbrowser

    from feedpub.loading import SETTINGS
    from feedpub.preview import listening, serve

    if not (site / SETTINGS).is_file():
        site_of(site)  # it says what is missing
    place = listening(port)

    def ready(address: str) -> None:
        click.echo(f"{address} shows {site}; stop with Ctrl-C.")
        if open_it:
            webbrowser.open(address)

    with place:
        serve(site, place, clock=lambda: datetime.now(UTC), ready=ready)
