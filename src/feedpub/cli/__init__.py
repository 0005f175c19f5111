"""cli: the commands. The only place that prints, reads the clock and exits."""

import click

from feedpub import __version__
from feedpub.cli.report import Commands

__all__ = ["main"]

# Each stands in the module of its name, and is loaded when it is asked for.
_COMMANDS = (
    "init",
    "check",
    "build",
    "digest",
    "templates",
    "subscribers",
    "send",
    "schedule",
    "status",
    "bounces",
    "preview",
    "serve",
)


@click.group(cls=Commands, modules=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="feedpub %(version)s")
def main() -> None:
    """Turn a folder of Markdown articles into RSS, Atom and JSON feeds, and into a newsletter.

    \b
    feedpub init my-site     write a small site that builds at once
    feedpub check my-site    say everything that is wrong with it
    feedpub build my-site    publish its feeds
    feedpub preview my-site  watch it in a browser while you write
    feedpub digest           see the next issue of its newsletter
    feedpub send weekly      send it to its subscribers
    feedpub serve my-site    serve its feeds and past issues over HTTP
    """
