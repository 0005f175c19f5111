"""check --dns: what providers would refuse, asked of a DNS server of the test's own."""

import base64
import socket
import threading
from collections.abc import Callable, Iterator

import dns.message
import dns.rrset
import pytest
from click.testing import Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured

DOMAIN = "news.example.org"
KEY = (
    rsa.generate_private_key(65537, 2048)
    .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    .decode()
)


def key(bits: int) -> str:
    public = rsa.generate_private_key(65537, bits).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(public.public_bytes(serialization.Encoding.DER, form)).decode()


GOOD = {
    DOMAIN: ["v=spf1 ip4:192.0.2.1 -all", "something else"],
    f"s1._domainkey.{DOMAIN}": [f"v=DKIM1; k=rsa; p={key(2048)}"],
    f"_dmarc.{DOMAIN}": ["v=DMARC1; p=none"],
}


@pytest.fixture
def say(write_site: Write, feedpub: Callable[..., Result]) -> Iterator[Callable[..., Result]]:
    """Runs check --dns against a server that has these TXT records."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    records: dict[str, list[str]] = {}

    def serve() -> None:
        while True:
            data, peer = server.recvfrom(4096)
            if not data:
                return
            query = dns.message.from_wire(data)
            answer = dns.message.make_response(query)
            name = query.question[0].name
            for text in records.get(name.to_text(omit_final_dot=True), []):
                pieces = " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", pieces))
            server.sendto(answer.to_wire(), peer)

    thread = threading.Thread(target=serve)
    thread.start()

    def run(txt: dict[str, list[str]], settings: str = '[mail.dkim]\nselector = "s1"\nkey_file = "k.pem"\n') -> Result:
        records.clear()
        records.update(txt)
        site = write_site({"articles/a.md": featured("A", "2025-11-11"), "k.pem": KEY}, DIGEST + settings)
        return feedpub("check", site, "--dns", "--nameserver", f"127.0.0.1:{server.getsockname()[1]}")

    yield run
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(b"", server.getsockname())
    thread.join()
    server.close()


def test_a_domain_that_is_set_up_has_nothing_wrong(say: Callable[..., Result]) -> None:
    result = say(GOOD)
    assert result.stdout == ""
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("change", "words", "code"),
    [
        ({DOMAIN: []}, "has no SPF record; Gmail and Yahoo refuse", 1),
        ({DOMAIN: ["v=spf1 -all", "v=spf1 ~all"]}, "has 2 SPF records, and then none counts", 1),
        ({DOMAIN: ["v=spf1 +all"]}, "lets everybody send", 0),
        ({f"s1._domainkey.{DOMAIN}": []}, f"there is no DKIM key at s1._domainkey.{DOMAIN}", 1),
        ({f"s1._domainkey.{DOMAIN}": ["v=DKIM1; p="]}, "is revoked", 1),
        ({f"s1._domainkey.{DOMAIN}": [f"v=DKIM1; p={key(1024)}"]}, "has 1024 bits; make one of 2,048", 0),
        ({f"s1._domainkey.{DOMAIN}": ["v=DKIM1; p=nonsense"]}, "can't be read", 1),
        ({f"_dmarc.{DOMAIN}": []}, "has no DMARC record", 1),
        ({f"_dmarc.{DOMAIN}": ["v=DMARC1; rua=mailto:x@y.z"]}, "names no policy", 1),
        ({f"_dmarc.{DOMAIN}": [], "_dmarc.example.org": ["v=DMARC1; p=reject"]}, "", 0),
    ],
)
def test_what_is_missing_is_told_in_plain_words(
    say: Callable[..., Result], change: dict[str, list[str]], words: str, code: int
) -> None:
    result = say(GOOD | change)
    assert result.exit_code == code
    assert words in result.stdout
    assert len(result.stdout.splitlines()) == (1 if words else 0)


def test_alignment_is_asked_for(say: Callable[..., Result]) -> None:
    settings = '[mail]\nbounce = "b@other.example"\n[mail.dkim]\nselector = "s1"\nkey_file = "k.pem"\ndomain = "third.example"\n'
    records = GOOD | {"other.example": ["v=spf1 -all"], "s1._domainkey.third.example": GOOD[f"s1._domainkey.{DOMAIN}"]}
    assert "so DMARC fails" in say(records, settings).stdout


def test_without_a_key_the_relay_has_to_sign(say: Callable[..., Result]) -> None:
    result = say(GOOD, "")
    assert result.exit_code == 0
    assert "no key is set here, so the relay has to sign" in result.stdout


def test_a_server_that_does_not_answer_is_told(write_site: Write, feedpub: Callable[..., Result]) -> None:
    site = write_site({"articles/a.md": featured("A", "2025-11-11")}, DIGEST)
    result = feedpub("check", site, "--dns", "--nameserver", "127.0.0.1:9")
    assert result.exit_code == 1
    assert "the DNS could not be asked" in result.stdout
