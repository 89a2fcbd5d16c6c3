"""Keyed hashes whose keys live in the database (see `models.Key`)."""

import hashlib
import hmac
import secrets
from functools import cache

from subscribers.models import Key


@cache
def _keyed(name: str) -> hmac.HMAC:
    key, _ = Key.objects.get_or_create(name=name, defaults={"secret": secrets.token_bytes(32)})
    return hmac.new(bytes(key.secret), digestmod=hashlib.sha256)


def keyed_hash(purpose: str, *parts: str | int) -> bytes:
    """HMAC-SHA256 of the parts under the key named `purpose`: 32 bytes, stable for ever."""
    return begun_hash(purpose, *parts).digest()


def begun_hash(purpose: str, *parts: str | int) -> hmac.HMAC:
    """The same, for many that begin alike: `copy` it, and `update` with what is missing."""
    # One for each mail and address: a copy costs half of beginning anew with the key.
    digest = _keyed(purpose).copy()
    digest.update("\0".join(map(str, parts)).encode())
    return digest


def forget_cached_keys() -> None:
    """For tests, whose databases come and go within one process."""
    _keyed.cache_clear()
