"""Keeping a secret in the database so that a copy of the database alone does not tell it.

Fernet (AES-128-CBC and HMAC-SHA256, https://github.com/fernet/spec) under a key that HKDF (RFC
5869) derives from SECRET_KEY. Whoever changes that can read nothing that was sealed before.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"passalong: how mail leaves"


class Unsealable(Exception):
    """It was sealed under another SECRET_KEY, or is damaged."""


def seal(text: str, *, purpose: bytes = _PURPOSE) -> str:
    """`purpose`: what was sealed for one can't be used for another."""
    return _fernet(settings.SECRET_KEY, purpose).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, *, purpose: bytes = _PURPOSE) -> str:
    """Raises Unsealable."""
    return _unsealed(sealed, settings.SECRET_KEY, purpose)


@lru_cache(maxsize=4)
def _unsealed(sealed: str, secret: str, purpose: bytes) -> str:
    try:
        return _fernet(secret, purpose).decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError) as error:
        raise Unsealable from error


def _fernet(secret: str, purpose: bytes) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
