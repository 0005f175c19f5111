"""Signatures, verified by another library, which has its own reading of RFC 6376."""

from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from feedpub.digest import letter, message
from feedpub.errors import FeedpubError
from feedpub.model import Email, Issue
from feedpub.site import read_site
from feedpub.transport import Dkim
from tests.conftest import SETTINGS
from tests.digest.conftest import DIGEST
from tests.send.conftest import SLOT

RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
SITE = read_site(SETTINGS + DIGEST)


def pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def record(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    import base64

    if isinstance(key, rsa.RSAPrivateKey):
        public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(raw)


def made(subject: str = "Zoë & friends", text: str = "Hello\n\n\n", html: str = "<p>Hello  there</p>\n\n") -> bytes:
    one = letter(Email(subject, html, text, 320), Issue("weekly", SLOT, ()), SITE.digests[0], SITE)
    return message(one, to="reader@example.org", unsubscribe="https://news.example.org/unsubscribe/abc/weekly", sent=SLOT)


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
@pytest.mark.parametrize("subject", ["Plain", "Zoë & 日本語 " * 12, "spaces  and\ttabs"])
def test_a_signature_is_valid_and_covers_what_providers_ask_for(
    tmp_path: Path, key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, subject: str
) -> None:
    (tmp_path / "key.pem").write_bytes(pem(key))
    signed = Dkim(domain="news.example.org", selector="s1", key_file=tmp_path / "key.pem").signed(made(subject))

    def lookup(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"s1._domainkey.news.example.org."
        return record(key)

    assert dkim.verify(signed, dnsfunc=lookup)
    head = signed.partition(b"\r\n\r\n")[0]
    names = head.partition(b" h=")[2].partition(b";")[0]
    for name in (b"from", b"subject", b"date", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post", b"list-id"):
        assert name in names
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    for change in ((b"Subject: ", b"Subject: x"), (b"Hello", b"Hullo"), (b"unsubscribe/abc", b"unsubscribe/xyz")):
        assert not dkim.verify(signed.replace(*change), dnsfunc=lookup)
    assert not dkim.verify(b"From: evil@example.net\r\n" + signed, dnsfunc=lookup)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "can't be read"),
        (b"nonsense", "is not a private key"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "no key for DKIM"),
    ],
)
def test_a_key_that_cannot_sign_is_told(tmp_path: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(FeedpubError, match=f"mail.dkim: key.pem .*{words}"):
        Dkim(domain="e.org", selector="s", key_file=tmp_path / "key.pem")
