"""Who gets a message or a password: encryption, certificates, AUTH."""

import asyncio
import base64
import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from feedpub.transport import Accepted, Blocking, Smtp, Unavailable
from tests.send.conftest import smtp_server
from tests.send.scripted import FINE, GO, GREETING, MESSAGE, Scripted


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that no authority signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


class Encrypted:
    """Notes whether a message came over TLS."""

    def __init__(self) -> None:
        self.seen: list[bool] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.seen.append(session.ssl is not None)
        return "250 2.0.0 taken"


@pytest.fixture
def encrypted(certificate: tuple[Path, Path]) -> Iterator[tuple[Encrypted, int]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    handler = Encrypted()
    with smtp_server(handler, tls_context=context) as port:
        yield handler, port


def test_tls_is_used_where_it_is_offered(encrypted: tuple[Encrypted, int], certificate: tuple[Path, Path]) -> None:
    trusting = ssl.create_default_context(cafile=certificate[0])
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{encrypted[1]}", timeout=5, trust=trusting))
    assert smtp.send(MESSAGE, sender="n@e.org", to="r@e.org") == Accepted()
    smtp.close()
    assert encrypted[0].seen == [True]


def test_tls_works_in_the_loop_that_sends_issues(encrypted: tuple[Encrypted, int], certificate: tuple[Path, Path]) -> None:
    async def send_two() -> list[object]:
        smtp = Smtp(f"smtp://127.0.0.1:{encrypted[1]}", timeout=5, trust=ssl.create_default_context(cafile=certificate[0]))
        answers = [await smtp.send(MESSAGE * 3_000, sender="n@e.org", to="r@e.org") for _ in range(2)]
        await smtp.close()
        return answers

    with ThreadPoolExecutor(1) as thread, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert thread.submit(runner.run, send_two()).result() == [Accepted(), Accepted()]
    assert encrypted[0].seen == [True, True]


def test_a_certificate_that_nobody_signed_gets_no_message(encrypted: tuple[Encrypted, int]) -> None:
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{encrypted[1]}", timeout=5))
    with pytest.raises(Unavailable, match="certificate verify failed"):
        smtp.send(MESSAGE, sender="n@e.org", to="r@e.org")
    assert encrypted[0].seen == []


OFFERS = "250-hello\r\n250-8BITMIME\r\n250 AUTH {}"


def log_in(server: Scripted, password: str, **options: Any) -> object:
    smtp = Blocking(Smtp(f"smtp://ada@127.0.0.1:{server.port}", password=password, timeout=5, **options))
    try:
        return smtp.send(MESSAGE, sender="n@e.org", to="r@e.org")
    finally:
        smtp.close()


def decoded(read: bytes) -> bytes:
    return base64.b64decode(read.split()[-1])


@pytest.mark.parametrize("tls", [None, "required", "opportunistic"])
def test_a_password_never_goes_out_in_the_clear(scripted: Any, tls: Any) -> None:
    server = scripted(GREETING, FINE, ehlo=OFFERS.format("PLAIN"))
    with pytest.raises(Unavailable, match=r"offers no encryption \(STARTTLS\)"):
        log_in(server, "secret", tls=tls)
    assert len(server.reads) == 1  # EHLO


@pytest.mark.parametrize("password", ["secret", "pässwörd", "密码"])
def test_any_password_goes_out_as_utf_8(scripted: Any, password: str) -> None:
    server = scripted(GREETING, "235 2.7.0 welcome", FINE, FINE, GO, FINE, ehlo=OFFERS.format("LOGIN PLAIN"))
    assert log_in(server, password, tls="none") == Accepted()
    assert decoded(server.reads[1]) == f"\0ada\0{password}".encode()


def test_login_asks_for_one_after_the_other(scripted: Any) -> None:
    asks = ("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 2.7.0 welcome")
    server = scripted(GREETING, *asks, FINE, FINE, GO, FINE, ehlo=OFFERS.format("LOGIN"))
    assert log_in(server, "pässword", tls="none") == Accepted()
    assert [decoded(read) for read in server.reads[2:4]] == [b"ada", "pässword".encode()]


def test_cram_md5_shows_no_password(scripted: Any) -> None:
    # The challenge and the proof of RFC 2195, section 2.
    challenge = base64.b64encode(b"<1896.697170952@postoffice.reston.mci.net>").decode()
    server = scripted(
        GREETING, f"334 {challenge}", "235 2.7.0 welcome", FINE, FINE, GO, FINE, ehlo=OFFERS.format("PLAIN CRAM-MD5")
    )
    assert log_in(server, "tanstaaftanstaaf", tls="none") == Accepted()
    assert decoded(server.reads[2]) == b"ada b913a602c7eda7a495b4e6e7334d3890"


@pytest.mark.parametrize(
    ("ways", "answer", "told"),
    [
        ("PLAIN", "535 5.7.8 secret is wrong", "the password of ada is refused: 535 5.7.8 … is wrong"),
        ("PLAIN", "535 5.7.8 AGFkYQBzZWNyZXQ= c2VjcmV0", "the password of ada is refused: 535 5.7.8 … …"),
        ("GSSAPI", FINE, "it takes no password by a way that feedpub knows, but by GSSAPI"),
        ("CRAM-MD5", "334 ***", "the server's challenge is not in base64"),
    ],
)
def test_a_login_that_fails_is_one_line_without_the_password(scripted: Any, ways: str, answer: str, told: str) -> None:
    with pytest.raises(Unavailable) as failure:
        log_in(scripted(GREETING, answer, ehlo=OFFERS.format(ways)), "secret", tls="none")
    assert str(failure.value).partition(": ")[2].removeprefix("connection lost: ") == told


def test_what_is_said_behind_the_answer_to_starttls_is_not_believed(scripted: Any) -> None:
    server = scripted(GREETING, b"220 go\r\n250-forged\r\n250 AUTH PLAIN\r\n", ehlo="250-hello\r\n250 STARTTLS")
    with pytest.raises(Unavailable, match="more than its answer to STARTTLS"):
        log_in(server, "secret")


def test_encryption_that_is_not_wanted_is_not_begun(scripted: Any) -> None:
    server = scripted(GREETING, FINE, FINE, GO, FINE, ehlo="250-hello\r\n250 STARTTLS")
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{server.port}", timeout=5, tls="none"))
    assert smtp.send(MESSAGE, sender="n@e.org", to="r@e.org") == Accepted()
    smtp.close()
