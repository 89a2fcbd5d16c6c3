"""Keyed hashes whose keys live in the database (see `models.Key`)."""

import hashlib
import hmac
import secrets
from functools import cache

from subscribers.models import Key


@cache
def _secret(name: str) -> bytes:
    key, _ = Key.objects.get_or_create(name=name, defaults={"secret": secrets.token_bytes(32)})
    return bytes(key.secret)


def keyed_hash(purpose: str, *parts: str | int) -> bytes:
    """HMAC-SHA256 of the parts under the key named `purpose`: 32 bytes, stable for ever."""
    text = "\0".join(str(part) for part in parts)
    return hmac.digest(_secret(purpose), text.encode(), hashlib.sha256)


def forget_cached_keys() -> None:
    """For tests, whose databases come and go within one process."""
    _secret.cache_clear()
