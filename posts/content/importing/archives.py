"""Files that hold files: Word documents, and a text that was zipped up with its pictures.

What a member unpacks to is said at its beginning and never read beyond, so that a small archive
cannot fill the memory.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from xml.parsers.expat import ExpatError

import mammoth

from posts.content.importing import pictures
from posts.content.importing.pictures import Reading
from posts.content.importing.refusal import ImportRefused
from subscribers.saying import sentence

_MOST_MEMBERS = 5_000
_MOST_TEXT = 5_000_000  # bytes of a text that is in an archive
_MOST_XML = 40_000_000  # bytes of all parts of a Word document that are XML
_MOST_TAGS = 400_000  # in them: a book has fewer, and each takes a kilobyte and its time
_PIECE = 1 << 16
_AROUND_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_WORD = "word/document.xml"
_HIDDEN = ("__MACOSX/", ".")
# What reading a zip raises where it is damaged, locked or packed as nobody here unpacks.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError)
# Beyond what mammoth knows by itself; names of styles are English in every Word.
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
p[style-name='Quote'] => blockquote:fresh
p[style-name='Intense Quote'] => blockquote:fresh
p[style-name='Block Text'] => blockquote:fresh
p[style-name='Quotations'] => blockquote:fresh
"""


def is_word(content: bytes) -> bool:
    """It is a Word document, whatever its name says."""
    return _WORD in _names(content)


def is_document(content: bytes) -> bool:
    """It is an office file of another kind."""
    names = _names(content)
    return "[Content_Types].xml" in names or ("mimetype" in names and "content.xml" in names)


def word(name: str, content: bytes) -> tuple[str, Mapping[str, Reading]]:
    """A Word document as HTML, and its pictures by the addresses that they have there.

    Raises ImportRefused.
    """
    _refuse_endless(name, content)
    found: dict[str, Reading] = {}

    def keep(image: mammoth.documents.Image) -> dict[str, str]:
        with image.open() as file:
            data: bytes = file.read(pictures.MOST_BYTES + 1)
        address = f"picture-{len(found) + 1}.{str(image.content_type).rpartition('/')[2]}"
        if len(data) <= pictures.MOST_BYTES and len(found) < pictures.MOST_PICTURES:
            found[address] = lambda: data
        return {"src": address}

    try:
        result = mammoth.convert_to_html(
            BytesIO(content), style_map=_STYLES, convert_image=mammoth.images.img_element(keep)
        )
    except (
        *BROKEN_ZIP,
        ExpatError,
        AttributeError,
        ValueError,
        IndexError,
        RecursionError,
    ) as error:
        raise _broken(name) from error
    return result.value, found


def _refuse_endless(name: str, content: bytes) -> None:
    """Whatever its parts are called, which one of them names as the text. Raises ImportRefused."""
    size = tags = 0
    try:
        with _opened(name, content) as archive:
            for one in archive.infolist():
                for piece in _xml_in(archive, one):
                    size += len(piece)
                    tags += piece.count(b"<")
                    if size > _MOST_XML or tags > _MOST_TAGS or b"<!DOCTYPE" in piece:
                        raise ImportRefused(
                            sentence(
                                "%(name)s unpacks to more than a post can be. Is it the right "
                                "file?",
                                name=name,
                            )
                        )
    except BROKEN_ZIP as error:
        raise _broken(name) from error


def _xml_in(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What it unpacks to, in pieces that overlap in a few bytes; nothing where it is no XML."""
    with archive.open(member) as file:
        before, is_xml = b"", False
        while piece := file.read(_PIECE):
            is_xml = is_xml or piece.lstrip(_AROUND_XML)[:1] in (b"<", b"")
            if not is_xml:
                return
            piece = piece.replace(b"\0", b"")
            yield before + piece
            before = piece[-9:]


def text_in(
    name: str, content: bytes, *, endings: tuple[str, ...]
) -> tuple[str, bytes, Mapping[str, Reading]]:
    """The one text in an archive: its name, its bytes, and the pictures beside it.

    Raises ImportRefused where there is none, or more than one.
    """
    with _opened(name, content) as archive:
        members = [one for one in archive.infolist() if not _is_hidden(one)]
        names = texts_among([one.filename for one in members], endings=(*endings, ".docx"))
        texts = [one for one in members if one.filename in names]
        if len(texts) != 1:
            raise ImportRefused(_not_one(name, [one.filename for one in texts]))
        text = texts[0]
        if text.file_size > _MOST_TEXT:
            raise ImportRefused(
                sentence(
                    "%(text)s in %(name)s is more than a post can be (5 MB).",
                    text=text.filename,
                    name=name,
                )
            )
        try:
            words = archive.read(text)
        except BROKEN_ZIP as error:
            raise _broken(name) from error
    return text.filename, words, dict(_beside(content, members))


def texts_among(names: list[str], *, endings: tuple[str, ...]) -> list[str]:
    """Which of these files are texts. Word documents beside another text are what it encloses."""
    texts = [name for name in names if name.lower().endswith(endings)]
    return [name for name in texts if not name.lower().endswith(".docx")] or texts


def _beside(content: bytes, members: list[zipfile.ZipInfo]) -> Iterator[tuple[str, Reading]]:
    """The pictures and files beside the text."""
    for one in members:
        name, size = one.filename.lower(), one.file_size
        pictured = name.endswith(pictures.ENDINGS) and size <= pictures.MOST_BYTES
        enclosed = name.endswith(pictures.ENCLOSED) and size <= pictures.MOST_BYTES_ENCLOSED
        if pictured or enclosed:
            yield one.filename, _reading(content, one.filename)


def _reading(content: bytes, name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                return archive.read(name)
        except BROKEN_ZIP:
            return b""  # which is no picture, and named as such

    return read


def _not_one(name: str, texts: list[str]) -> str:
    if not texts:
        return sentence(
            "There is no text in %(name)s. It wants one, and the pictures that belong to it.",
            name=name,
        )
    some = ", ".join(texts[:5]) + (", …" if len(texts) > 5 else "")
    return sentence(
        "There are %(number)s texts in %(name)s (%(some)s). Unpack it, and import one at a time.",
        number=len(texts),
        name=name,
        some=some,
    )


def _is_hidden(member: zipfile.ZipInfo) -> bool:
    return member.is_dir() or any(
        f"/{member.filename}".find(f"/{hidden}") >= 0 for hidden in _HIDDEN
    )


def _names(content: bytes) -> set[str]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return set(archive.namelist())
    except BROKEN_ZIP:
        return set()


def _opened(name: str, content: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except BROKEN_ZIP as error:
        raise _broken(name) from error
    if len(archive.infolist()) > _MOST_MEMBERS:
        raise ImportRefused(
            sentence("There are more files in %(name)s than belong to one post.", name=name)
        )
    return archive


def _broken(name: str) -> ImportRefused:
    return ImportRefused(
        sentence(
            "%(name)s is damaged, or not what its name says. Open it and save it "
            "anew, or save its text as plain text (.txt).",
            name=name,
        )
    )
