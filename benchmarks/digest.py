"""How long an issue takes to render, and how many messages a second are made of it: `python benchmarks/digest.py`."""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from feedpub.content import read_article, render_body
from feedpub.digest import compose, letter, message, render
from feedpub.site import read_site
from feedpub.templates import environment

SETTINGS = """\
[site]
title = "Benchmark"
url = "https://bench.example"
id = "tag:bench.example,2025:"

[[digest]]
name = "weekly"
from = "Benchmark <news@bench.example>"
schedule = "0 8 * * mon"
limit = 1000
postal_address = "1 Long Street"
"""
SLOT = datetime(2025, 11, 17, 8, tzinfo=UTC)


def milliseconds(run: Callable[[], object], runs: int) -> float:
    """The median of so many runs, after one that does not count."""
    run()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--messages", type=int, default=100_000)
    options = parser.parse_args()
    site = read_site(SETTINGS)
    (digest,) = site.digests
    print(f"{'stories':>7}  {'render ms':>9}  {'letter ms':>9}  {'HTML kB':>7}  {'message kB':>10}  {'messages/s':>10}")
    for count in (10, 60):
        articles = [
            read_article(
                f"---\ntitle: Story {n} of the benchmark, with a title\n"
                f"publishedAt: {SLOT - timedelta(hours=n + 1):%Y-%m-%dT%H:%MZ}\n"
                f"featured: true\ncategory: Craft\nauthor: Ada Lovelace\nexcerpt: {'A sentence of some length. ' * 6}\n"
                f"image: https://i.example/{n}.jpg?width=1200&height=600\n---\n",
                f"story-{n}.md",
                site,
            )
            for n in range(count)
        ]
        issue = compose(digest, articles, slot=SLOT, issued=())
        assert issue
        templates = environment()
        rendering_once = partial(render, issue, digest, site, templates, lambda one: render_body(one, site), {})
        email = rendering_once()
        rendering = milliseconds(rendering_once, options.runs)
        made = letter(email, issue, digest, site)
        lettering = milliseconds(partial(letter, email, issue, digest, site), options.runs)
        start = time.perf_counter()
        for number in range(options.messages):
            data = message(made, to=f"reader{number}@example.org", unsubscribe=f"https://bench.example/unsubscribe/{number:040}")
        rate = options.messages / (time.perf_counter() - start)
        size = len(email.html.encode()) / 1000
        print(f"{count:>7}  {rendering:>9.1f}  {lettering:>9.1f}  {size:>7.1f}  {len(data) / 1000:>10.1f}  {rate:>10,.0f}")


if __name__ == "__main__":
    main()
