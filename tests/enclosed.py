"""Files and sounds that letters enclose, as they are kept. What is in them is made here."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile

from posts.content.enclosures.forms import EnclosureForm
from posts.content.enclosures.kinds import KINDS
from posts.content.enclosures.models import Enclosure
from tests import sounds

_TEXT = "Ein Übungsblatt\n".encode()
_MAIN = {
    "docx": "wordprocessingml.document",
    "xlsx": "spreadsheetml.sheet",
    "pptx": "presentationml.presentation",
}


def pdf(words: str = "A worksheet") -> bytes:
    """One page with a line on it."""
    text = f"BT /F1 24 Tf 72 720 Td ({words}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return out + head + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def archive(**members: bytes | str) -> bytes:
    """The members by their names, with `__` for a slash; `types` and `mime` stand for the two that
    say what the archive is."""
    out = BytesIO()
    named = {"types": "[Content_Types].xml", "mime": "mimetype"}
    with ZipFile(out, "w", ZIP_STORED) as zipped:
        for name, content in members.items():
            zipped.writestr(named.get(name, name.replace("__", "/")), content)
    return out.getvalue()


def office(ending: str, **more: bytes | str) -> bytes:
    """A document of this kind, with whatever else is to be in it."""
    if ending in _MAIN:
        main = f"application/vnd.openxmlformats-officedocument.{_MAIN[ending]}.main+xml"
        types = f'<?xml version="1.0"?><Types><Override ContentType="{main}"/></Types>'
        return archive(types=types, word__document="<w/>", **more)
    return archive(mime=KINDS[ending].mime, content="<office/>", **more)


def content_of(ending: str) -> bytes:
    """Something of each kind."""
    makers: dict[str, Callable[[], bytes]] = {
        "pdf": pdf,
        "rtf": lambda: rb"{\rtf1\ansi A worksheet}",
        "txt": lambda: _TEXT,
        "mp3": sounds.mp3,
        "m4a": sounds.m4a,
        "ogg": sounds.opus,
    }
    return makers[ending]() if ending in makers else office(ending)


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def enclosure(ending: str = "pdf", *, content: bytes = b"", title: str = "") -> Enclosure:
    """Kept by the form through which a writer gives it."""
    file = upload(content or content_of(ending), f"whatever.{ending}")
    form = EnclosureForm({"title": title}, {"file": file})
    assert form.is_valid(), form.errors
    return form.save()


def file_block(kept: Enclosure, title: str = "A worksheet", **more: Any) -> dict[str, Any]:
    return {"type": "file", "value": {"file": kept.pk, "title": title, **more}}


def sound_block(kept: Enclosure, title: str = "Slow breaths", **more: Any) -> dict[str, Any]:
    return {"type": "sound", "value": {"sound": kept.pk, "title": title, **more}}
