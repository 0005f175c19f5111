"""cli: the commands. The only place that prints, reads the clock and exits."""

import click

from feedpub import __version__
from feedpub.cli.report import Commands

__all__ = ["main"]

# Each stands in the module of its name, which is loaded when the command is run: a list of them all needs none.
_COMMANDS = {
    "init": "Write a small site that builds at once.",
    "check": "Say everything that is wrong, or looks wrong.",
    "build": "Publish the feeds.",
    "ids": "The ids by which feed readers know the articles.",
    "redirects": "Lines for web servers that lead old addresses to new ones.",
    "preview": "Watch the site in a browser while you write.",
    "serve": "Serve feeds, sign-up and past issues over HTTP.",
    "digest": "Compose the next issue, to look at.",
    "templates": "The templates of the digest's e-mail.",
    "subscribers": "The people who get a digest.",
    "send": "Send an issue to its subscribers.",
    "schedule": "Send every digest when it is due.",
    "status": "Every issue, and where its deliveries stand.",
    "tidy": "Thin out deliveries of old issues.",
    "bounces": "Reports of failed deliveries, and complaints.",
}


@click.group(cls=Commands, summaries=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="feedpub %(version)s")
def main() -> None:
    """Turn a folder of Markdown articles into RSS, Atom and JSON feeds, and into a newsletter."""
