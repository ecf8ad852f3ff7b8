"""Signatures as standardwebhooks.com has them, so that its libraries can check ours.

Secrets are not stored: each is made from the server's own key and a salt.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"
PURPOSE = b"alapp webhook secret 1"


def secret(*, server_key: str, salt: str) -> bytes:
    """Return the 32 bytes that belong to a salt as long as the server keeps its key."""
    key = hmac.new(server_key.encode(), PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, salt.encode(), hashlib.sha256).digest()


def shown(key: bytes) -> str:
    """Write a secret as its owner copies it: once, after it was made."""
    return PREFIX + base64.b64encode(key).decode()


def check_of(key: bytes) -> str:
    """Return a digest by which a changed server key is noticed; it says nothing of the secret."""
    return hashlib.sha256(key).hexdigest()[:16]


def signature(body: bytes, *, id_: str, timestamp: int, keys: Sequence[bytes]) -> str:
    """Return the header: a signature by each key that is valid now, newest first."""
    signed = f"{id_}.{timestamp}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for key in keys
    )
