"""The secret of an endpoint, and the signature that goes with each message.

Standard Webhooks: HMAC-SHA256 of “id.timestamp.body” under the bytes behind `whsec_`, in base64,
as `v1,…`.
"""

import base64
import hashlib
import hmac
import secrets

from posts.delivery.way_out.sealing import seal, unseal

__all__ = ["new_secret", "sealed", "signature", "unsealed"]

_PREFIX = "whsec_"
_PURPOSE = b"passalong: webhooks"


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def sealed(secret: str) -> str:
    return seal(secret, purpose=_PURPOSE)


def unsealed(text: str) -> str:
    """Raises Unsealable, where SECRET_KEY was changed meanwhile."""
    return unseal(text, purpose=_PURPOSE)


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """`timestamp`: seconds since 1970, of this attempt."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")
