"""Of whom a server's answer tells: by its codes, and by its words where they leave that open."""

from collections.abc import Callable

import pytest

from feedpub.transport import Crowded, Deferred, Refused, Unavailable
from tests.send.scripted import FINE, GO, GREETING, Scripted, send

Script = Callable[..., Scripted]
BEFORE = {"mail": (GREETING,), "rcpt": (GREETING, FINE), "data": (GREETING, FINE, FINE), "message": (GREETING, FINE, FINE, GO)}

WAITS = """
mail     relay    451 4.7.1 Ratelimit user exceeded
mail     relay    450 4.1.8 <news@example.org>: Sender address rejected: Domain not found
mail     relay    421 4.7.0 Too many messages, slow down
mail     relay    452 4.3.1 Insufficient system storage
rcpt     relay    450 4.7.0 Transmit rate limit exceeded, try again later
rcpt     relay    452 4.5.3 Too many recipients
rcpt     relay    421 4.3.2 Service shutting down
rcpt     relay    451 4.3.2 Please try again later
rcpt     relay    452 Insufficient storage
rcpt     relay    454 4.7.1 <a@b.example>: Relay access denied
rcpt     relay    450 4.7.1 account rate limit
rcpt     relay    451 Daily sending quota exceeded
rcpt     domain   450 4.7.0 slow down
rcpt     domain   451 4.4.1 no answer from b.example
rcpt     domain   450 4.1.2 <a@b.example>: Recipient address rejected: Domain not found
rcpt     domain   450 later
rcpt     mailbox  450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted for 300 seconds
rcpt     mailbox  451 4.7.1 Greylisting in action
rcpt     mailbox  452 4.2.2 The email account that you tried to reach is over quota
rcpt     mailbox  452 Mailbox full
rcpt     mailbox  450 4.2.1 The user you are trying to contact is receiving mail at a rate
rcpt     mailbox  421 4.7.0 Error: too many errors
rcpt     mailbox  451 4.3.0 <a@b.example>: Temporary lookup failure
data     relay    451 4.7.1 Hourly limit exceeded
message  relay    451 4.7.1 Hourly limit exceeded
message  relay    452 4.3.1 out of disk space
message  mailbox  451 4.3.0 content filter is away
"""
REFUSES = """
rcpt     mailbox  550 5.1.1 <a@b.example>: User unknown
rcpt     mailbox  550 5.2.1 The account is disabled
rcpt     mailbox  552 5.2.2 Mailbox full
rcpt     mailbox  550 No such user here
rcpt     mailbox  550 Requested action not taken: mailbox unavailable
rcpt     sender   553 sorry, that domain is not in my list of allowed rcpthosts
rcpt     sender   550 5.1.8 Sender address rejected
rcpt     sender   554 5.7.1 <a@b.example>: Relay access denied
rcpt     sender   550 5.7.26 Unauthenticated email is not accepted
rcpt     sender   550 5.4.5 Daily user sending limit exceeded
rcpt     sender   550 Blocked: your address is listed
rcpt     sender   550 relay not permitted
rcpt     sender   554 Transaction failed
message  sender   554 5.7.1 Message rejected as spam
message  sender   550 5.7.26 Unauthenticated email is not accepted
message  sender   552 5.3.4 Message too long
message  sender   554 no
message  mailbox  550 5.1.1 no such user after all
"""


def rows(table: str) -> list[list[str]]:
    return [line.split(maxsplit=2) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("stage", "of", "reply"), rows(WAITS))
def test_who_asks_to_wait(scripted: Script, stage: str, of: str, reply: str) -> None:
    assert send(scripted(*BEFORE[stage], reply)) == [Deferred(reply, of)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("stage", "of", "reply"), rows(REFUSES))
def test_what_is_refused(scripted: Script, stage: str, of: str, reply: str) -> None:
    assert send(scripted(*BEFORE[stage], reply)) == [Refused(reply, of)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("550 5.4.5 Daily user sending limit exceeded", Unavailable),
        ("553 5.1.8 the sender does not exist", Unavailable),
        ("421 4.3.2 The maximum number of concurrent connections has exceeded a limit", Crowded),
        ("450 4.7.0 too many simultaneous sessions", Crowded),
    ],
)
def test_a_refused_sender_is_refused_to_all(scripted: Script, reply: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as failure:
        send(scripted(GREETING, reply))
    assert type(failure.value) is kind
