"""Sounds: whether a file is one, in a form that every phone plays, and how long it is."""

from typing import IO, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from tinytag import ParseError, TinyTag, UnsupportedFormatError

from posts.content.enclosures.kinds import KINDS, FileKind

__all__ = ["looks_like_one", "sound_in"]

SHORTEST = 1  # seconds
# Codec by its name in RFC 6381; of MP4 all forms of AAC, of which `.40.` is the family.
_PLAYED = {
    "audio/mpeg": "mp3",
    'audio/ogg; codecs="opus"': "ogg",
    'audio/ogg; codecs="vorbis"': "ogg",
}
_AAC = 'audio/mp4; codecs="mp4a.40.'


def looks_like_one(head: bytes) -> bool:
    """By its first bytes, also one that is refused later."""
    is_frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0
    begins = head.startswith((b"ID3", b"OggS", b"fLaC", b"FORM"))
    is_wave = head.startswith(b"RIFF") and head[8:12] == b"WAVE"
    return begins or is_frame or is_wave or head[4:8] == b"ftyp"


def sound_in(file: IO[bytes]) -> tuple[FileKind, int]:
    """Its kind, and its length in whole seconds. Raises ValidationError."""
    try:
        found = TinyTag.get(file_obj=cast(BinaryIO, file), tags=False)
    # ParseError is whatever went wrong while it read on.
    except (ParseError, UnsupportedFormatError) as error:
        raise ValidationError(_("This sound is broken. Please save it anew, as MP3.")) from error
    form = found.mime_type or ""
    ending = "m4a" if form.startswith(_AAC) else _PLAYED.get(form, "")
    if not ending:
        raise ValidationError(
            _("Not every phone plays this form of sound, or it is a film. Save it as MP3 or M4A.")
        )
    if not found.duration or found.duration < SHORTEST or not found.channels:
        raise ValidationError(
            _("There is nothing to hear in this file. Play it yourself, and save it anew, as MP3.")
        )
    return KINDS[ending], round(found.duration)
