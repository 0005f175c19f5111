"""SMTP (RFC 5321): one connection that is kept, with STARTTLS, PIPELINING, SIZE and SMTPUTF8 where they are offered."""

import re
import ssl
from typing import Literal
from urllib.parse import unquote, urlsplit

from feedpub.readers import ascii_address
from feedpub.transport.answer import Accepted, Answer, Crowded, Deferred, Refused, Unavailable
from feedpub.transport.replies import Lost, Reply
from feedpub.transport.session import Access, Session, open_session
from feedpub.transport.verdict import Stage, crowds, ends_connection, verdict

# RFC 5321, 4.5.3.2.6: who gives up sooner after the last dot sends a second copy of what was taken.
_AFTER_MESSAGE = 600.0
_GOODBYE = 5.0
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f<>]")
_STAGES: tuple[Stage, ...] = ("mail", "rcpt", "data")


def patience(timeout: float) -> float:
    """The most seconds that one message may take: to connect (twice, each time 2 timeouts), 4 answers, and the last."""
    return 8 * timeout + _AFTER_MESSAGE


class Smtp:
    """A connection to the server of `url` (`smtp://user@host:port`, or `smtps://` for TLS from the start).

    `timeout` is in seconds, for each answer but the last, which has ten minutes. `tls` says whether smtp:// has to become
    encrypted; None: where a password is sent. A certificate is verified against `trust` (None: what the system trusts),
    wherever there is one. The password is in no message that an exception carries. After an error the connection is made
    anew at the next message.
    """

    def __init__(
        self,
        url: str,
        *,
        password: str | None = None,
        timeout: float = 300,
        tls: Literal["required", "opportunistic", "none"] | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        secure, user = parts.scheme == "smtps", unquote(parts.username or "")
        self._access = Access(
            host=parts.hostname or "",
            port=parts.port or (465 if secure else 25),
            secure=secure,
            tls=tls or ("required" if user else "opportunistic"),
            trust=trust or ssl.create_default_context(),
            user=user,
            password=password or "",
        )
        self._timeout = timeout
        self._session: Session | None = None

    async def send(self, message: bytes, *, sender: str, to: str) -> Answer:
        """Hand over one message; the server's word for it. Raises Unavailable when it can't be reached or lets nobody in."""
        to = ascii_address(to)
        if _UNSAFE.search(sender + to):  # it would end the command, and begin another
            return Refused("5.1.3 this is no address that a command can hold")
        try:
            answer = await self._attempt(message, sender, to)
            # What a reused connection says before it heard of a message is about the connection.
            return answer or await self._attempt(message, sender, to) or Deferred("connection lost", "relay")
        except BaseException:
            await self._drop()
            raise

    async def close(self) -> None:
        """Say QUIT, and end the connection; never raises."""
        if self._session:
            self._session.wire.write(b"QUIT\r\n")
            try:
                await self._session.wire.reply(min(_GOODBYE, self._timeout))
            except Lost:
                pass
            finally:
                await self._drop()

    async def _attempt(self, message: bytes, sender: str, to: str) -> Answer | None:
        """The Answer; None if the connection was used before, and is of no use any more."""
        if self._session and not self._session.wire.quiet:
            await self._drop()
        session = self._session = self._session or await open_session(self._access, self._timeout)
        utf8 = not (sender + to).isascii()
        if utf8 and "SMTPUTF8" not in session.extensions:
            return Refused("5.6.7 the server takes no addresses beyond ASCII (SMTPUTF8)")
        size = session.extensions.get("SIZE")
        if size and size.isdigit() and 0 < int(size) < len(message):
            return Refused(f"552 5.3.4 the message has {len(message):,} bytes, and the server takes {int(size):,}", "sender")
        options = (f" SIZE={len(message)}" if size is not None else "") + (" SMTPUTF8 BODY=8BITMIME" if utf8 else "")
        commands = [f"MAIL FROM:<{sender}>{options}\r\n".encode(), f"RCPT TO:<{to}>\r\n".encode(), b"DATA\r\n"]
        try:
            if session.open and not await self._reset(session):
                return None
            return await self._transaction(session, commands, message, utf8=utf8)
        except Lost as error:
            await self._drop()
            # It may be this very message that the server chokes on, and it may have been taken: so it counts, and waits.
            return Deferred(f"connection lost: {error}")

    async def _reset(self, session: Session) -> bool:
        """Whether the server forgets the transaction that it did not take."""
        session.wire.write(b"RSET\r\n")
        try:
            session.open = (await session.wire.reply(self._timeout)).code != 250
        except Lost as error:
            if not error.closed:
                raise
        if session.open:
            await self._drop()
        return not session.open

    async def _transaction(self, session: Session, commands: list[bytes], message: bytes, *, utf8: bool) -> Answer | None:
        """MAIL, RCPT and DATA, in one write where the server offers PIPELINING (RFC 2920), and the message."""
        wire, used, session.used = session.wire, session.used, True
        piped = "PIPELINING" in session.extensions
        refusal: tuple[Stage, Reply] | None = None
        if piped:
            wire.write(b"".join(commands))
        for stage, command in zip(_STAGES, commands, strict=True):
            if not piped:
                wire.write(command)
            try:
                reply = await wire.reply(self._timeout)
            except Lost as error:
                if refusal:  # it was said before
                    break
                if stage != "mail":
                    raise
                await self._drop()
                if not error.closed:
                    return Deferred(f"connection lost: {error}", "relay")
                if used:
                    return None
                raise Crowded(f"{self._access.host}:{self._access.port}: connection lost: {error}") from error
            if not refusal and not (reply.code == 354 if stage == "data" else 200 <= reply.code < 300):
                refusal = stage, reply
            if refusal and (reply.code == 421 or not piped):
                break
        if refusal is None:
            return await self._message(session, message)
        stage, decisive = refusal
        await self._tidy(session, begun=stage != "mail", last=reply, sound=400 <= decisive.code < 600)
        return self._of_sender(decisive, commands[0], used=used, utf8=utf8) if stage == "mail" else verdict(stage, decisive)

    async def _message(self, session: Session, message: bytes) -> Answer:
        """The server waits for it. Only what it says after the last dot counts, and only 2yz is acceptance."""
        early = not session.wire.quiet
        if not early:
            session.wire.write(stuffed(message))
        reply = await session.wire.reply(_AFTER_MESSAGE)
        if early or reply.code == 421 or not (200 <= reply.code < 300 or 400 <= reply.code < 600):
            await self._drop()
        return Accepted() if 200 <= reply.code < 300 and not early else verdict("message", reply)

    async def _tidy(self, session: Session, *, begun: bool, last: Reply, sound: bool) -> None:
        """After a refusal: nothing of this transaction is left for the next one."""
        try:
            if last.code == 354:  # it takes the message for nobody: end it empty
                session.wire.write(b".\r\n")
                last = await session.wire.reply(self._timeout)
            else:
                session.open = begun
        except Lost:
            sound = False
        if not sound or last.code == 421:
            await self._drop()

    def _of_sender(self, reply: Reply, command: bytes, *, used: bool, utf8: bool) -> Answer | None:
        """What a refused MAIL means: it is no fault of a recipient, and the same for everybody."""
        if crowds(reply):
            raise Crowded(f"{self._access.host}:{self._access.port}: {reply.reason}")
        if used and ends_connection(reply):
            return None
        if 500 <= reply.code < 600 and utf8:  # it does not take this kind of address after all
            return Refused(reply.reason)
        if 500 <= reply.code < 600 and reply.code != 552:  # 552: too long
            sender = command.partition(b"<")[2].partition(b">")[0].decode()
            raise Unavailable(f"the sender <{sender}> is refused: {reply.reason}")
        return verdict("mail", reply)

    async def _drop(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.wire.end()


def stuffed(message: bytes) -> bytes:
    """`message` as it stands after DATA: a dot that starts a line is doubled (RFC 5321, 4.5.2), and a dot ends it.

    All lines end with CRLF: where a server takes a bare LF for a line end, a message would hold commands.
    """
    if not message.count(b"\r\n") == message.count(b"\n") == message.count(b"\r"):
        message = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    message = message.replace(b"\r\n.", b"\r\n..")
    return (b"." if message.startswith(b".") else b"") + message + (b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")
