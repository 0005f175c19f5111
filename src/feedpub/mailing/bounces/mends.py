"""What to do about the sender's troubles, by their codes (RFC 3463, RFC 7372, and those of large providers)."""

# The longest beginning of a code counts.
_MENDS = {
    "4": "it passes by itself; if it does not, ask that provider's postmaster",
    "5.0": "the report does not say why; look into one, and at your relay's log",
    "5.1.7": "your own sender's address is refused: check `from` and [mail] bounce",
    "5.1.8": "your own sender's domain is not found: check its MX and A records",
    "5.2.2": "their mailbox is full; nothing to mend",
    "5.2.3": "the message is too large for them: let the digest hold fewer stories",
    "5.3": "their system, or a limit of size; if many, ask that provider's postmaster",
    "5.3.4": "the message is too large for them: let the digest hold fewer stories",
    "5.4": "no way to that server: look at your relay's DNS, and at its log",
    "5.4.1": "their server takes no mail for that domain, or not from you: ask their postmaster",
    "5.5": "the servers did not understand each other: look into your relay's log",
    "5.6": "they refuse what the message holds: look into one report",
    "5.7": "they refuse you by a policy: read what the report says, and run `feedpub check --dns`",
    "5.7.8": "your relay's login is refused",
    "5.7.20": "no DKIM signature passed: your DKIM key, `feedpub check --dns`",
    "5.7.21": "no DKIM signature is accepted: your DKIM key, `feedpub check --dns`",
    "5.7.22": "no DKIM signature of your own domain: your DKIM key, `feedpub check --dns`",
    "5.7.23": "SPF fails: list your relay in the SPF record, `feedpub check --dns`",
    "5.7.25": "your server's address has no name in reverse DNS",
    "5.7.26": "neither SPF nor DKIM passes, or DMARC fails: your DKIM key and SPF record, `feedpub check --dns`",
    "5.7.27": "your sender's domain takes no mail (null MX): check its MX record",
    "5.7.28": "they see a flood of unwanted mail: send more slowly, and only to people who asked",
    "5.7.509": "DMARC fails: your DKIM key and SPF record, `feedpub check --dns`",
    "5.7.515": "SPF, DKIM and DMARC must all pass for bulk mail: `feedpub check --dns`",
    "5.7.606": "your server's address is on their block list: ask them to take it off",
    "mailbox full": "nothing to mend: it may be emptied",
}


def mend(status: str) -> str:
    """A hint for a code, such as `5.7.26`; that of its class where nothing is known of it."""
    known = [code for code in _MENDS if status == code or status.startswith(f"{code}.")]
    return _MENDS[max(known, key=len)] if known else "look into one of these reports, and at your relay's log"
