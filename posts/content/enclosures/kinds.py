"""The kinds of files that a letter may enclose: each by one ending, whatever its upload had."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

__all__ = ["FILES", "KINDS", "SOUNDS", "FileKind", "kind_of"]

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class FileKind:
    """`ending` is also how it is kept; `name` is for readers; `mime` is all that a browser is told
    of it."""

    ending: str
    name: Any
    mime: str
    is_sound: bool = False


FILES = (
    FileKind("pdf", "PDF", "application/pdf"),
    FileKind("docx", "Word", f"{_OPEN_XML}wordprocessingml.document"),
    FileKind("xlsx", "Excel", f"{_OPEN_XML}spreadsheetml.sheet"),
    FileKind("pptx", "PowerPoint", f"{_OPEN_XML}presentationml.presentation"),
    FileKind("odt", _("text document"), f"{_OPEN_DOCUMENT}text"),
    FileKind("ods", _("table"), f"{_OPEN_DOCUMENT}spreadsheet"),
    FileKind("odp", _("slides"), f"{_OPEN_DOCUMENT}presentation"),
    FileKind("rtf", _("text document"), "application/rtf"),
    FileKind("txt", _("plain text"), "text/plain; charset=utf-8"),
    FileKind("epub", _("e-book"), "application/epub+zip"),
)
SOUNDS = (
    FileKind("mp3", "MP3", "audio/mpeg", is_sound=True),
    FileKind("m4a", "M4A", "audio/mp4", is_sound=True),
    FileKind("ogg", "Ogg", "audio/ogg", is_sound=True),
)
KINDS = {kind.ending: kind for kind in (*FILES, *SOUNDS)}


def kind_of(ending: str) -> FileKind:
    return KINDS[ending]
