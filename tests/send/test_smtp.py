"""SMTP with servers that hang, drop, refuse, encrypt and pipeline."""

from collections.abc import Callable

import pytest

from feedpub.transport import Accepted, Blocking, Deferred, Refused, Smtp, Unavailable
from tests.send.scripted import FINE, GO, GREETING, MESSAGE, PIPELINING, Scripted, send

Script = Callable[..., Scripted]


@pytest.mark.parametrize("script", [[None], ["554 5.7.1 go away"], ["421 4.3.2 too busy"]])
def test_a_server_that_lets_nobody_in_is_unavailable(scripted: Callable[..., Scripted], script: list[str | None]) -> None:
    with pytest.raises(Unavailable):
        send(scripted(*script), timeout=0.5)


def test_a_sender_that_is_refused_is_nobodys_recipients_fault(scripted: Script) -> None:
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
    assert send(scripted(*script)) == [answer]


@pytest.mark.parametrize(
    "script", [[GREETING, FINE], [GREETING, FINE, FINE], [GREETING, FINE, FINE, GO], [GREETING, FINE, FINE, None]]
)
def test_a_connection_that_drops_or_hangs_is_tried_again(scripted: Callable[..., Scripted], script: list[str | None]) -> None:
    (answer,) = send(scripted(*script), timeout=1)
    assert isinstance(answer, Deferred)
    assert answer.reason.startswith("connection lost: ")


def test_commands_go_in_one_write_where_the_server_offers_it(scripted: Script) -> None:
    server = scripted(GREETING, FINE, FINE, GO, FINE, ehlo=PIPELINING)
    assert send(server) == [Accepted()]
    assert server.reads[1] == b"MAIL FROM:<news@example.org>\r\nRCPT TO:<reader@example.org>\r\nDATA\r\n"


def test_a_refused_recipient_in_a_pipeline_leaves_the_connection_in_order(scripted: Script) -> None:
    server = scripted(GREETING, FINE, "550 5.1.1 unknown", "503 5.5.1 nobody", FINE, FINE, FINE, GO, FINE, ehlo=PIPELINING)
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{server.port}", timeout=5))
    assert smtp.send(MESSAGE, sender="n@e.org", to="gone@e.org") == Refused("550 5.1.1 unknown")
    assert smtp.send(MESSAGE, sender="n@e.org", to="here@e.org") == Accepted()
    smtp.close()


def test_a_line_that_starts_with_a_dot_arrives_as_it_was(scripted: Script) -> None:
    server = scripted(GREETING, FINE, FINE, GO, FINE)
    send(server)
    assert server.reads[4] == b"Subject: x\r\n\r\n..a line that starts with a dot\r\n...two\r\n.\r\n"
