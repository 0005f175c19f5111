"""What the DNS of a sender's domain lacks, in the words of what Gmail and Yahoo would refuse."""

import base64
import re
from collections.abc import Iterator

import dns.exception
import dns.resolver

from feedpub.errors import Problem
from feedpub.mail import Mail
from feedpub.site import Digest, Site

_REFUSED = "Gmail and Yahoo refuse mail in bulk without it"


def resolver(nameserver: str | None) -> dns.resolver.Resolver:
    """The resolver of this machine, or one that asks `host` or `host:port`."""
    found = dns.resolver.Resolver(configure=nameserver is None)
    if nameserver:
        host, _, port = nameserver.partition(":")
        found.nameservers, found.port = [host], int(port or 53)
    found.lifetime = 5
    return found


def dns_problems(site: Site, asked: dns.resolver.Resolver) -> tuple[Problem, ...]:
    """What stands in the way of each digest's mail: SPF, DKIM and its key, DMARC and its alignment.

    A Problem is what providers refuse, a warning what they advise. Asks the network; RFC 7208, 6376 and 7489.
    """
    found = {problem for digest in site.digests for problem in _of(digest, site.mail, asked)}
    return tuple(sorted(found))


def _of(digest: Digest, mail: Mail, asked: dns.resolver.Resolver) -> Iterator[Problem]:
    domain = (digest.sender.email or "").rpartition("@")[2]
    envelope = (mail.bounce.email or "").rpartition("@")[2] if mail.bounce else domain
    signer = (mail.dkim.domain or domain) if mail.dkim else None
    try:
        yield from _spf(digest, envelope, asked)
        yield from _dkim(digest, mail, signer, asked)
        yield from _dmarc(digest, domain, asked)
    except dns.exception.DNSException as error:
        what = f"the DNS could not be asked about {domain}: {error}"
        yield digest.problem("from", what, "try again where there is a network")
        return
    if not _aligned(envelope, domain) and not (signer and _aligned(signer, domain)):
        what = f"neither the envelope's domain ({envelope}) nor a signature's is that of From ({domain}), so DMARC fails"
        yield digest.problem("from", what, f"sign for {domain}, or set [mail] bounce to an address there")


def _spf(digest: Digest, domain: str, asked: dns.resolver.Resolver) -> Iterator[Problem]:
    records = [text for text in _texts(domain, asked) if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]
    if not records:
        mend = f'publish a TXT record at {domain}, such as "v=spf1 include:your-provider.example -all"'
        yield digest.problem("from", f"{domain} has no SPF record; {_REFUSED}", mend)
    elif len(records) > 1:
        yield digest.problem("from", f"{domain} has {len(records)} SPF records, and then none counts", "join them into one")
    elif re.search(r"(^| )\+?all( |$)", records[0]):
        mend = "end it with -all or ~all"
        yield digest.problem("from", f"the SPF record of {domain} lets everybody send (+all)", mend, warning=True)


def _dkim(digest: Digest, mail: Mail, domain: str | None, asked: dns.resolver.Resolver) -> Iterator[Problem]:
    if mail.dkim is None or domain is None:
        what = f"no key is set here, so the relay has to sign; whether it does can't be seen from here ({_REFUSED})"
        yield digest.problem("from", what, "send a copy with feedpub send --to, and look for dkim=pass in it", warning=True)
        return
    name = f"{mail.dkim.selector}._domainkey.{domain}"
    keys = [fields for text in _texts(name, asked) if "p" in (fields := _fields(text))]
    if not keys:
        yield digest.problem("from", f"there is no DKIM key at {name}; {_REFUSED}", "publish the public key there")
        return
    public = re.sub(r"\s", "", keys[0]["p"])
    if not public:
        yield digest.problem("from", f"the DKIM key at {name} is revoked (p= is empty)", "publish the public key there")
    elif keys[0].get("k", "rsa") == "rsa":
        bits = _bits(public)
        if bits is None:
            yield digest.problem("from", f"the DKIM key at {name} can't be read", "publish it anew, in one line")
        elif bits < 1024:
            yield digest.problem(
                "from", f"the DKIM key at {name} has {bits} bits; providers refuse less than 1,024", "make a new one of 2,048"
            )
        elif bits < 2048:
            yield digest.problem("from", f"the DKIM key at {name} has {bits} bits", "make one of 2,048", warning=True)


def _dmarc(digest: Digest, domain: str, asked: dns.resolver.Resolver) -> Iterator[Problem]:
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):  # the domain, else one above it (RFC 7489, 6.6.3)
        place = ".".join(labels[start:])
        records = [text for text in _texts(f"_dmarc.{place}", asked) if text.lower().startswith("v=dmarc1")]
        if records:
            if _fields(records[0]).get("p", "").lower() not in ("none", "quarantine", "reject"):
                yield digest.problem("from", f"the DMARC record of {place} names no policy", "write p=none at least")
            return
    mend = f'publish a TXT record at _dmarc.{domain}: "v=DMARC1; p=none"'
    yield digest.problem("from", f"{domain} has no DMARC record; {_REFUSED}", mend)


def _texts(name: str, asked: dns.resolver.Resolver) -> list[str]:
    try:
        answer = asked.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _fields(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _aligned(one: str, other: str) -> bool:
    """Relaxed alignment: the same domain, or one below the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _bits(public: str) -> int | None:
    """Size of an RSA key (SubjectPublicKeyInfo, DER): that of the first large integer in it."""
    try:
        der = base64.b64decode(public, validate=True)
    except ValueError:
        return None
    for found in re.finditer(rb"\x02(?:\x81(.)|\x82(..)|([\x20-\x7f]))", der, re.DOTALL):
        length = int.from_bytes(found[1] or found[2] or found[3], "big")
        number = der[found.end() : found.end() + length]
        if len(number) == length and length >= 32:
            return int.from_bytes(number, "big").bit_length()
    return None
