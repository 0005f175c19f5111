"""SMTP with servers that hang, drop, refuse, encrypt and pipeline."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from feedpub.transport import Accepted, Blocking, Deferred, Refused, Smtp, Unavailable
from tests.send.conftest import smtp_server

MESSAGE = b"Subject: x\r\n\r\n.a line that starts with a dot\r\n..two\r\n"
GREETING, EHLO, FINE, GO = "220 hello", "250 hello", "250 2.0.0 fine", "354 go on"


class Scripted:
    """A server that answers each line by a script: a reply, None to say nothing, or "drop" to hang up."""

    def __init__(self, *script: str | None, ehlo: str = EHLO) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.script, self.ehlo, self.reads = [*script], ehlo, list[bytes]()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        peer, _ = self.socket.accept()
        with peer:
            answers = iter(self.script)
            if (greeting := next(answers)) is None:
                peer.settimeout(5)
                peer.recv(1)
                return
            peer.sendall(f"{greeting}\r\n".encode())
            while data := peer.recv(65536):
                self.reads.append(data)
                if data.upper().startswith(b"EHLO"):
                    peer.sendall(f"{self.ehlo}\r\n".encode())
                    continue
                for _ in range(data.count(b"\r\n") if not data.endswith(b"\r\n.\r\n") else 1):
                    answer = next(answers, "drop")
                    if answer == "drop":
                        return
                    if answer is not None:
                        peer.sendall(f"{answer}\r\n".encode())

    def close(self) -> None:
        self.thread.join(10)
        self.socket.close()


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    servers = []

    def run(*script: str | None, **options: Any) -> Scripted:
        servers.append(Scripted(*script, **options))
        return servers[-1]

    yield run
    for server in servers:
        server.close()


def send(server: Scripted, timeout: float = 5) -> object:
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{server.port}", timeout=timeout))
    try:
        return smtp.send(MESSAGE, sender="news@example.org", to="reader@example.org")
    finally:
        smtp.close()


@pytest.mark.parametrize("script", [[None], ["554 5.7.1 go away"], ["421 4.3.2 too busy"]])
def test_a_server_that_lets_nobody_in_is_unavailable(scripted: Callable[..., Scripted], script: list[str | None]) -> None:
    with pytest.raises(Unavailable):
        send(scripted(*script), timeout=0.5)


def test_a_sender_that_is_refused_is_nobodys_recipients_fault(scripted: Callable[..., Scripted]) -> None:
    with pytest.raises(Unavailable, match=r"the sender <news@example.org> is refused: 550 5\.7\.1 no"):
        send(scripted(GREETING, "550 5.7.1 no", FINE))


@pytest.mark.parametrize(
    ("script", "answer"),
    [
        ([GREETING, FINE, FINE, GO, FINE], Accepted()),
        ([GREETING, FINE, "550 5.1.1 unknown", FINE], Refused("550 5.1.1 unknown")),
        ([GREETING, FINE, "450 4.7.0 later", FINE], Deferred("450 4.7.0 later", of="domain")),
        ([GREETING, FINE, "450 4.2.1 mailbox busy", FINE], Deferred("450 4.2.1 mailbox busy")),
        ([GREETING, FINE, FINE, GO, "554 5.6.0 no"], Refused("554 5.6.0 no", of="sender")),
        ([GREETING, FINE, FINE, "451 4.3.0 not now", FINE], Deferred("451 4.3.0 not now")),
        ([GREETING, "421 4.3.2 closing"], Deferred("421 4.3.2 closing", of="relay")),
    ],
)
def test_the_servers_word_decides(scripted: Callable[..., Scripted], script: list[str], answer: object) -> None:
    assert send(scripted(*script)) == answer


@pytest.mark.parametrize(
    "script", [[GREETING, FINE], [GREETING, FINE, FINE], [GREETING, FINE, FINE, GO], [GREETING, FINE, FINE, None]]
)
def test_a_connection_that_drops_or_hangs_is_tried_again(scripted: Callable[..., Scripted], script: list[str | None]) -> None:
    answer = send(scripted(*script), timeout=1)
    assert isinstance(answer, Deferred)
    assert answer.reason.startswith("connection lost: ")


def test_commands_go_in_one_write_where_the_server_offers_it(scripted: Callable[..., Scripted]) -> None:
    server = scripted(GREETING, FINE, FINE, GO, FINE, ehlo="250-hello\r\n250 PIPELINING")
    assert send(server) == Accepted()
    assert server.reads[1] == b"MAIL FROM:<news@example.org>\r\nRCPT TO:<reader@example.org>\r\nDATA\r\n"


def test_a_refused_recipient_in_a_pipeline_leaves_the_connection_in_order(scripted: Callable[..., Scripted]) -> None:
    server = scripted(
        GREETING, FINE, "550 5.1.1 unknown", "503 5.5.1 nobody", FINE, FINE, FINE, GO, FINE, ehlo="250-hello\r\n250 PIPELINING"
    )
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{server.port}", timeout=5))
    assert smtp.send(MESSAGE, sender="n@e.org", to="gone@e.org") == Refused("550 5.1.1 unknown")
    assert smtp.send(MESSAGE, sender="n@e.org", to="here@e.org") == Accepted()
    smtp.close()


def test_a_line_that_starts_with_a_dot_arrives_as_it_was(scripted: Callable[..., Scripted]) -> None:
    server = scripted(GREETING, FINE, FINE, GO, FINE)
    send(server)
    assert server.reads[4] == b"Subject: x\r\n\r\n..a line that starts with a dot\r\n...two\r\n.\r\n"


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


def test_a_certificate_that_nobody_signed_gets_no_message(encrypted: tuple[Encrypted, int]) -> None:
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{encrypted[1]}", timeout=5))
    with pytest.raises(Unavailable, match="certificate verify failed"):
        smtp.send(MESSAGE, sender="n@e.org", to="r@e.org")
    assert encrypted[0].seen == []
