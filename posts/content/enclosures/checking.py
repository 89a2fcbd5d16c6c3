"""What an uploaded file really is. Its name is not asked: anybody may call a program `sheet.pdf`.

Every refusal says what to do.
"""

from dataclasses import dataclass
from hashlib import file_digest
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from posts.content.enclosures import office, sounds
from posts.content.enclosures.kinds import KINDS, FileKind

__all__ = ["LARGEST_FILE", "LARGEST_SOUND", "Checked", "check"]

LARGEST_FILE = 25  # MB, as a phone on the way still loads it
LARGEST_SOUND = 100  # MB: an hour and a half in good quality
_MB = 1_000_000
_HEAD = 2_048  # bytes
_END = 4_096
# What office programs wrote before 2007, and write still when a file is locked.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGES = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<?php")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_IN_TEXT = frozenset(b"\t\n\r\f") | frozenset(range(0x20, 0x100))


@dataclass(frozen=True, slots=True)
class Checked:
    """`size` in bytes; `seconds` of a sound; `digest` of its content, as SHA-256 in hex."""

    kind: FileKind
    size: int
    seconds: int | None
    digest: str


def check(file: IO[bytes], *, size: int) -> Checked:
    """Read as much of the file as tells what it is. Raises ValidationError where that is nothing
    to give to readers."""
    head = file.read(_HEAD)
    if not head:
        raise ValidationError(_("This file is empty."))
    most = LARGEST_SOUND if sounds.looks_like_one(head) else LARGEST_FILE
    if size > most * _MB:
        raise _too_large(most)
    file.seek(0)
    kind, seconds = _kind(file, head, size)
    file.seek(0)
    digest = file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return Checked(kind, size, seconds, digest)


def _kind(file: IO[bytes], head: bytes, size: int) -> tuple[FileKind, int | None]:
    if head.startswith(b"%PDF-"):
        _require_end(file, size)
        return KINDS["pdf"], None
    if head.startswith(b"PK\x03\x04"):
        return office.kind_in(file), None
    if sounds.looks_like_one(head):
        return sounds.sound_in(file)
    _refuse_what_is_known(head)
    if head.startswith(b"{\\rtf"):
        _require_nothing_inside(file)
        return KINDS["rtf"], None
    _require_text(file)
    return KINDS["txt"], None


def _refuse_what_is_known(head: bytes) -> None:
    """What people mistake for one of ours."""
    begins = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_OLD_OFFICE):
        raise ValidationError(
            _(
                "This is an office file of the old kind (.doc, .xls, .ppt), or one that is locked "
                "with a password. Save it as .docx, .xlsx or .pptx, or as a PDF."
            )
        )
    if begins.startswith(_PAGES):
        raise ValidationError(
            _(
                "This is a web page, whatever its name says. Open it in your browser and print it "
                "as a PDF."
            )
        )
    if head.startswith(_PROGRAMS):
        raise ValidationError(_("This is a program, whatever its name says. It is not kept here."))


def _require_end(file: IO[bytes], size: int) -> None:
    file.seek(max(size - _END, 0))
    if b"%%EOF" not in file.read(_END):
        raise ValidationError(
            _("The end of this PDF is missing. Save it anew, and upload it again.")
        )


def _require_nothing_inside(file: IO[bytes]) -> None:
    content = file.read()
    if b"\\objdata" in content or b"\\objupdate" in content:
        raise ValidationError(_("There is another file in this one. Save it as a PDF instead."))


def _require_text(file: IO[bytes]) -> None:
    content = file.read()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if _IN_TEXT.issuperset(content):
            return
    raise ValidationError(
        _(
            "Files of this kind can’t be given to everybody. Good are PDF, Word, Excel, "
            "PowerPoint, OpenDocument, RTF, EPUB, plain text (as UTF-8), and for sounds MP3, M4A "
            "and Ogg."
        )
    )


def _too_large(most: int) -> ValidationError:
    return ValidationError(
        _(
            "This is too large: %(most)d MB at most. A smaller one also reaches more of your "
            "readers, who may be on the way."
        ),
        params={"most": most},
    )
