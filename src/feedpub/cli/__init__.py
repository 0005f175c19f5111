"""cli: the commands. The only place that prints, reads the clock and exits."""

import click

from feedpub.cli.bounces import bounces_command
from feedpub.cli.build import build_command
from feedpub.cli.check import check_command
from feedpub.cli.digest import digest_command
from feedpub.cli.init import init_command
from feedpub.cli.report import Commands
from feedpub.cli.schedule import schedule_command
from feedpub.cli.send import send_command
from feedpub.cli.serve import serve_command
from feedpub.cli.status import status_command
from feedpub.cli.subscribers import subscribers_command
from feedpub.cli.templates import templates_command

__all__ = ["main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="feedpub", message="feedpub %(version)s")
def main() -> None:
    """Turn a folder of Markdown articles into RSS, Atom and JSON feeds, and into a newsletter.

    \b
    feedpub init my-site     write a small site that builds at once
    feedpub check my-site    say everything that is wrong with it
    feedpub build my-site    publish its feeds
    feedpub digest           see the next issue of its newsletter
    feedpub send weekly      send it to its subscribers
    feedpub serve my-site    serve its feeds and past issues over HTTP
    """


for command in (
    init_command, build_command, check_command, digest_command, templates_command, subscribers_command, send_command,
    schedule_command, serve_command, status_command, bounces_command,
):  # fmt: skip
    main.add_command(command)
