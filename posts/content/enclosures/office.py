"""Office files and e-books: archives, in which is looked for what they are and whether they hold
little programs.

Of an archive only two short members are unpacked, and of those only the beginning: one that would
fill a disk is never given the chance.
"""

from typing import IO
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from posts.content.enclosures.kinds import KINDS, FileKind

__all__ = ["kind_in"]

MOST_MEMBERS = 10_000
MOST_UNPACKED = 500_000_000  # bytes, as the archive announces them
_LONGEST = 1_000_000  # bytes that are read of a member

_OPEN_XML = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
}
_MIMES = {KINDS[ending].mime.encode(): ending for ending in ("odt", "ods", "odp", "epub")}
# Where word processors keep little programs.
_PROGRAMS = ("basic/", "scripts/", "customui/")
_BROKEN = (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


def kind_in(file: IO[bytes]) -> FileKind:
    """What the archive is. Raises ValidationError where it is none of ours, or would do more than
    be read."""
    try:
        with ZipFile(file) as archive:
            _require_modest(archive)
            ending = _mime(archive) or _open_xml(archive)
            _require_no_programs(archive)
    # Also RuntimeError, of a member that is locked, and what zipfile does not know of.
    except _BROKEN as error:
        raise ValidationError(
            _("This file is broken, or locked with a password. Save it anew, and without one.")
        ) from error
    if not ending:
        raise ValidationError(
            _(
                "This is an archive, or a kind of document that not everybody can open. Save it "
                "as a PDF, or give each file in it by itself."
            )
        )
    return KINDS[ending]


def _require_modest(archive: ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > MOST_UNPACKED:
        raise ValidationError(
            _("Unpacked, this file would be far too large for a phone. Save it as a PDF.")
        )


def _mime(archive: ZipFile) -> str:
    """As OpenDocument and EPUB say it; empty for others."""
    if "mimetype" not in archive.namelist():
        return ""
    return _MIMES.get(_beginning(archive, "mimetype").strip(), "")


def _open_xml(archive: ZipFile) -> str:
    """As Word, Excel and PowerPoint say it; empty for others."""
    if "[Content_Types].xml" not in archive.namelist():
        return ""
    types = _beginning(archive, "[Content_Types].xml")
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise _with_programs()
    return next((ending for main, ending in _OPEN_XML.items() if main in types), "")


def _require_no_programs(archive: ZipFile) -> None:
    for name in archive.namelist():
        small = name.lower()
        if small.startswith(_PROGRAMS) or small.endswith(("vbaproject.bin", ".exe", ".js")):
            raise _with_programs()
        # A template is fetched as the file is opened, and brings its programs along.
        if small.endswith("settings.xml.rels") and b"attachedTemplate" in _beginning(archive, name):
            raise ValidationError(
                _(
                    "This file takes a template from elsewhere as it is opened. Save it without "
                    "its template, or as a PDF."
                )
            )


def _with_programs() -> ValidationError:
    return ValidationError(
        _(
            "This file holds macros, which are little programs: your readers’ devices would warn "
            "them of it. Save it without macros, or as a PDF."
        )
    )


def _beginning(archive: ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(_LONGEST)
