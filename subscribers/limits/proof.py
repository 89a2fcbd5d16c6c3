"""Proof of work: a small sum that a browser does by itself, and a flood of sign-ups must pay for.

Made and checked here with the altcha library, solved by our own `proof.js`: nobody else is
asked, nothing is kept in the browser, and no person has to prove anything. Whoever runs no
scripts gets through as well, within tighter limits (see `throttle`).
"""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
from django.utils import timezone
from django.utils.crypto import salted_hmac

from subscribers.limits import counters

FIELD = "proof"
ALGORITHM = "PBKDF2/SHA-256"
# About 256 tries of 2,000 rounds: a second on an old phone, and a millisecond to check.
COST = 2_000
PREFIX = "00"
# As long as somebody may sit before the form; a stored challenge is of no use afterwards.
LASTS = timedelta(minutes=30)
_LONGEST = 2_000


def challenge() -> dict[str, Any]:
    """A new challenge for a browser; nothing of it is stored."""
    made = altcha.create_challenge(
        ALGORITHM,
        COST,
        key_prefix=PREFIX,
        expires_at=timezone.now() + LASTS,
        hmac_secret=_secret(),
    )
    return made.to_dict()


def accepted(payload: str) -> bool:
    """Whether this solves a challenge of ours that nobody used before. Uses it up."""
    if not payload or len(payload) > _LONGEST or not payload.isascii():
        return False
    if not altcha.verify_solution(payload, _secret()).verified:
        return False
    signed = json.loads(b64decode(payload))["challenge"]["parameters"]
    # The nonce is signed, so the same solution in another spelling is the same one. The window is
    # that of its expiry: no change of windows in between brings it back.
    expires = datetime.fromtimestamp(signed["expiresAt"], UTC)
    used = counters.mark("proof", str(signed["nonce"]), lasts=LASTS, at=expires)
    return counters.add([used]) == [1]


def _secret() -> bytes:
    # Not of the keys in the database: a GET may be the first to need it, and writes nothing. A
    # changed SECRET_KEY costs those who sit before a form their solution, and no more.
    return salted_hmac("proof of work", "challenge", algorithm="sha256").digest()
