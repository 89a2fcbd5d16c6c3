"""From a file on disk to text, or to a sentence that says why not and what to do."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from posts.content.importing.spaces import tidy

MOST_BYTES = 5_000_000
SUFFIXES = {".txt": "plain", ".md": "markdown", ".markdown": "markdown"} | {
    ".html": "html",
    ".htm": "html",
}
_DOCUMENTS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a Word, OpenDocument or zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Word file"),
    (b"{\\rtf", "an RTF file"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\r\v\f\x1a")


class ImportRefused(Exception):
    """The file cannot become a post; the message says why and what to do about it."""


@dataclass(frozen=True)
class Source:
    """The text of a file, what form it is in, and what to tell about reading it."""

    text: str
    form: str
    notes: tuple[str, ...] = ()


def read_source(path: Path) -> Source:
    """Read a text file in whatever encoding it is."""
    form = SUFFIXES.get(path.suffix.lower())
    content = _content(path)
    for magic, kind in _DOCUMENTS:
        if content.startswith(magic):
            raise ImportRefused(
                f"{path} is {kind}. Open it, save it as plain text (.txt), and import that."
            )
    if form is None:
        raise ImportRefused(
            f"{path} is of a kind that cannot be imported. Save it as plain text (.txt), "
            "Markdown (.md) or HTML (.html)."
        )
    text, notes = _decoded(path, content)
    if not any(map(tidy, text.splitlines())):
        raise ImportRefused(f"{path} has no text in it. Was it saved?")
    if form == "plain" and text.lstrip("\ufeff \r\n\t")[:15].lower().startswith(
        ("<!doctype html", "<html")
    ):
        raise ImportRefused(f"{path} is HTML. Rename it so that it ends in .html.")
    return Source(text=text, form=form, notes=notes)


def _content(path: Path) -> bytes:
    """The bytes of the file; one that is too large is not read to its end."""
    try:
        if path.is_dir():
            raise ImportRefused(f"{path} is a folder. Name one file in it.")
        if not path.exists():
            raise ImportRefused(f"There is no file {path}. Check the name and the folder.")
        if not path.is_file():
            raise ImportRefused(f"{path} is not an ordinary file.")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > MOST_BYTES:
        size = path.stat().st_size / 1_000_000
        raise ImportRefused(
            f"{path} has {size:.0f} MB, which is more than a post can be (5 MB). "
            "Is it the right file? Pictures are added in the desk."
        )
    if not content:
        raise ImportRefused(f"{path} is empty. Was it saved?")
    return content


def _decoded(path: Path, content: bytes) -> tuple[str, tuple[str, ...]]:
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), "utf-8")
    notes: tuple[str, ...] = ()
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise ImportRefused(
                f"{path} says it is {encoding} but is damaged at byte {error.start}. "
                "Save it again as UTF-8."
            ) from error
        text = _western(path, content)
        notes = (
            f"{path} is not UTF-8; it was read as Windows-1252 (Western European). "
            "Look at accented letters, or save it as UTF-8 and import it again.",
        )
    controls = sum(text.count(control) for control in _CONTROLS)
    if "\0" in text or (controls > 2 and controls * 100 > len(text)):
        raise _not_text(path)
    return text, notes


def _western(path: Path, content: bytes) -> str:
    try:
        return content.decode("windows-1252")
    except UnicodeDecodeError:
        raise _not_text(path) from None


def _not_text(path: Path) -> ImportRefused:
    return ImportRefused(f"{path} is not text. Save what is in it as plain text (UTF-8).")
