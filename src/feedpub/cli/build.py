"""feedpub build."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.report import at, counted, encodable, progress, records, say, waiting, write_json
from feedpub.errors import FeedpubError

if TYPE_CHECKING:
    from feedpub.publishing import Built, FeedCount


@click.command("build")
@click.argument("site", type=click.Path(path_type=Path), default=".")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here instead of the output folder of the settings.")
@click.option("--drafts", is_flag=True, help="Publish drafts too.")
@click.option("--future", is_flag=True, help="Publish now what is dated later.")
@click.option("--keep-going", is_flag=True, help="Leave articles with a problem out, publish the others, and exit with 1.")
@click.option("--adopt", is_flag=True, help="Write into a folder that holds files of others; they are not touched.")
@click.option("--allow-removal", is_flag=True, help="Let more than half of the published articles go.")
@click.option("--all", "whole", is_flag=True, help="A line for each problem, also where there are many of one kind.")
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON.")
@click.option("--no-cache", is_flag=True, help="Use nothing that the last build knew, and keep nothing for the next.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1), help="At most so many processes beside this one (default: one for each core)."
)
@click.option("--watch", is_flag=True, help="Build again whenever a file of the site changes, or an article's time comes.")
def build_command(
    site: Path, output: Path | None, drafts: bool, future: bool, keep_going: bool, adopt: bool, allow_removal: bool,
    whole: bool, as_json: bool, no_cache: bool, jobs: int | None, watch: bool,
) -> None:  # fmt: skip
    """Publish the feeds of SITE, a folder with a feedpub.toml (default: this one)."""

    from feedpub.publishing import build

    gc.set_threshold(50_000, 20, 100)  # what a build makes of thousands of articles all stays: to look for waste is waste

    def once() -> Built | None:
        try:
            built = build(
                site, output, drafts=drafts, future=future, keep_going=keep_going, adopt=adopt, allow_removal=allow_removal,
                cached=not no_cache, jobs=jobs, progress=progress, now=datetime.now(UTC),
            )  # fmt: skip
        except FeedpubError as error:
            _refused(site, error, as_json=as_json, whole=whole)
            return None
        _report(site, built, as_json=as_json, whole=whole)
        return built

    if watch:
        _watch(site, output, once)
    elif (built := once()) is None or built.problems:
        sys.exit(1)


def _refused(site: Path, error: FeedpubError, *, as_json: bool, whole: bool) -> None:
    found = at(site, error.problems)
    problems = [problem for problem in found if problem.severity == "error"]
    if as_json:
        warnings = records(problem for problem in found if problem.severity == "warning")
        write_json({
            "output": None, "written": [], "kept": [], "removed": [], "problems": records(problems), "warnings": warnings,
        })  # fmt: skip
    say(found, whole=whole)
    files = len({problem.source for problem in problems})
    click.echo(f"{counted(len(problems), 'problem')} in {counted(files, 'file')}; nothing was written.", err=True)


def _report(site: Path, built: Built, *, as_json: bool, whole: bool) -> None:
    changes, problems, warnings = built.changes, at(site, built.problems), at(site, built.warnings)
    if as_json:
        write_json({
            "output": encodable(str(built.output)), "written": changes.written, "kept": changes.kept, "removed": changes.removed,
            "problems": records(problems), "warnings": records(warnings), "later": built.wait.later,
            "next": built.wait.next.isoformat() if built.wait.next else None,
        })  # fmt: skip
    else:
        if changes.written or changes.removed:
            click.echo(f"{_table(built)}\n")
        summary = f"{len(changes.written)} written, {len(changes.kept)} kept, {len(changes.removed)} removed"
        drafts = f"; {counted(built.drafts, 'draft')} left out" if built.drafts else ""
        click.echo(f"{summary} in {built.output}, from {counted(built.published, 'article')}{drafts}.")
        if built.wait.next:
            click.echo(waiting(built.wait.later, built.wait.next))
    say((*problems, *warnings), whole=whole)
    if problems:
        left = len({problem.source for problem in problems})
        click.echo(f"{counted(len(problems), 'problem')}; {counted(left, 'article')} left out.", err=True)


def _table(built: Built) -> str:
    """A row for each feed, one for lists and page, one for files of feeds that are gone."""
    changes = (built.changes.written, built.changes.kept, built.changes.removed)
    left = [set(paths) for paths in changes]

    def row(name: str, articles: object, mine: list[set[str]]) -> list[object]:
        for all_paths, some in zip(left, mine, strict=True):
            all_paths -= some
        return [name, articles, *(len(some) or "" for some in mine)]

    rows = [
        row(feed.folder.rstrip("/") or "everything", feed.articles, [_files_of(feed, paths) for paths in left])
        for feed in built.feeds
    ]
    lists = [{p for p in paths if "/" not in p or "index.html" in p or ".opml" in p} for paths in left]
    rows.append(row("page and lists", "", lists))
    if any(left):
        rows.append(row("no longer published", "", [set(paths) for paths in left]))
    return _aligned([["feed", "articles", "written", "kept", "removed"], *rows])


def _aligned(rows: list[list[object]]) -> str:
    """The rows in columns. To load the library that does so elsewhere takes a tenth of a build, and all here is ASCII."""
    widths = [max(len(str(row[column])) for row in rows) + 4 for column in range(len(rows[0]))]
    lines = (
        f"{row[0]:<{widths[0] - 4}}" + "".join(f"{cell:>{w}}" for cell, w in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _files_of(feed: FeedCount, paths: set[str]) -> set[str]:
    own = tuple(feed.folder + name for name in ("rss.xml", "atom.xml", "feed.json", "archive/"))
    return {path for path in paths if path.startswith(own)}


def _watch(site: Path, output: Path | None, once: Callable[[], Built | None]) -> None:
    """Build, and again after every change of what the site is made of and when an article's time comes, until Ctrl-C."""
    from feedpub.watching import Watcher

    with suppress(KeyboardInterrupt), Watcher(site, output, tell=partial(click.echo, err=True)) as watcher:
        built = once()
        click.echo(f"Watching {site}; stop with Ctrl-C.", err=True)
        while True:
            until = built.wait.until if built else None  # where a build failed, only a change can mend it
            watcher.wait(due=lambda until=until: until is not None and until <= datetime.now(UTC))  # type: ignore[misc]
            built = once()
