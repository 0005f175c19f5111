"""Headers of the site's own, such as a provider wants them to know which stream a message belongs to."""

from collections.abc import Mapping

from feedpub.transport.answer import Answer, Transport


class Headed:
    """`transport`, each of whose messages gets `headers` on top.

    They are in no signature of ours: a provider takes out those that were meant for it, and a signature would break.
    """

    def __init__(self, transport: Transport, headers: Mapping[str, str]) -> None:
        self._transport = transport
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii")

    async def send(self, message: bytes, *, sender: str, to: str) -> Answer:
        """As Transport.send."""
        return await self._transport.send(self._headers + message, sender=sender, to=to)

    async def close(self) -> None:
        """As Transport.close."""
        await self._transport.close()
