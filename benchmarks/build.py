"""How long a cold build takes: `python benchmarks/build.py --articles 1000 10000`.

Generates articles of 8 KB in 11 categories, builds them with the installed command in a process of its own, several
times into an empty folder, and prints the medians of wall time, CPU time and peak memory (all processes).
"""

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

CATEGORIES = ["Cloud & Infrastructure", "C++", "Craft", "Feeds", "Letters", "Maps", "Music", "Science", "Space", "Trade", "Water"]
WORDS = "the feed a letter reads slowly of paper and light from every reader who keeps time with an open margin".split()
SETTINGS = """\
[site]
title = "Benchmark"
url = "https://bench.example"
id = "tag:bench.example,2025:"

[feeds]
formats = ["rss", "atom"]
"""


def article(number: int, chance: random.Random) -> str:
    """About 8 KB of Markdown: paragraphs, a heading and a list a screen, a link and an image."""
    published = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=37 * number)
    parts = [
        f"---\nslug: article-{number}\ntitle: 'Article {number}: {' '.join(chance.choices(WORDS, k=6))}'\n"
        f'excerpt: {" ".join(chance.choices(WORDS, k=20))}\npublishedAt: "{published:%Y-%m-%dT%H:%M:%SZ}"\n'
        f"author: Ada Lovelace\ncategory: {CATEGORIES[number % len(CATEGORIES)]}\ntags:\n  - one\n  - two\n---\n"
    ]
    while sum(map(len, parts)) < 8_000:
        parts += [f"## {' '.join(chance.choices(WORDS, k=4))}", "**Bold** " + " ".join(chance.choices(WORDS, k=90)) + "."]
        parts += ["\n".join(f"- *{word}* [{word}](/blog/article-{number // 2}/)" for word in chance.choices(WORDS, k=4))]
        parts += [f'{{{{image: https://i.example/{number}.png?w=800, width: 800, height: 450, alt: "{chance.choice(WORDS)}"}}}}']
    return "\n\n".join(parts) + "\n"


def site(folder: Path, articles: int) -> None:
    """A site of so many articles, the same at every call."""
    chance = random.Random(1)
    (folder / "articles").mkdir(parents=True)
    (folder / "feedpub.toml").write_text(SETTINGS)
    for number in range(articles):
        (folder / f"articles/article-{number}.md").write_text(article(number, chance))


def run(folder: Path) -> tuple[float, float, float]:
    """Seconds of wall time, seconds of CPU time, and MB of peak memory of one cold build."""
    shutil.rmtree(folder / "public", ignore_errors=True)
    shutil.rmtree(folder / ".feedpub", ignore_errors=True)
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "feedpub", "build", str(folder)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the build failed with {process.returncode}")
    peak = max(usage.ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return wall, usage.ru_utime + usage.ru_stime, peak / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(f"{'articles':>8}  {'wall s':>7}  {'cpu s':>7}  {'peak MB':>7}  (cold, median of {options.runs})")
    for articles in options.articles:
        with tempfile.TemporaryDirectory() as folder:
            site(Path(folder, "site"), articles)
            runs = [run(Path(folder, "site")) for _ in range(options.runs)]
            wall, cpu, peak = (statistics.median(figures) for figures in zip(*runs, strict=True))
            print(f"{articles:>8}  {wall:>7.2f}  {cpu:>7.2f}  {peak:>7.0f}")


if __name__ == "__main__":
    main()
