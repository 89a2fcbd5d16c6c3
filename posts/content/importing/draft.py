"""What a reader makes of a file: a title, and pieces that are still to be recognised."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from posts.content.importing.about import About
from posts.content.importing.pieces import Piece


@dataclass(frozen=True)
class Draft:
    """`title_piece` is where the title stood, for when another title takes its place.

    `about` is what the file says of its text, `endnotes` what stands below everything, `guesses`
    what was taken for something without a mark that says so, `losses` what could not be kept.
    """

    title: str
    pieces: Sequence[Piece]
    title_piece: Piece | None = None
    about: About = field(default_factory=About)
    endnotes: Sequence[Piece] = ()
    guesses: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    begins_with_sentence: bool = False  # too long for a title, so it has none
