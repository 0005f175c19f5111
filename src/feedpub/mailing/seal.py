"""Tokens that tell, of what comes back, which delivery it is about: nobody can make one without the ledger's key."""

import base64
import hmac
import re
from dataclasses import dataclass, field
from typing import Literal

Purpose = Literal["bounce", "message", "leave"]
# One case only, and no padding: 15 bytes of base32. Relays fold addresses to small letters, and some to capitals.
TOKEN = r"[A-Za-z2-7]{24}"  # noqa: S105 how one looks
_CHECK, _NUMBER = 10, 5


@dataclass(frozen=True, slots=True)
class Seal:
    """Makes and reads tokens with the key of a ledger.

    A token is good for one purpose: what stands in a forwarded letter (`message`, `leave`) is no proof of a bounce, which
    only the envelope's sender carries. The delivery's number is hidden, or two issues would tell how long a list is.
    """

    key: bytes = field(repr=False)

    def token(self, purpose: Purpose, delivery: int) -> str:
        """The token of a delivery: 24 small letters and digits."""
        number = delivery.to_bytes(_NUMBER, "big")
        check = self._check(purpose, number)
        return base64.b32encode(check + self._hidden(check, number)).decode().lower()

    def read(self, purpose: Purpose, token: str) -> int | None:
        """The delivery of a token, in whatever case it comes back; None if it is not ours, or for another purpose."""
        if not re.fullmatch(TOKEN, token):
            return None
        data = base64.b32decode(token.upper())
        number = self._hidden(data[:_CHECK], data[_CHECK:])
        known = hmac.compare_digest(self._check(purpose, number), data[:_CHECK])
        return int.from_bytes(number, "big") if known else None

    def _check(self, purpose: str, number: bytes) -> bytes:
        return hmac.digest(self.key, f"feedpub/{purpose}/".encode() + number, "sha256")[:_CHECK]

    def _hidden(self, check: bytes, number: bytes) -> bytes:
        mask = hmac.digest(self.key, b"feedpub/number/" + check, "sha256")
        return bytes(one ^ other for one, other in zip(number, mask, strict=False))
