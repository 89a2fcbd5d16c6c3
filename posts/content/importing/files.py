"""From a file on disk to text, or to a sentence that says why not and what to do."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from posts.content.importing import archives
from posts.content.importing.decoding import decoded
from posts.content.importing.pictures import Album
from posts.content.importing.refusal import ImportRefused
from posts.content.importing.spaces import tidy
from subscribers.saying import sentence

MOST_BYTES = 5_000_000
MOST_BYTES_PACKED = 100_000_000  # with pictures
SUFFIXES = (
    dict.fromkeys((".txt", ".text", ""), "plain")
    | dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".mdx"), "markdown")
    | dict.fromkeys((".html", ".htm", ".xhtml"), "html")
)
_PACKED = (".docx", ".zip")
ENDINGS = (*filter(None, SUFFIXES), *_PACKED)  # of files that may hold a text
_DOCUMENTS = (
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", sentence("an old Word file")),
    (b"{\\rtf", sentence("an RTF file")),
)
_ZIP = b"PK\x03\x04"
_PAGE = re.compile(
    r"(?:<!--[^>]{0,500}-->\s*+)?<(?:!doctype html|html|head|body|div|section|article|main|table|"
    r"p|h[1-6]|ul|ol|blockquote|meta|figure|center|font)\b",
    re.IGNORECASE,
)
# Marks that nobody writes who does not know Markdown. One may be an accident; two kinds are none.
_MARKDOWN = (
    re.compile(r"^#{1,4} \S", re.MULTILINE),
    re.compile(r"\[[^\]\n]{1,200}\]\((?:https?:|mailto:|/|#)[^)\s]{0,500}\)"),
    re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{1,500}\)"),
    re.compile(r"\*\*\w[^*\n]{0,200}\w\*\*"),
    re.compile(r"^(?:```|~~~)", re.MULTILINE),
    re.compile(r"^\|?(?: ?:?-{3,}:? ?\|)+", re.MULTILINE),
    re.compile(r"^\[\^\w{1,30}\]: ", re.MULTILINE),
    re.compile(r"~~\w[^~\n]{0,200}~~"),
)


@dataclass(frozen=True)
class Source:
    """The text of a file, what form it is in, its pictures, and what to tell about reading it."""

    text: str
    form: str
    guesses: tuple[str, ...] = ()
    album: Album = field(default_factory=Album)


def read_source(path: Path) -> Source:
    """Read a text in whatever encoding it is, alone, as a Word document or in an archive.

    Raises ImportRefused.
    """
    suffix = path.suffix.lower()
    content = _content(path, MOST_BYTES_PACKED if suffix in _PACKED else MOST_BYTES)
    if content.startswith(_ZIP):
        return _unpacked(path, content)
    _refuse_documents(str(path), content)
    form = SUFFIXES.get(suffix)
    if form is None:
        raise ImportRefused(
            sentence(
                "%(name)s is of a kind that cannot be imported. Save it as plain text "
                "(.txt), Markdown (.md) or HTML (.html), or give a Word document "
                "(.docx).",
                name=path,
            )
        )
    return _source(str(path), content, form, Album(path.parent))


def _unpacked(path: Path, content: bytes) -> Source:
    if archives.is_word(content):
        html, pictures = archives.word(str(path), content)
        return Source(html, "word", album=Album(inside=pictures))
    if archives.is_document(content):
        raise _must_be_saved(str(path), sentence("an OpenDocument or another office file"))
    name, text, pictures = archives.text_in(
        str(path), content, endings=tuple(filter(None, SUFFIXES))
    )
    inner = Path(name)
    if text.startswith(_ZIP):
        html, own = archives.word(name, text)
        return Source(html, "word", album=Album(inside=own))
    _refuse_documents(name, text)
    return _source(name, text, SUFFIXES[inner.suffix.lower()], Album(inside=pictures))


def _source(name: str, content: bytes, form: str, album: Album) -> Source:
    found = decoded(name, content, is_html=form == "html")
    text, guesses = found.text, found.guesses
    if not any(map(tidy, text.splitlines())):
        raise ImportRefused(sentence("%(name)s has no text in it. Was it saved?", name=name))
    if form == "plain":
        form = _form_of(text)
        if form != "plain":
            called = "HTML" if form == "html" else "Markdown"
            guesses += (
                sentence(
                    "%(name)s calls itself plain text; it was read as the %(form)s that it is.",
                    name=name,
                    form=called,
                ),
            )
    return Source(text=text, form=form, guesses=guesses, album=album)


def _form_of(text: str) -> str:
    """What a file is that calls itself plain text."""
    if _PAGE.match(text.lstrip("\ufeff \r\n\t")[:1_000]) and "</" in text:
        return "html"
    kinds = [mark.search(text) is not None for mark in _MARKDOWN]
    headings, fences = kinds[0], kinds[4] or kinds[5] or kinds[6]
    return "markdown" if sum(kinds) > 1 and (headings or fences) else "plain"


def _refuse_documents(name: str, content: bytes) -> None:
    for magic, kind in _DOCUMENTS:
        if content.startswith(magic):
            raise _must_be_saved(name, kind)


def _must_be_saved(name: str, kind: str) -> ImportRefused:
    return ImportRefused(
        sentence(
            "%(name)s is %(kind)s. Open it, save it as a Word document (.docx) or "
            "as plain text (.txt), and import that.",
            name=name,
            kind=kind,
        )
    )


def _content(path: Path, most: int) -> bytes:
    """The bytes of the file; one that is too large is not read to its end."""
    try:
        if path.is_dir():
            raise ImportRefused(sentence("%(name)s is a folder. Name one file in it.", name=path))
        if not path.exists():
            raise ImportRefused(
                sentence("There is no file %(name)s. Check the name and the folder.", name=path)
            )
        if not path.is_file():
            raise ImportRefused(sentence("%(name)s is not an ordinary file.", name=path))
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise ImportRefused(
            sentence("%(name)s cannot be read: %(reason)s.", name=path, reason=error.strerror)
        ) from error
    if len(content) > most:
        size = path.stat().st_size / 1_000_000
        raise ImportRefused(
            sentence(
                "%(name)s has %(size)s MB, which is more than a post can be (%(most)s "
                "MB). Is it the right file? Pictures are added in the desk.",
                name=path,
                size=round(size),
                most=round(most / 1_000_000),
            )
        )
    if not content:
        raise ImportRefused(sentence("%(name)s is empty. Was it saved?", name=path))
    return content
