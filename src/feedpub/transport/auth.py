"""The password, to whoever may have it: AUTH (RFC 4954) by PLAIN, LOGIN or CRAM-MD5."""

import base64
import hmac
from binascii import Error

from feedpub.transport.replies import Lost, Reply, Wire


class Rejected(Exception):
    """The server does not let us in; its reply, if it gave one."""

    def __init__(self, why: str, reply: Reply | None = None) -> None:
        super().__init__(why)
        self.reply = reply


async def log_in(wire: Wire, offered: str, user: str, password: str, *, encrypted: bool, timeout: float) -> None:
    """Prove to be `user`, by the best way of those that EHLO `offered`. Raises Rejected, Lost.

    On a connection that is not encrypted the best is the one that does not show the password. SASL is UTF-8 (RFC 4616).
    """
    known = ("PLAIN", "LOGIN", "CRAM-MD5") if encrypted else ("CRAM-MD5", "PLAIN", "LOGIN")
    way = next((one for one in known if one in offered.upper().split()), None)
    if way is None:
        raise Rejected(f"it takes no password by a way that feedpub knows, but by {offered or 'none at all'}")
    name, secret = user.encode(), password.encode(errors="surrogateescape")
    if b"\0" in name + secret:
        raise Rejected("a user and a password hold no NUL")
    match way:
        case "PLAIN":
            reply = await _say(wire, "AUTH PLAIN " + _encoded(b"\0" + name + b"\0" + secret), timeout)
        case "LOGIN":
            reply = await _say(wire, "AUTH LOGIN", timeout)
            for answer in (name, secret):
                if reply.code == 334:
                    reply = await _say(wire, _encoded(answer), timeout)
        case _:
            reply = await _say(wire, "AUTH CRAM-MD5", timeout)
            if reply.code == 334:
                proof = hmac.new(secret, _decoded(reply), "md5").hexdigest()
                reply = await _say(wire, _encoded(name + b" " + proof.encode()), timeout)
    if reply.code != 235:
        # A server may repeat what it was given.
        words = reply.reason.replace(_encoded(secret), "…").replace(_encoded(b"\0" + name + b"\0" + secret), "…")
        raise Rejected(f"the password of {user} is refused: {words.replace(password, '…') if password else words}", reply)


async def _say(wire: Wire, line: str, timeout: float) -> Reply:
    wire.write(f"{line}\r\n".encode())
    return await wire.reply(timeout)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(challenge: Reply) -> bytes:
    try:
        return base64.b64decode(challenge.lines[0], validate=True)
    except Error as error:
        raise Lost("the server's challenge is not in base64") from error
