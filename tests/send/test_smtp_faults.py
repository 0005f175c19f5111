"""Whatever a server says, in whatever order, and however it hangs up: an Answer, or one line."""

from collections.abc import Callable

import pytest

from feedpub.transport import Accepted, Answer, Crowded, Deferred, Refused, Unavailable
from tests.send.scripted import DROP, FINE, GO, GREETING, MESSAGE, PIPELINING, Line, Scripted, send

Script = Callable[..., Scripted]
TAKES = (GREETING, FINE, FINE, GO, FINE)


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("550 5.1.1 no such user", Refused("550 5.1.1 no such user")),
        ("451 4.7.1 too many errors", Deferred("451 4.7.1 too many errors")),
    ],
)
@pytest.mark.parametrize("ehlo", ["250 hello", PIPELINING])
def test_a_refusal_with_a_hang_up_is_that_refusal(scripted: Script, reply: str, answer: Answer, ehlo: str) -> None:
    server = scripted(GREETING, FINE, reply, DROP, ehlo=ehlo, then=(TAKES,))
    assert send(server, "bad@e.org", "good@e.org") == [answer, Accepted()]


def test_a_421_to_a_pipelined_group_is_that_421(scripted: Script) -> None:
    server = scripted(*TAKES, "421 4.7.0 Too many messages, slow down", DROP, ehlo=PIPELINING)
    assert send(server, "a@e.org", "b@e.org") == [Accepted(), Deferred("421 4.7.0 Too many messages, slow down", "relay")]


@pytest.mark.parametrize("last", ["421 4.4.2 idle for too long", "421 too many messages in this connection", DROP])
def test_a_connection_that_had_its_share_is_made_anew(scripted: Script, last: str) -> None:
    assert send(scripted(*TAKES, last, DROP, then=(TAKES,)), "a@e.org", "b@e.org") == [Accepted(), Accepted()]


def test_what_an_idle_server_says_ends_its_connection(scripted: Script) -> None:
    server = scripted(GREETING, FINE, FINE, GO, b"250 fine\r\n421 4.4.2 good night\r\n", then=(TAKES,))
    assert send(server, "a@e.org", "b@e.org") == [Accepted(), Accepted()]


@pytest.mark.parametrize(
    "script",
    [
        (DROP,),
        ("421 4.7.0 too many connections from you",),
        ("450 4.3.2 busy",),
        (GREETING, DROP),
        (GREETING, "452 4.3.2 the limit of concurrent connections is reached"),
    ],
)
def test_one_connection_too_many_is_told_as_that(scripted: Script, script: tuple[Line, ...]) -> None:
    with pytest.raises(Crowded):
        send(scripted(*script))


def test_size_is_obeyed_and_told(scripted: Script) -> None:
    server = scripted(*TAKES, ehlo="250-hello\r\n250 SIZE 100")
    assert send(server) == [Accepted()]
    assert server.reads[1] == f"MAIL FROM:<news@example.org> SIZE={len(MESSAGE)}\r\n".encode()
    refused = Refused(f"552 5.3.4 the message has {len(MESSAGE)} bytes, and the server takes 20", "sender")
    assert send(scripted(GREETING, FINE, ehlo="250-hello\r\n250 SIZE 20")) == [refused]


@pytest.mark.parametrize("early", ["250 2.0.0 fine", "250 2.0.0 fine\r\n250 2.0.0 taken", "354 go\r\n250 2.0.0 taken"])
def test_only_what_is_said_after_the_message_is_acceptance(scripted: Script, early: str) -> None:
    (answer,) = send(scripted(GREETING, FINE, FINE, early, DROP))
    assert isinstance(answer, Deferred)


@pytest.mark.parametrize(
    "reply",
    [
        b"250-and so on\r\n" * 2_000,
        b"250 " + b"x" * 100_000,
        b"250-" + b"x" * 100_000,
        b"hello\r\n",
        b"\r\n" * 10,
        b"2\xff0 \x00\r\n",
        "999 what",
        "100 go on",
        "350 go on",
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_an_answer_that_is_none_or_never_ends_is_a_reason_to_try_later(scripted: Script, reply: Line, place: int) -> None:
    script = [GREETING, FINE, FINE, GO]
    (answer,) = send(scripted(*script[:place], reply, DROP), timeout=1)
    assert isinstance(answer, Deferred)


@pytest.mark.parametrize("greeting", [b"220-and so on\r\n" * 2_000, b"SSH-2.0-x\r\n", "554 5.7.1 go away", "250 hello"])
def test_a_greeting_that_is_none_lets_nobody_in(scripted: Script, greeting: Line) -> None:
    with pytest.raises(Unavailable):
        send(scripted(greeting), timeout=1)


def test_an_answer_comes_apart_and_together(scripted: Script) -> None:
    server = scripted(GREETING, b"250-2.1.0 a\r\n250-2.1.0 b\r\n250 2.1.0 c\n", b"250\r\n", GO, "250 2.0.0 ok")
    assert send(server) == [Accepted()]


def test_what_a_server_writes_is_harmless_to_a_terminal(scripted: Script) -> None:
    colours = b"550 5.1.1 \x1b[31mred\x1b[0m \x1b]0;title\x07\xe2\x80\xaeback\xc2\x9b2Jx\x00\x08 \xff\r\n"
    (answer,) = send(scripted(GREETING, FINE, colours))
    assert answer == Refused("550 5.1.1 red backx \N{REPLACEMENT CHARACTER}")


def test_a_reply_of_lines_is_one_line_with_its_code_once(scripted: Script) -> None:
    (answer,) = send(scripted(GREETING, FINE, "550-5.1.1 The account\r\n550-5.1.1\r\n550 5.1.1 is not there"))
    assert answer == Refused("550 5.1.1 The account is not there")


@pytest.mark.parametrize("to", ["a@e.org>\r\nRCPT TO:<b@e.org", "a b@e.org", "a\n@e.org", "a<b@e.org"])
def test_an_address_holds_no_command(scripted: Script, to: str) -> None:
    server = scripted(*TAKES, then=(TAKES,))
    assert isinstance(send(server, to, "good@e.org")[0], Refused)
    assert b"b@e.org" not in b"".join(server.reads)


def test_after_the_message_a_slow_server_has_more_time_than_for_a_command(scripted: Script) -> None:
    assert send(scripted(GREETING, FINE, FINE, GO, 1.0, FINE), timeout=0.5) == [Accepted()]
