"""The signature of Svix, by which Resend signs (https://docs.svix.com/receiving/verifying-payloads).

Anymail would ask the `svix` package, which brings an HTTP client and a library of models; this
is all that is needed of it.
"""

import base64
import binascii
import hashlib
import hmac
import time

TOLERANCE = 300  # seconds; an older request may be somebody's copy of one


def svix_is_valid(
    key: str,
    *,
    identity: str,
    timestamp: str,
    signatures: str,
    body: bytes,
    now: float | None = None,
) -> bool:
    """Whether one of the signatures was made for this body, lately, by whoever knows the key."""
    try:
        secret = base64.b64decode(key.removeprefix("whsec_"), validate=True)
        age = (time.time() if now is None else now) - int(timestamp)
    except (binascii.Error, ValueError, OverflowError):
        return False
    if not identity or abs(age) > TOLERANCE:
        return False
    signed = b".".join((identity.encode(), timestamp.encode(), body))
    expected = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256))
    given = [s.removeprefix("v1,") for s in signatures.split() if s.startswith("v1,")]
    return any(hmac.compare_digest(expected, signature.encode()) for signature in given)
