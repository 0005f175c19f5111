"""Finding: what a report says of one recipient."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`recipients` holds the addresses that it may be about, in small letters; the others are as the report has them, or "".

    `action` is that of RFC 3464 in small letters; `server` the host that refused, or that reports.
    """

    recipients: tuple[str, ...]
    action: str
    status: str
    reason: str
    server: str = ""
