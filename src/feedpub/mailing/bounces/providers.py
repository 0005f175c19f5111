"""Whose server it was: what stands behind many names of hosts."""

import re

_KNOWN = {
    "google.com": "Gmail", "googlemail.com": "Gmail", "gmail.com": "Gmail",
    "outlook.com": "Microsoft", "hotmail.com": "Microsoft", "live.com": "Microsoft", "msn.com": "Microsoft",
    "yahoodns.net": "Yahoo", "yahoo.com": "Yahoo", "aol.com": "Yahoo", "ymail.com": "Yahoo",
    "icloud.com": "iCloud", "me.com": "iCloud", "mac.com": "iCloud",
}  # fmt: skip


def provider(server: str, address: str) -> str:
    """A name for whoever refused mail to `address`: by the host that reports, if it is one that is known, else its domain."""
    domain = address.rpartition("@")[2].lower()
    return _KNOWN.get(_registered(server)) or _KNOWN.get(_registered(domain)) or domain


def _registered(host: str) -> str:
    """`google.com` of `gmail-smtp-in.l.google.com`: enough for the few that are known."""
    return ".".join(re.sub(r"[^a-z0-9.-]", "", host.lower()).strip(".").split(".")[-2:])
