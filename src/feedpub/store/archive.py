"""What the ledger tells of issues to whoever was no subscriber then: the archive."""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, select

from feedpub.digest import Letter
from feedpub.store.schema import issues


@dataclass(frozen=True, slots=True)
class Archived:
    """An issue that was made: its digest, its slot and when it was made (UTC), its subject."""

    digest: str
    slot: datetime
    made: datetime
    subject: str


def archived_issues(conn: Connection) -> list[Archived]:
    """Every issue that went out, the newest first."""
    columns = (issues.c.digest, issues.c.slot, issues.c.made, issues.c.subject)
    query = select(*columns).where(~issues.c.rehearsal).order_by(issues.c.slot.desc(), issues.c.id)
    return [
        Archived(row.digest, datetime.fromtimestamp(row.slot, UTC), datetime.fromtimestamp(row.made, UTC), row.subject)
        for row in conn.execute(query)
    ]


def archived_letter(conn: Connection, digest: str, slot: datetime) -> tuple[Archived, Letter] | None:
    """The issue of that slot and its letter, if there is one."""
    query = select(issues.c.subject, issues.c.made, issues.c.letter).where(
        issues.c.digest == digest, issues.c.slot == slot.timestamp(), ~issues.c.rehearsal
    )
    row = conn.execute(query).first()
    if row is None:
        return None
    made = datetime.fromtimestamp(row.made, UTC)
    return Archived(digest, slot, made, row.subject), msgspec.msgpack.decode(row.letter, type=Letter)
