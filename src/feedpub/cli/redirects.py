"""feedpub redirects."""

from pathlib import Path
from typing import get_args

import click

from feedpub.cli.desk import site_of


@click.command("redirects")
@click.argument("site", type=click.Path(path_type=Path), default=".")
@click.option(
    "--for", "server", type=click.Choice(["nginx", "caddy", "netlify", "cloudflare"]), required=True, help="Whose lines."
)
def redirects_command(site: Path, server: str) -> None:
    """Print what leads from the old addresses in the table [redirects] of SITE to the new ones.

    For nginx the lines belong into its server block, for Caddy into the site's block, for Netlify and Cloudflare Pages into
    the file _redirects. `feedpub serve` answers so itself.
    """
    from feedpub.feed.redirects import Server, redirect_lines

    (name,) = (one for one in get_args(Server) if one == server)
    lines = redirect_lines(site_of(site), name)
    click.echo(lines or "# There is no table [redirects] in feedpub.toml.\n", nl=False)
