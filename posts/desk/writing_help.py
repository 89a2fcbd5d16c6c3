"""What is said beside a letter while it is written, of the text as it stands in the browser.

Nothing of it is stored, and nothing is asked of other machines here: for links a worker does,
where the site has saved them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import gettext as _

from posts.content.models import PostPage
from posts.content.reading import Ease, HowItReads, TextPiece, read
from posts.content.words import shortened
from posts.desk.checklist.links import MOST, answers, trouble
from posts.desk.checklist.writing import unfilled
from subscribers.ring import ring

ASK_EVERY = 20  # seconds: how soon the links of a post are looked at again
MOST_UNFILLED = 20


@dataclass(frozen=True, slots=True)
class TextPlace:
    """A place in the text: which piece, from which character to which, and what stands there."""

    piece: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class WrittenLink:
    """A link with something to look at; `at` is its place in the list that was given."""

    at: int
    said: str


@dataclass(frozen=True, slots=True)
class WritingHelp:
    """`links`: how many there are. `unknown`: how many of them nobody has looked at yet."""

    reading: HowItReads
    ease_said: str
    hardest: TextPlace | None
    unfilled: list[TextPlace]
    links: int
    unknown: int
    trouble: list[WrittenLink]


def writing_help(
    pieces: Sequence[TextPiece], links: Sequence[str], *, language: str, post: PostPage | None
) -> WritingHelp:
    """Help with a text in its pieces, and with its links. `post`: where it is saved already."""
    links = links[:MOST]
    reading = read(pieces, language)
    known = answers(links)
    unknown = sum(url not in known for url in links)
    if unknown and post is not None and cache.add(f"links-of-{post.pk}", True, ASK_EVERY):
        ring("posts.desk.tasks.check_new_links", post.pk)
    return WritingHelp(
        reading=reading,
        ease_said=_ease_said(reading.ease) if reading.ease else "",
        hardest=_hardest(reading.ease) if reading.ease else None,
        unfilled=_unfilled(pieces),
        links=len(links),
        unknown=unknown,
        trouble=[
            WrittenLink(at, said)
            for at, url in enumerate(links)
            for said in trouble(url, known.get(url))
        ],
    )


def _ease_said(ease: Ease) -> str:
    if ease.score >= 70:
        return _("Easy to read, also on a tired day.")
    if ease.score >= 55:
        return _("It can be read without much strength.")
    if ease.score >= 40:
        return _("It asks for some strength. Shorter sentences would give tired readers a rest.")
    return _("It asks for much strength. On a tired day it may have to wait.")


def _hardest(ease: Ease) -> TextPlace | None:
    if (one := ease.hardest) is None:
        return None
    return TextPlace(one.piece, one.start, one.end, shortened(one.text, 160))


def _unfilled(pieces: Sequence[TextPiece]) -> list[TextPlace]:
    found = [
        TextPlace(at, start, end, shortened(piece.text[start:end].strip("[]"), 80))
        for at, piece in enumerate(pieces)
        for start, end in unfilled(piece.text)
    ]
    return found[:MOST_UNFILLED]
