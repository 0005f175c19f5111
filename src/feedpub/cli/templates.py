"""feedpub templates."""

from pathlib import Path

import click


@click.group("templates")
def templates_command() -> None:
    """The templates of the digest's e-mail."""


@templates_command.command("copy")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default="templates")
def copy_command(folder: Path) -> None:
    """Copy the shipped templates into DIR (default: templates) to start from. Nothing is overwritten.

    Keep those you change and remove the others; then name DIR in feedpub.toml: [[digest]] template.
    """
    from feedpub.disk import write_files
    from feedpub.templates import SHIPPED

    files = {path.name: path.read_bytes() for path in sorted(SHIPPED.glob("*.j2"))}
    written = write_files(folder, files, keep=True)
    for name in files:
        click.echo(f"written  {folder / name}" if name in written else f"kept     {folder / name} (it was there)")
