"""What a reader makes of a file: a title, and pieces that are still to be recognised."""

from collections.abc import Sequence
from dataclasses import dataclass

from posts.content.importing.pieces import Piece


@dataclass(frozen=True)
class Draft:
    """`title_piece` is where the title stood, for when another title takes its place.

    `language` is what the file says of itself, in whatever way it writes that.
    """

    title: str
    pieces: Sequence[Piece]
    title_piece: Piece | None = None
    subtitle: str = ""
    excerpt: str = ""
    language: str = ""
    notes: tuple[str, ...] = ()
