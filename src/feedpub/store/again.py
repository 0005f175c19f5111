"""Deliveries that failed, queued again: what a relay refused was not for ever."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select, update

from feedpub.store.cause import cause
from feedpub.store.schema import deliveries, issues, subscriptions

# RFC 3463, 3.2: the address is wrong, so it will be refused again.
_NO_SUCH_MAILBOX = re.compile(r"\d{3}[ -]5\.1\.\d")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Failures:
    """The latest issue of a digest, and its deliveries that failed: by cause, whether they are `chosen`, and their number."""

    slot: datetime
    groups: tuple[tuple[str, bool, int], ...]
    chosen: tuple[int, ...]


def failures(conn: Connection, digest: str, *, text: str | None, rehearsal: bool, now: datetime) -> Failures | None:
    """What failed of the latest issue of `digest`, commonest cause first; None if there is no issue. Its slot has the zone of
    `now`. Issues of a `rehearsal` and real ones are kept apart.

    Only of people who are subscribed still. Chosen is what holds `text` in its reason (None: all), in any case of letters;
    what was refused because there is no such mailbox only if `text` says so by its code (5.1).
    """
    latest = select(issues.c.id, issues.c.slot).where(issues.c.digest == digest, issues.c.rehearsal == rehearsal)
    row = conn.execute(latest.order_by(issues.c.slot.desc())).first()
    if row is None:
        return None
    subscribed = and_(
        subscriptions.c.subscriber_id == deliveries.c.subscriber_id,
        subscriptions.c.digest == digest,
        subscriptions.c.state == "active",
    )
    query = select(deliveries.c.id, deliveries.c.reason).join(subscriptions, subscribed)
    groups, known, chosen = Counter[tuple[str, bool]](), dict[str, tuple[str, bool]](), []
    for number, reason in conn.execute(query.where(deliveries.c.issue_id == row.id, deliveries.c.state == "failed")):
        why = reason or "no cause noted"
        if why not in known:
            known[why] = cause(why), _is_meant(why, text)
        groups[known[why]] += 1
        if known[why][1]:
            chosen.append(number)
    ranked = sorted(groups.items(), key=lambda one: (-one[1], one[0]))
    slot = datetime.fromtimestamp(row.slot, now.tzinfo)
    return Failures(slot, tuple((*group, count) for group, count in ranked), tuple(chosen))


def queue_again(conn: Connection, chosen: tuple[int, ...], *, now: datetime) -> None:
    """Queue deliveries that failed as if they had never been tried."""
    values = {"state": "queued", "attempts": 0, "settled": None, "not_before": now.timestamp()}
    for start in range(0, len(chosen), _AT_ONCE):
        some = deliveries.c.id.in_(chosen[start : start + _AT_ONCE])
        conn.execute(update(deliveries).where(some, deliveries.c.state == "failed").values(values))


def _is_meant(reason: str, text: str | None) -> bool:
    if reason.startswith("subscription "):  # it ended, and began anew since: that is no wish for an old issue
        return False
    if _NO_SUCH_MAILBOX.match(reason) and "5.1" not in (text or ""):
        return False
    wanted = (text or "").casefold()
    return wanted in reason.casefold() or wanted in cause(reason).casefold()
