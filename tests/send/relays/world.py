"""What lies behind a relay in the tests, and what it writes to the sender when somebody there is refused."""

import queue
import re
from typing import Any

from feedpub.transport import Accepted, Blocking, Smtp

REFUSALS = {
    "gone@b.example": "550 5.1.1 <gone@b.example>: no such user here",
    "full@c.example": "552 5.2.2 this mailbox is over its quota",
    "spam@d.example": "554 5.7.1 this looks like spam",
}
SENDER = "bounces+0123456789abcdef@news.example.org"
MESSAGE = """\
From: The Signal <news@news.example.org>\r
To: {to}\r
Subject: A loaf\r
Message-ID: <0123456789abcdef@news.example.org>\r
Date: Mon, 17 Nov 2025 08:00:00 +0100\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
A letter.\r
"""


class World:
    """What lies behind a relay: it refuses some, and keeps what comes to others."""

    def __init__(self) -> None:
        self.taken: queue.Queue[tuple[str, bytes]] = queue.Queue()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if refusal := REFUSALS.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.put((envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 taken"


def reports_about_refused(port: int, world: World) -> dict[str, bytes]:
    """Sends a message to each of REFUSALS, and to one whom nobody refuses; what came back to SENDER, by recipient."""
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{port}", timeout=30))
    for to in ("fine@a.example", *REFUSALS):
        assert smtp.send(MESSAGE.format(to=to).encode(), sender=SENDER, to=to) == Accepted()
    smtp.close()
    taken = [world.taken.get(timeout=30) for _ in range(1 + len(REFUSALS))]
    assert sorted(to for to, _ in taken) == sorted(["fine@a.example", *[SENDER] * len(REFUSALS)])
    return {re.findall(r"(?:gone|full|spam)@\w\.example", data.decode())[0]: data for to, data in taken if to == SENDER}
