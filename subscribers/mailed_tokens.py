"""Tokens of links that say yes in somebody's name: to a sign-up, to a change of address.

    in the database   128 random bits, the seed. It opens nothing.
    in the mail       the seed, and a keyed hash of it under SECRET_KEY, which stands elsewhere.

So whoever reads the database can confirm for nobody; and the mail of a row can be written at any
time, by any worker.

Links of mails that left before this was so carry a token without that hash. Of those the migration
`0007_seeds_of_links` left a hash in the seed's place, so they work as long as their rows stay: a
confirmation until its sign-up is forgotten (see `housekeeping`), a change of address for a week.
"""

import base64
import hmac
import uuid
from enum import StrEnum
from hashlib import sha256

from django.utils.crypto import salted_hmac

from subscribers.queries import parse_token, token_text

__all__ = ["TokenPurpose", "mailed_text", "seed_in"]

_SEED_LENGTH = 22
_TAG_BYTES = 16


class TokenPurpose(StrEnum):
    """What the link is for: one that was made for this opens nothing else."""

    CONFIRM = "confirm"
    CHANGE_ADDRESS = "change address"


def mailed_text(seed: uuid.UUID, *, purpose: TokenPurpose) -> str:
    """What stands in the link: 44 characters of base64url."""
    return token_text(seed) + _tag(seed, purpose)


def seed_in(text: str, *, purpose: TokenPurpose) -> uuid.UUID | None:
    """The seed to look for in the database; None for what was made by nobody of us."""
    seed = parse_token(text[:_SEED_LENGTH])
    if seed is None:
        return None
    if len(text) == _SEED_LENGTH:  # from before
        return hidden(seed)
    given = text[_SEED_LENGTH:].encode(errors="replace")
    return seed if hmac.compare_digest(given, _tag(seed, purpose).encode()) else None


def hidden(token: uuid.UUID) -> uuid.UUID:
    """What stands in the database for a token that was mailed whole. (SHA-256 needs no key here:
    nobody guesses 128 random bits.)"""
    return uuid.UUID(bytes=sha256(token.bytes).digest()[:16])


def _tag(seed: uuid.UUID, purpose: TokenPurpose) -> str:
    digest = salted_hmac(f"mailed token: {purpose}", seed.bytes, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:_TAG_BYTES]).rstrip(b"=").decode()
