"""A ledger with a history, for the operator's page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from feedpub.loading import load_articles, load_site
from feedpub.mailing.newsletter import publish
from feedpub.store import Outcome, add_subscriber, claim, end_subscription, open_store, settle

FIRST = datetime(2026, 9, 1, 5, 30, tzinfo=UTC)


def add_history(folder: Path, *, subscribers: int = 40) -> None:
    """Subscribers of the first digest of the site in `folder`, and an issue of September: sent, failed, waiting."""
    site = load_site(folder)
    articles, _ = load_articles(folder, site)
    digest = site.digests[0]
    engine = open_store(site.store.url, folder)
    with engine.begin() as conn:
        for number in range(subscribers):
            day = FIRST - timedelta(days=number % 30 + 1)
            add_subscriber(conn, f"reader{number}@example.org", digest.name, now=day, how="a form")
        end_subscription(conn, "reader1@example.org", digest.name, now=FIRST + timedelta(days=30), how="a link")
    publish(engine, folder, site, digest, articles, slot=FIRST, now=FIRST)
    with engine.begin() as conn:
        held = claim(conn, "me", now=FIRST, lease=timedelta(minutes=5), limit=subscribers - 5)
        refusal = Outcome("failed", "550 5.1.1 <reader@example.org>: user unknown")
        settle(conn, "me", [(one.id, Outcome("sent") if one.id % 9 else refusal) for one in held], now=FIRST)
    engine.dispose()
