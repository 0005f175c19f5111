"""A real SMTP server that fails as it is told: at any command, for anybody, with any reply, and with few connections."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Relay:
    """What a relay does and saw. `says` is asked with the command and the recipient ("" before one), and answers "" for yes.

    A reply of 421 closes the connection. `most` is how many connections it has at a time.
    """

    def __init__(self) -> None:
        self.port = 0
        self.says: Callable[[str, str], str] = lambda command, to: ""
        self.most, self.slow = 1000, 0.0  # seconds that it takes over a message
        self.hangs_up = False  # in the middle of a message
        self.taken: list[str] = []
        self.seen: Counter[str] = Counter()
        self._open = 0

    def stops_after(self, command: str, number: int, reply: str) -> None:
        """From the message after `number` on, the answer to `command` is `reply`."""
        self.says = lambda asked, to: reply if asked == command and len(self.taken) >= number else ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        self.seen["connections"] += 1
        self.seen["at once"] = max(self.seen["at once"], self._open)
        try:
            if self._open > self.most:
                writer.write(b"421 4.7.0 Too many concurrent SMTP connections\r\n")
                self.seen["turned away"] += 1
                return
            writer.write(b"220 relay ESMTP\r\n")
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open -= 1
            with suppress(ConnectionError):
                await writer.drain()
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to, begun = "", False
        while line := await reader.readline():
            words = line.decode().strip()
            command = words.upper().partition(" ")[0]
            reply = self.says(command, to if command != "RCPT" else words.partition("<")[2].partition(">")[0])
            if reply:
                self.seen[reply[:3]] += 1
            elif command == "EHLO":
                reply = "250-relay\r\n250-PIPELINING\r\n250 8BITMIME"
            elif command == "MAIL":
                begun = True
            elif command in ("RCPT", "DATA") and not begun:
                reply = "503 5.5.1 no sender"
            elif command == "RCPT":
                to = words.partition("<")[2].partition(">")[0]
            elif command == "DATA":
                if not to:
                    reply = "503 5.5.1 no recipient"
                else:
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    if self.hangs_up:
                        return
                    await asyncio.sleep(self.slow)
                    reply = self.says("BODY", to)
                    if reply:
                        self.seen[reply[:3]] += 1
                    else:
                        self.taken.append(to)
                    to, begun = "", False
            elif command == "RSET":
                to, begun = "", False
            writer.write(f"{reply or '250 2.0.0 fine'}\r\n".encode())
            await writer.drain()
            if command == "QUIT" or reply.startswith("421"):
                return


@contextmanager
def running(relay: Relay) -> Iterator[Relay]:
    """The relay, listening on `relay.port`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(relay.serve, "127.0.0.1", 0, limit=2**20), loop).result()
    relay.port = server.sockets[0].getsockname()[1]

    async def end() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    try:
        yield relay
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
