"""Keyed hashes whose keys live in the database (see `models.Key`).

A site that moved brings hashes along that were made under the key of the place it came from. Such a
*further* key stands beside ours, as `<purpose>:<fingerprint>`: what was hashed under it is found,
and nothing new is.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from functools import cache

from subscribers.models import Key


@cache
def _keyed(name: str) -> hmac.HMAC:
    key, _ = Key.objects.get_or_create(name=name, defaults={"secret": secrets.token_bytes(32)})
    return _begun(bytes(key.secret))


def keyed_hash(purpose: str, *parts: str | int) -> bytes:
    """HMAC-SHA256 of the parts under the key named `purpose`: 32 bytes, stable for ever."""
    return begun_hash(purpose, *parts).digest()


def begun_hash(purpose: str, *parts: str | int) -> hmac.HMAC:
    """The same, for many that begin alike: `copy` it, and `update` with what is missing."""
    # One for each mail and address: a copy costs half of beginning anew with the key.
    digest = _keyed(purpose).copy()
    digest.update("\0".join(map(str, parts)).encode())
    return digest


def hashes_under_all(purpose: str, words: Iterable[str]) -> dict[bytes, str]:
    """Each word by its hash under our key, and by those under every further one.

    Further keys are looked up each time and never remembered: one that came in this moment counts
    in every process.
    """
    begun = [_keyed(purpose), *map(_begun, _further(purpose))]
    found: dict[bytes, str] = {}
    for word in words:
        for digest in begun:
            one = digest.copy()
            one.update(word.encode())
            found[one.digest()] = word
    return found


def add_further(purpose: str, secret: bytes) -> bool:
    """Honour what was hashed under this key, for ever. False: we did already."""
    if hmac.compare_digest(secret, secret_of(purpose)):
        return False
    name = f"{purpose}:{hashlib.sha256(secret).hexdigest()[:16]}"
    return Key.objects.get_or_create(name=name, defaults={"secret": secret})[1]


def adopt(purpose: str, secret: bytes) -> None:
    """Make it our own where there is none yet; else a further one."""
    if Key.objects.get_or_create(name=purpose, defaults={"secret": secret})[1]:
        _keyed.cache_clear()
    else:
        add_further(purpose, secret)


def secret_of(purpose: str) -> bytes:
    """Our own key, made if there is none."""
    _keyed(purpose)
    return bytes(Key.objects.get(name=purpose).secret)


def all_secrets(purpose: str) -> list[bytes]:
    """Our own key, and every further one in the order of their names."""
    return [secret_of(purpose), *_further(purpose)]


def _further(purpose: str) -> list[bytes]:
    rows = Key.objects.filter(name__startswith=f"{purpose}:").order_by("name")
    return [bytes(secret) for secret in rows.values_list("secret", flat=True)]


def _begun(secret: bytes) -> hmac.HMAC:
    return hmac.new(secret, digestmod=hashlib.sha256)


def forget_cached_keys() -> None:
    """For tests, whose databases come and go within one process."""
    _keyed.cache_clear()
