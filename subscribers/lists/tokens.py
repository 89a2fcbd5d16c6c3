"""Tokens for as many rows as a chunk has, as hexadecimal digits."""

import secrets
from collections.abc import Iterator


def tokens(count: int) -> Iterator[tuple[str]]:
    """Tuples of one 128-bit token, from one draw of randomness."""
    drawn = secrets.token_hex(16 * count)
    return ((drawn[start : start + 32],) for start in range(0, len(drawn), 32))


def pairs_of_tokens(count: int) -> Iterator[tuple[str, str]]:
    """Tokens that begin alike, by chance anew for each chunk: so they stand side by side in their
    indexes, of which otherwise each would be written to another page. 96 bits of each are left to
    guess."""
    common, drawn = secrets.token_hex(4), secrets.token_hex(24 * count)
    for at in range(0, len(drawn), 48):
        yield f"{common}{drawn[at : at + 24]}", f"{common}{drawn[at + 24 : at + 48]}"
