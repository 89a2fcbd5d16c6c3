"""Tokens for as many rows as a chunk has, as hexadecimal digits."""

import secrets
from collections.abc import Iterator


def tokens(count: int) -> Iterator[str]:
    """128-bit tokens, from one draw of randomness."""
    drawn = secrets.token_hex(16 * count)
    return (drawn[at : at + 32] for at in range(0, len(drawn), 32))


def tokens_side_by_side(count: int) -> Iterator[str]:
    """Tokens that begin alike, by chance anew for each chunk: so they stand side by side in their
    indexes, of which otherwise each would be written to another page. 96 bits of each are left to
    guess."""
    common, drawn = secrets.token_hex(4), secrets.token_hex(12 * count)
    return (common + drawn[at : at + 24] for at in range(0, len(drawn), 24))
