"""feedpub subscribers."""

import click

from feedpub.cli.subscribers.lists import export_command, list_command
from feedpub.cli.subscribers.people import (
    add_command,
    leave_command,
    remove_command,
    show_command,
    suppress_command,
    unsuppress_command,
)
from feedpub.cli.subscribers.taking import import_command


@click.group("subscribers")
def subscribers_command() -> None:
    """The people who get a digest."""


for command in (
    add_command,
    import_command,
    list_command,
    export_command,
    show_command,
    leave_command,
    remove_command,
    suppress_command,
    unsuppress_command,
):
    subscribers_command.add_command(command)
subscribers_command.add_command(show_command, "proof")

__all__ = ["subscribers_command"]
