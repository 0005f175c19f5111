"""Delivery status as fields (RFC 3464, RFC 6533): of Postfix, Microsoft 365, Gmail, SES and most others."""

import re
from collections.abc import Iterable, Iterator

from feedpub.mailing.bounces.finding import Finding
from feedpub.mailing.bounces.parts import Headers, Part, first, read_headers

_KINDS = ("message/delivery-status", "message/global-delivery-status")
_MOST_RECIPIENTS = 100


def stated(parts: Iterable[Part]) -> list[Finding]:
    """What each recipient's block of fields says, also where a gateway has made plain text of them."""
    return [found for part in parts if part.kind in _KINDS or _looks_so(part) for found in _blocks(part.text)]


def _looks_so(part: Part) -> bool:
    return bool(re.match(r"\s*(?:Reporting-MTA|Original-Envelope-Id|Final-Recipient)[ \t]*:", part.text, re.IGNORECASE))


def _blocks(text: str) -> Iterator[Finding]:
    reporter = ""
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip())[: _MOST_RECIPIENTS + 1]:
        fields = read_headers(block)
        reporter = _typed(first(fields, "reporting-mta")) or reporter
        if fields.keys() & {"final-recipient", "original-recipient", "action", "status"}:
            yield Finding(
                _recipients(fields),
                first(fields, "action").partition("(")[0].strip().lower(),
                first(fields, "status"),
                first(fields, "diagnostic-code") or first(fields, "x-supplementary-info"),
                _typed(first(fields, "remote-mta")) or reporter,
            )


def _recipients(fields: Headers) -> tuple[str, ...]:
    named = (_typed(first(fields, name)) for name in ("original-recipient", "final-recipient"))
    return tuple(address.strip("<>").lower() for address in named if address)


def _typed(value: str) -> str:
    """`mx.example.org` of `dns; mx.example.org (192.0.2.1)`."""
    return value.rpartition(";")[2].split("(")[0].strip()
