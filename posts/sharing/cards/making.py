"""Which card an address shows, drawn once and kept."""

import fcntl
from dataclasses import astuple
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from posts.content.models import PostPage, SiteSettings
from posts.sharing.cards import drawing
from posts.sharing.cards.drawing import CardText
from posts.sharing.cards.fonts import library
from subscribers.one_line import one_line

__all__ = ["CardText", "card", "key_of", "text_of_post", "text_of_site", "text_of_stranger"]

# Part of each card's name: whoever changes how cards look counts it up.
_LOOK = 1
MOST_KEPT = 2_000  # about 40 MB


def text_of_post(post: PostPage, site: SiteSettings) -> CardText:
    """The title, and whose it is."""
    return CardText(post.title, site.name, site.accents.day, _to_left(post.language))


def text_of_site(site: SiteSettings) -> CardText:
    """The site's name, with its line below it left to the page."""
    return CardText(site.name, one_line(site.author), site.accents.day)


def text_of_stranger(post: PostPage, site: SiteSettings) -> CardText:
    """What a discreet link shows: nothing that a glance at a lock screen could make something of.

    Not the site's name either, for that may name an illness; its colour says nothing.
    """
    with override(post.language):
        return CardText(_("Something to read"), "", site.accents.day, _to_left(post.language))


def key_of(card_text: CardText) -> str:
    """Changes exactly when the card would look different."""
    shown = repr((_LOOK, library().signature, *astuple(card_text)))
    return sha256(shown.encode(errors="replace")).hexdigest()[:32]


def card(card_text: CardText) -> bytes:
    """The card as a PNG: from its file, or drawn now.

    One at a time on a machine, also among processes: of a burst on a new card only the first draws,
    memory stays that of one card, and FreeType's fonts are never used by two threads at once.
    """
    folder = Path(settings.DATA_DIR) / "cards"
    file = folder / f"{key_of(card_text)}.png"
    if (kept := _read(file)) is not None:
        return kept
    folder.mkdir(exist_ok=True)
    with (folder / "drawing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (kept := _read(file)) is not None:
            return kept
        drawn = drawing.draw(card_text, library())
        _keep(file, drawn)
    return drawn


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _keep(file: Path, drawn: bytes) -> None:
    """Put it in its place whole: nobody reads half a picture. The oldest make room."""
    # Always the same name, since one draws at a time: what a killed one left is written over.
    draft = file.parent / "drawing.draft"
    draft.write_bytes(drawn)
    draft.replace(file)
    kept = sorted(file.parent.glob("*.png"), key=lambda one: one.stat().st_mtime)
    for old in kept[:-MOST_KEPT]:
        old.unlink()


def _to_left(language: str) -> bool:
    return bool(get_language_info(language)["bidi"])
