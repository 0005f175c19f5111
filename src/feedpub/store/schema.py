"""The tables. Every time is in seconds since 1970, UTC."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData()
_Key = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER counts up by itself in SQLite

# version: of this schema; salt: of the hashes in `suppressions`, and a `salt:…` for each that an import brought along.
# key: of the tokens of deliveries; last unsealed: the delivery after which letters have them.
KEY, LAST_UNSEALED = "key", "last unsealed"
about = Table("about", metadata, Column("name", String(40), primary_key=True), Column("value", Text, nullable=False))

# `key` is the address in small letters, by which a person is known; `token` stands in their links instead of it.
subscribers = Table(
    "subscribers",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("address", String(320), nullable=False),
    Column("key", String(320), nullable=False, unique=True),
    Column("domain", String(255), nullable=False),
    Column("token", String(40), nullable=False, unique=True),
    Column("added", Float, nullable=False),
    Column("name", String(200), nullable=False, server_default=""),
)

# A person in one digest: pending, active, ended or suppressed.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber_id", _Key, ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", String(40), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("since", Float, nullable=False),
    Index("subscriptions_by_digest", "digest", "state", "subscriber_id"),
)

# Proof of consent: every change of a subscription, when, how, and to what text the person agreed.
changes = Table(
    "changes",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("subscriber_id", _Key, ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("digest", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("at", Float, nullable=False),
    Column("how", Text, nullable=False),
    Index("changes_by_time", "state", "at"),
)

# Salted hashes of addresses that are never to be written to again. `kind` is bounce, complaint, hand or removed (who asked to
# be forgotten); `salt` is that of a hash of another database ("": our own).
suppressions = Table(
    "suppressions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("kind", String(10), nullable=False, server_default="hand"),
    Column("salt", String(64), nullable=False, server_default=""),
)

# The slots of a digest that were looked at, whether an issue came of them or not. In a rehearsal, of rehearsals alone.
looks = Table(
    "looks",
    metadata,
    Column("digest", String(40), primary_key=True),
    Column("slot", Float, primary_key=True),
    Column("rehearsal", Boolean, primary_key=True),
)

# A rehearsal went into a folder and to nobody: it spends no article, and the real issue of its slot takes its place.
issues = Table(
    "issues",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("digest", String(40), nullable=False),
    Column("slot", Float, nullable=False),
    Column("subject", Text, nullable=False),
    Column("letter", LargeBinary, nullable=False),
    Column("made", Float, nullable=False),
    Column("rehearsal", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("digest", "slot"),
)

issued = Table(
    "issued",
    metadata,
    Column("digest", String(40), primary_key=True),
    Column("slug", String(255), primary_key=True),
    Column("issue_id", _Key, ForeignKey("issues.id", ondelete="CASCADE"), nullable=False),
)

_REASON = text("reason IS NOT NULL")
UNSENT = ("queued", "sending")  # states of a delivery that may still go out

# Issue × subscriber: queued, sending (under a lease), sent or failed. `worker` holds the lease until `lease`.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("issue_id", _Key, ForeignKey("issues.id", ondelete="CASCADE"), nullable=False),
    Column("subscriber_id", _Key, ForeignKey("subscribers.id", ondelete="SET NULL"), index=True),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Float, nullable=False, server_default="0"),
    Column("lease", Float),
    Column("worker", String(80)),
    Column("settled", Float),
    Column("reason", Text),
    UniqueConstraint("issue_id", "subscriber_id"),
    Index("deliveries_due", "state", "not_before", "id"),
    # What is asked of an issue is answered by these alone, without a look at its rows.
    Index("deliveries_of_issue", "issue_id", "state", "settled", "attempts"),
    Index("deliveries_with_reason", "issue_id", "state", sqlite_where=_REASON, postgresql_where=_REASON),
)

# Deliveries of old issues that were thinned out, by their state: what `deliveries` says of an issue is to be added to this.
thinned = Table(
    "thinned",
    metadata,
    Column("issue_id", _Key, ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True),
    Column("state", String(8), primary_key=True),
    Column("count", Integer, nullable=False),
)

# A destination that asked us to slow down: nothing goes there before `until`; `pause` is how long it was.
domains = Table(
    "domains",
    metadata,
    Column("domain", String(255), primary_key=True),
    Column("until", Float, nullable=False),
    Column("pause", Float, nullable=False),
)

# What was learnt of the server that takes our mail (`server`: host and port), for the next run and for other processes: how many
# connections it allows, how long it wants to rest, when the next message may go. What `value` and `at` are, each name says.
relays = Table(
    "relays",
    metadata,
    Column("server", String(300), primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("value", Float, nullable=False),
    Column("at", Float, nullable=False),
)

# Messages that were handed to a server, by the minute: what counts against its quotas.
tallies = Table(
    "tallies",
    metadata,
    Column("server", String(300), primary_key=True),
    Column("minute", Integer, primary_key=True),
    Column("sent", Integer, nullable=False),
)

# Mails to one person that a page was asked for: confirm, preferences or farewell; queued, sending, sent, failed, or withheld.
# `mailbox` is a salted hash: what is asked for an address is counted, also where nobody is known or written to.
notes = Table(
    "notes",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("mailbox", String(64), nullable=False),
    Column("subscriber_id", _Key, ForeignKey("subscribers.id", ondelete="CASCADE"), index=True),
    Column("digests", Text, nullable=False),
    Column("asked", Float, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Float, nullable=False),
    Column("reason", Text),
    Index("notes_by_mailbox", "mailbox", "kind", "asked"),
    Index("notes_due", "state", "not_before"),
)

# What came back, each message once: hard, soft, trouble, complaint, or leave (a mail that ends a subscription). `status` is
# its code, or its word; `acted` is when it was done with: NULL for what still counts, or waits for a person's word.
reports = Table(
    "reports",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("subscriber_id", _Key, ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("status", String(40), nullable=False),
    Column("at", Float, nullable=False),
    Column("delivery_id", BigInteger, index=True),
    Column("acted", Float),
)
