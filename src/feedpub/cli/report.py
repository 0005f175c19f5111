"""How a command speaks: Problems as lines, annotations or JSON; progress on a terminal."""

import errno
import io
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO, TypeVar, cast

import click

from feedpub.cli.kinds import Line, lines
from feedpub.cli.terminal import Door, behind
from feedpub.errors import FeedpubError, Problem, harmless, printable

T = TypeVar("T")
# So many Problems hide what else a terminal shows.
_MANY = 20


class Commands(click.Group):
    """A group whose commands may raise FeedpubError: its Problems are printed, and the exit code is 1.

    The command `x` is `x_command` of the module `feedpub.cli.x`, and loaded when it is asked for; `summaries` has a sentence
    on each, in the order in which they are listed.
    """

    def __init__(self, *args: Any, summaries: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(self._summaries)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in the help."""
        with formatter.section("Commands"):
            formatter.write_dl([*self._summaries.items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, if there is one."""
        if cmd_name not in self._summaries:
            return None
        command: click.Command = getattr(import_module(f"feedpub.cli.{cmd_name}"), f"{cmd_name}_command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        streams = sys.stdout, sys.stderr
        for stream in streams:
            if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter is no reason to fail
                stream.reconfigure(errors="backslashreplace")
        sys.stdout, sys.stderr = (stream and cast(TextIO, Door(stream)) for stream in streams)
        try:
            return self._answered(ctx)
        finally:
            sys.stdout, sys.stderr = streams

    def _answered(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FeedpubError as error:
            say(error.problems, whole=len(error.problems) < _MANY, hint="")
            ctx.exit(1)
        except OSError as error:
            if error.errno == errno.EPIPE:  # `feedpub … | head`: click ends quietly
                raise
            click.echo(f"the system refused: {error.strerror or error}", err=True)
            ctx.exit(1)
        except MemoryError:
            click.echo("there is not enough memory", err=True)
            ctx.exit(1)
        except Exception as error:
            if not type(error).__module__.startswith("sqlalchemy."):  # which a build does not load
                raise
            from feedpub.store import refused

            say(refused(error).problems)
            ctx.exit(1)


def at(folder: Path, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """`problems` of the site in `folder`, with sources as a user would type them from where they are."""
    return tuple(replace(problem, source=_from_here(folder / problem.source)) for problem in problems)


def _from_here(path: Path) -> str:
    here = Path.cwd()
    return os.path.relpath(path) if path.is_absolute() and path.is_relative_to(here) else os.path.normpath(path)


def say(problems: Iterable[Problem], *, whole: bool = True, hint: str = ", which --all lists") -> None:
    """The Problems as lines() tells them, on standard error."""
    for line in lines(problems, whole=whole, hint=hint):
        click.echo(_styled(line), file=behind(sys.stderr))


def _styled(line: Line) -> str:
    colour = {"warning": "yellow", "error": "red"}.get(line.severity)
    if not line.severity:
        return f"{line.start}{line.rest}"
    if not line.rest:
        return click.style(line.start, fg=colour)
    return f"{click.style(line.start, bold=True)}: {click.style(line.rest, fg=colour)}"


def annotations(problems: Iterable[Problem]) -> Iterable[str]:
    """Workflow commands that make GitHub show each Problem beside its line."""
    for problem in problems:
        place = f"file={_escaped(problem.source, ':,')}" + (f",line={problem.line}" if problem.line else "")
        yield f"::{problem.severity} {place},title=feedpub::{_escaped(problem.message())}"


def records(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The Problems as JSON objects."""
    return [asdict(replace(problem, source=encodable(problem.source))) for problem in problems]


def encodable(text: str) -> str:
    """`text` with a question mark for each octet of a file name that is not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def waiting(later: int, first: datetime) -> str:
    """`1 later: next 2027-01-01 09:00`: how many articles wait for their time, and when the first of them comes."""
    return f"{later} later: next {first:%Y-%m-%d %H:%M}"


def counted(count: int, noun: str) -> str:
    """`1 article`, `2 articles`, `3 stories`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def progress(things: Iterable[T], label: str, length: int) -> Iterable[T]:
    """`things`, with a bar on a terminal: how many are done, and how long the rest takes. Nothing in a pipe."""
    if not sys.stderr or not sys.stderr.isatty() or length < 100:
        yield from things
        return
    with click.progressbar(things, length=length, label=label, show_pos=True, file=behind(sys.stderr)) as bar:
        yield from bar


def write_json(value: object) -> None:
    """`value` on standard output, as indented JSON."""
    import msgspec

    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    click.echo(harmless(text, replacement=lambda character: f"\\u{ord(character):04x}"))


def table(rows: Sequence[Sequence[object]], headers: Sequence[str], *, left: bool = False) -> str:
    """`rows` in aligned columns: numbers to the right, or with `left` all to the left."""
    from tabulate import tabulate

    return tabulate(
        [[printable(str(cell)) for cell in row] for row in rows],
        headers,
        "plain",
        disable_numparse=True,
        colalign=("left", *("left" if left else "right" for _ in headers[1:])),
    )


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return printable(text)
