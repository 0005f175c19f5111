"""A connection that is ready for messages: reached, greeted, encrypted and logged in."""

import asyncio
import re
import socket
import ssl
from dataclasses import dataclass, field
from typing import Literal

from feedpub.transport.answer import Crowded, Unavailable
from feedpub.transport.auth import Rejected, log_in
from feedpub.transport.replies import Lost, Reply, Wire, in_words
from feedpub.transport.verdict import crowds

_REACHING = 30.0  # seconds for one address of a host: a network answers sooner, or not at all


@dataclass(frozen=True, slots=True)
class Access:
    """Where the server is, and how it is to be reached. `trust` holds the authorities that may vouch for it."""

    host: str
    port: int
    secure: bool  # encrypted from the first octet (RFC 8314)
    tls: Literal["required", "opportunistic", "none"]
    trust: ssl.SSLContext
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(slots=True)
class Session:
    """A connection that takes messages, and what its server offers: parameters by keyword of EHLO."""

    wire: Wire
    extensions: dict[str, str]
    used: bool = False  # it had a message already
    open: bool = False  # a transaction was begun that has to be reset


async def open_session(access: Access, timeout: float) -> Session:
    """A Session; each answer may take `timeout` seconds, all together twice that. Raises Unavailable, Crowded.

    Whatever ends before a message can be sent, and is not said of us, may be one connection too many.
    """
    try:
        async with asyncio.timeout(2 * timeout):
            wire = await _reach(access, timeout)
            try:
                return await _introduced(wire, access, timeout)
            except BaseException:
                await wire.end()
                raise
    except Rejected as error:
        kind = Crowded if error.reply and (error.reply.code == 421 or crowds(error.reply)) else Unavailable
        raise kind(f"{access.host}:{access.port}: {error}") from error
    except Lost as error:
        raise (Crowded if error.closed else Unavailable)(f"{access.host}:{access.port}: connection lost: {error}") from error
    except TimeoutError as error:
        raise Unavailable(f"{access.host}:{access.port}: no answer within {2 * timeout:g} seconds") from error
    except (OSError, UnicodeError) as error:
        kind = Crowded if isinstance(error, ConnectionResetError) else Unavailable
        untrusted = isinstance(error, ssl.SSLCertVerificationError)
        mend = "; name the file of its authority as ca_file in [mail]" if untrusted else ""
        raise kind(f"{access.host}:{access.port}: {in_words(error)}{mend}") from error


async def _reach(access: Access, timeout: float) -> Wire:
    """A connection to the first address of the host that answers."""
    loop = asyncio.get_running_loop()
    trust, name = (access.trust, access.host) if access.secure else (None, None)
    failure: OSError | None = None
    for *_, address in await loop.getaddrinfo(access.host, access.port, type=socket.SOCK_STREAM):
        try:
            async with asyncio.timeout(min(timeout, _REACHING)):
                _, wire = await loop.create_connection(Wire, str(address[0]), access.port, ssl=trust, server_hostname=name)
            return wire
        except TimeoutError:
            failure = failure or OSError(f"no connection within {min(timeout, _REACHING):g} seconds")
        except OSError as error:
            failure = failure or error
    raise failure or OSError("it has no address")


async def _introduced(wire: Wire, access: Access, timeout: float) -> Session:
    greeting = await wire.reply(timeout)
    if 400 <= greeting.code < 500:
        raise Crowded(f"{access.host}:{access.port}: {greeting.reason}")
    if greeting.code != 220:
        raise Rejected(greeting.reason, greeting)
    encrypted = access.secure
    extensions = await _hello(wire, timeout)
    if not encrypted and access.tls != "none":
        if "STARTTLS" in extensions:
            wire.write(b"STARTTLS\r\n")
            if (reply := await wire.reply(timeout)).code != 220:
                raise Rejected(f"it does not begin to encrypt: {reply.reason}", reply)
            await wire.encrypt(access.trust, access.host)
            extensions, encrypted = await _hello(wire, timeout), True
        elif access.tls == "required" or access.user:
            raise Rejected('it offers no encryption (STARTTLS); to send in the clear say tls = "none" in [mail]')
    if access.user:
        offered = extensions.get("AUTH", "")
        await log_in(wire, offered, access.user, access.password, encrypted=encrypted, timeout=timeout)
    return Session(wire, extensions)


async def _hello(wire: Wire, timeout: float) -> dict[str, str]:
    """What the server offers, by keyword; nothing if it knows HELO alone (RFC 5321, 3.2)."""
    name = socket.gethostname()
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name):  # RFC 5321, 4.1.4: then an address literal
        name = wire.own_address
    reply = await _greeted(wire, f"EHLO {name}", timeout)
    if 500 <= reply.code < 600:
        reply = await _greeted(wire, f"HELO {name}", timeout)
        lines: tuple[bytes, ...] = ()
    else:
        lines = reply.lines[1:]
    if reply.code != 250:
        raise Rejected(reply.reason, reply)
    # Old servers write AUTH=PLAIN.
    words = (line.decode("ascii", "replace").replace("=", " ", 1).partition(" ") for line in lines)
    return {keyword.upper(): parameters.strip() for keyword, _, parameters in words}


async def _greeted(wire: Wire, line: str, timeout: float) -> Reply:
    wire.write(f"{line}\r\n".encode())
    return await wire.reply(timeout)
