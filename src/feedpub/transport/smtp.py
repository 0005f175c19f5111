"""SMTP (RFC 5321): one connection that is kept, with STARTTLS and PIPELINING where they are offered."""

import asyncio
import re
import smtplib
import ssl
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from feedpub.transport.answer import Accepted, Answer, Deferred, Refused, Unavailable

# What asks for fewer messages: 421 (RFC 5321, 3.8), and 450 unless it is about the mailbox (RFC 3463, 3.3: x.2.y).
_SLOW_DOWN = re.compile(r"421|450(?! 4\.2\.)")


class Smtp:
    """A connection to the server of `url` (`smtp://user@host:port`, or `smtps://` for TLS from the start).

    Certificates are verified. `timeout` is in seconds, for each answer of the server. The password is in no message that
    an exception carries. After an error the connection is made anew at the next message.
    """

    def __init__(self, url: str, *, password: str | None = None, timeout: float = 60, tls: ssl.SSLContext | None = None) -> None:
        self._parts = urlsplit(url)
        self._password = password
        self._timeout = timeout
        self._tls = tls or ssl.create_default_context()
        self._client: smtplib.SMTP | None = None

    async def send(self, message: bytes, *, sender: str, to: str) -> Answer:
        """Hand over one message; the server's word for it. Raises Unavailable when it can't be reached or lets nobody in."""
        return await asyncio.to_thread(self._send, message, sender, to)

    def _send(self, message: bytes, sender: str, to: str) -> Answer:
        client = self._client or self._connect()
        self._client = client
        utf8 = not (sender + to).isascii()
        if utf8 and not client.has_extn("smtputf8"):
            return Refused("5.6.7 the server takes no addresses beyond ASCII (SMTPUTF8)")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
        try:
            code, reply = self._transaction(client, message, sender, to, options)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Deferred(f"connection lost: {_line(error)}")
        text = f"{code} {reply.decode('utf-8', 'replace')}"
        if code == 250:
            return Accepted()
        if code == 421:
            self._drop()
        else:
            with suppress(OSError, smtplib.SMTPException):
                client.rset()
        if 500 <= code < 600:
            return Refused(_line(text))
        return Deferred(_line(text), "domain" if _SLOW_DOWN.match(text) else "mailbox")

    async def close(self) -> None:
        """Say QUIT; never raises."""
        client, self._client = self._client, None
        if client:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()

    def _connect(self) -> smtplib.SMTP:
        host, secure = self._parts.hostname or "", self._parts.scheme == "smtps"
        client: smtplib.SMTP | None = None
        port = self._parts.port or (465 if secure else 25)
        try:
            client = (
                smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=self._tls)
                if secure
                else smtplib.SMTP(host, port, timeout=self._timeout)
            )
            client.ehlo_or_helo_if_needed()
            if not secure and client.has_extn("starttls"):
                client.starttls(context=self._tls)
                client.ehlo()
            if self._parts.username:
                client.login(unquote(self._parts.username), self._password or "")
        except (OSError, smtplib.SMTPException) as error:
            if client:
                client.close()
            raise Unavailable(f"{host}:{port}: {_line(error)}") from error
        return client

    def _transaction(self, client: smtplib.SMTP, message: bytes, sender: str, to: str, options: list[str]) -> tuple[int, bytes]:
        """MAIL, RCPT and DATA, in one write where the server offers PIPELINING (RFC 2920); the reply that decides."""
        encode = "utf-8" if options else "ascii"
        commands = [f"MAIL FROM:<{sender}>{''.join(f' {option}' for option in options)}", f"RCPT TO:<{to}>", "DATA"]
        piped = client.has_extn("pipelining")
        replies = []
        assert client.sock
        if piped:
            client.sock.sendall("".join(f"{command}\r\n" for command in commands).encode(encode))
        for command in commands:
            if not piped:
                client.sock.sendall(f"{command}\r\n".encode(encode))
            replies.append(client.getreply())
            if not piped and replies[-1][0] // 100 not in (2, 3):
                break
        if replies[0][0] // 100 == 5:  # no fault of the recipient: it would be the same for everybody
            raise Unavailable(f"the sender <{sender}> is refused: {_line(smtplib.SMTPResponseException(*replies[0]))}")
        for reply in replies[:2]:
            if reply[0] // 100 != 2:
                if len(replies) == 3 and replies[2][0] == 354:  # it takes the message for nobody: end it empty
                    client.sock.sendall(b".\r\n")
                    client.getreply()
                return reply
        if replies[2][0] != 354:
            return replies[2]
        end = b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n"
        # RFC 5321, 4.5.2: a dot that starts a line is doubled. No message of ours starts with one.
        client.sock.sendall(message.replace(b"\r\n.", b"\r\n..") + end)
        return client.getreply()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client:
            client.close()


def _line(error: object) -> str:
    """An error in one short line."""
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else str(error.smtp_error)
        error = f"{error.smtp_code} {reply}"
    return " ".join(str(error).split())[:300] or type(error).__name__
