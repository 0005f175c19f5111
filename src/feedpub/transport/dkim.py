"""DKIM signatures (RFC 6376, RFC 8463), for those whose relay does not sign.

dkimpy, the library of this trade, takes 9 ms a message, most of it for RSA in Python: a tenth of the rate at which we send.
So `cryptography` does the arithmetic here, the little that RFC 6376 adds is ours, and dkimpy verifies it in the tests.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from feedpub.errors import FeedpubError, Problem

# RFC 8058, section 4 asks for both of the last; From stands twice, so that no second one can be added (RFC 6376, 8.15).
_SIGNED = (
    "from", "from", "reply-to", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-id", "feedback-id",
    "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
_LEAST_BITS = 1024


class Dkim:
    """Signs messages for `domain` with a private key (PEM: RSA, or Ed25519), published in DNS under `selector`."""

    def __init__(self, *, domain: str, selector: str, key_file: Path) -> None:
        """Raises FeedpubError when the key can't be read or used."""
        self._domain, self._selector = domain, selector
        self._algorithm, self._sign = _signer(key_file)

    def signed(self, message: bytes) -> bytes:
        """`message` (CRLF) with a DKIM-Signature on top; canonicalization relaxed/simple, the whole body."""
        head, _, body = message.partition(b"\r\n\r\n")
        body_hash = base64.b64encode(hashlib.sha256(body.rstrip(b"\r\n") + b"\r\n").digest()).decode()
        headers = re.findall(rb"^([!-9;-~]+)[ \t]*:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", head, re.MULTILINE)
        values = {name.lower().decode(): _relaxed(name, value) for name, value in headers}
        names = [name for name in _SIGNED if name in values]
        unsigned = (
            f"v=1; a={self._algorithm}; c=relaxed/simple; d={self._domain}; s={self._selector};\r\n"
            f" h={':'.join(names[:7])}:\r\n {':'.join(names[7:])};\r\n bh={body_hash};\r\n b="
        )
        covered = [values[name] for name in names[1:]]  # the second From is one that must not be there
        own = _relaxed(b"dkim-signature", unsigned.encode())
        signature = base64.b64encode(self._sign(b"\r\n".join((*covered, own)))).decode()
        folded = "\r\n ".join(re.findall(".{1,72}", signature))
        return f"DKIM-Signature: {unsigned}{folded}\r\n".encode() + message


def _relaxed(name: bytes, value: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    return name.lower() + b":" + re.sub(rb"[ \t\r\n]+", b" ", value).strip()


def _signer(key_file: Path) -> tuple[str, Callable[[bytes], bytes]]:
    def problem(what: str, mend: str) -> FeedpubError:
        return FeedpubError([Problem("feedpub.toml", 0, "mail.dkim", what, mend)])

    try:
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
    except ImportError as error:
        raise problem("signing needs a library that is not installed", "install feedpub[dkim]") from error
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except OSError as error:
        raise problem(f"{key_file.name} can't be read: {error.strerror}", "name the file of the private key") from error
    except (ValueError, TypeError) as error:
        raise problem(f"{key_file.name} is not a private key", "write it as PEM, without a passphrase") from error
    match key:
        case rsa.RSAPrivateKey() if key.key_size >= _LEAST_BITS:
            return "rsa-sha256", lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        case ed25519.Ed25519PrivateKey():
            return "ed25519-sha256", lambda data: key.sign(hashlib.sha256(data).digest())
        case _:
            raise problem(f"{key_file.name} is no key for DKIM", "make an RSA key of 2,048 bits, or an Ed25519 key")
