"""How long an issue takes to render, and how many messages a second are made of it."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from corpus import NEWSLETTER
from feedpub.content import read_article, render_body
from feedpub.digest import compose, letter, message, render
from feedpub.site import read_site
from feedpub.templates import environment
from measure import Row, median

SLOT = datetime(2025, 11, 17, 8, tzinfo=UTC)


def milliseconds(run: Callable[[], object], runs: int) -> float:
    """The median of so many runs, after one that does not count."""
    run()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return median(times) * 1000


def rows(runs: int, messages: int) -> Iterator[Row]:
    """The stages before the network, for 10 and for 60 stories; the second reaches the size at which Gmail clips."""
    site = read_site(NEWSLETTER)
    (digest,) = site.digests
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
        once = partial(render, issue, digest, site, environment(), lambda one: render_body(one, site), {})
        yield Row(f"rendering an issue of {count} stories", milliseconds(once, runs), "ms")
        email = once()
        lettering = milliseconds(partial(letter, email, issue, digest, site), runs)
        yield Row(f"its letter, {len(email.html.encode()) / 1000:.0f} kB of HTML", lettering, "ms")
        made = letter(email, issue, digest, site)
        start = time.perf_counter()
        for number in range(messages):
            message(
                made, to=f"reader{number}@example.org", unsubscribe=f"https://bench.example/unsubscribe/{number:040}", sent=SLOT
            )
        yield Row("filling a message in for a person", messages / (time.perf_counter() - start), "/s")
