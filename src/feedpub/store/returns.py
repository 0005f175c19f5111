"""What came back of deliveries: bounces, complaints, mails that end a subscription. Each message counts once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Select, select, update

from feedpub.store.counts import states_of
from feedpub.store.schema import KEY, LAST_UNSEALED, about, deliveries, issues, reports, subscribers
from feedpub.store.signups import leave
from feedpub.store.subscribers import suppress_subscriber

# hard: the mailbox is not there. soft: perhaps so. trouble: of the sender, or passing; it counts against nobody.
Kind = Literal["leave", "trouble", "soft", "hard", "complaint"]
_KINDS = get_args(Kind)  # the later, the graver
SOFT_LIMIT, SOFT_SPAN = 3, timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery as the ledger knows it, and whose it was."""

    id: int
    issue: int
    digest: str
    subscriber: int
    address: str
    token: str


@dataclass(frozen=True, slots=True)
class Due:
    """A person whose mailbox is no more, by bounces of `issue` and perhaps of issues before."""

    subscriber: int
    address: str
    issue: int
    digest: str
    reason: str


def sealing_key(conn: Connection) -> bytes:
    """The key of the tokens of deliveries."""
    return (conn.scalar(select(about.c.value).where(about.c.name == KEY)) or "").encode()


def delivery(conn: Connection, number: int) -> Sent | None:
    """The delivery of that number; None if there is none, or nobody knows any more whose it was."""
    row = conn.execute(_SENT.where(deliveries.c.id == number)).first()
    return Sent(*row) if row else None


def unsealed_delivery(conn: Connection, token: str, *, since: datetime) -> Sent | None:
    """The last letter that went to the subscriber of `token` since then, and before letters had tokens of their own."""
    last = int(conn.scalar(select(about.c.value).where(about.c.name == LAST_UNSEALED)) or 0)
    query = _SENT.where(
        subscribers.c.token == token,
        deliveries.c.id <= last,
        deliveries.c.state == "sent",
        deliveries.c.settled > since.timestamp(),
    )
    row = conn.execute(query.order_by(deliveries.c.id.desc()).limit(1)).first()
    return Sent(*row) if row else None


def last_delivery(conn: Connection, token: str, digest: str) -> Sent | None:
    """The last letter of `digest` that went to the subscriber of `token`."""
    query = _SENT.where(subscribers.c.token == token, issues.c.digest == digest, deliveries.c.state == "sent")
    row = conn.execute(query.order_by(deliveries.c.id.desc()).limit(1)).first()
    return Sent(*row) if row else None


_SENT: Select[Any] = (
    select(deliveries.c.id, deliveries.c.issue_id, issues.c.digest, subscribers.c.id, subscribers.c.address, subscribers.c.token)
    .join(issues, issues.c.id == deliveries.c.issue_id)
    .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
)


def is_noted(conn: Connection, name: str) -> bool:
    """Whether a message of that name (its hash) was noted before."""
    return conn.scalar(select(reports.c.hash).where(reports.c.hash == name)) is not None


def note_return(conn: Connection, name: str, sent: Sent, kind: Kind, status: str, *, now: datetime) -> bool:
    """Note what a message (`name`: its hash) says of a delivery; False if nothing was to note.

    A delivery counts once, however many reports it brings: only a graver one counts anew. A complaint suppresses at once,
    and `leave` ends the subscription; who is to be suppressed for bounces `due_suppressions()` tells.
    """
    if is_noted(conn, name):
        return False
    before = conn.scalars(select(reports.c.kind).where(reports.c.delivery_id == sent.id)).all()
    counts = all(_KINDS.index(kind) > _KINDS.index(one) for one in before if one in _KINDS)
    row = {"hash": name, "subscriber_id": sent.subscriber, "kind": kind, "status": status[:40], "at": now.timestamp()}
    open_still = counts and kind in ("soft", "hard")
    conn.execute(reports.insert().values(**row, delivery_id=sent.id, acted=None if open_still else now.timestamp()))
    if counts and kind == "complaint":
        suppress_subscriber(conn, sent.address, now=now, reason=f"complaint {status}", kind="complaint")
    elif counts and kind == "leave":
        leave(conn, sent.token, [sent.digest], now=now, how=status)
    return counts


def due_suppressions(conn: Connection, *, now: datetime) -> list[Due]:
    """Who is to be written to no more: after a hard bounce, or soft ones of three issues in 120 days; by issue."""
    query = (
        select(reports.c.kind, reports.c.status, subscribers.c.id, subscribers.c.address, issues.c.id, issues.c.digest)
        .join(subscribers, subscribers.c.id == reports.c.subscriber_id)
        .join(deliveries, deliveries.c.id == reports.c.delivery_id)
        .join(issues, issues.c.id == deliveries.c.issue_id)
        .where(reports.c.acted.is_(None), reports.c.kind.in_(("soft", "hard")))
        .where((reports.c.kind == "hard") | (reports.c.at > (now - SOFT_SPAN).timestamp()))
        .order_by(reports.c.at, reports.c.hash)
    )
    issues_of: dict[int, set[int]] = {}
    due: dict[int, Due] = {}
    for kind, status, subscriber, address, issue, digest in conn.execute(query):
        bounced = issues_of.setdefault(subscriber, set())
        bounced.add(issue)
        if kind == "hard" or (len(bounced) >= SOFT_LIMIT and subscriber not in due):
            due[subscriber] = Due(subscriber, address, issue, digest, f"{kind} bounce {status}")
    return sorted(due.values(), key=lambda one: (one.issue, one.subscriber))


def suppress_due(conn: Connection, due: Iterable[Due], *, now: datetime) -> None:
    """Never write to them again; what they bounced is done with."""
    for one in due:
        suppress_subscriber(conn, one.address, now=now, reason=one.reason, kind="bounce")
        dismiss(conn, [one], now=now)


def dismiss(conn: Connection, due: Iterable[Due], *, now: datetime) -> None:
    """Their bounces so far are done with, and count against them no more."""
    for one in due:
        still = (reports.c.subscriber_id == one.subscriber) & reports.c.acted.is_(None)
        conn.execute(update(reports).where(still).values(acted=now.timestamp()))


def suppressed_since(conn: Connection, issue: int, since: datetime) -> set[int]:
    """Subscribers whose hard bounce of that issue was acted upon since."""
    query = select(reports.c.subscriber_id).join(deliveries, deliveries.c.id == reports.c.delivery_id)
    acted = (reports.c.kind == "hard") & (reports.c.acted > since.timestamp())
    return set(conn.scalars(query.where(deliveries.c.issue_id == issue, acted)))


def issue_size(conn: Connection, issue: int) -> int:
    """How many deliveries an issue has."""
    return sum(states_of(conn, [issue])[issue].values())


def refusals(conn: Connection, *, since: datetime) -> list[tuple[Sent, str]]:
    """Deliveries that failed since, and of which nothing came back yet, with what the server said."""
    noted = select(reports.c.hash).where(reports.c.delivery_id == deliveries.c.id)
    query = _SENT.add_columns(deliveries.c.reason).where(
        deliveries.c.issue_id.in_(select(issues.c.id)),  # as the index has them
        deliveries.c.state == "failed",
        deliveries.c.settled > since.timestamp(),
        ~noted.exists(),
    )
    return [(Sent(*row[:6]), row[6] or "") for row in conn.execute(query)]
