"""The file that a system exported, as a set of named files: a zip, a folder, or one file alone.

Nothing is unpacked by the names that stand in it. What a member unpacks to is said at its
beginning and never read beyond; names that lead elsewhere, links and what is locked are named, and
left alone. A file is read in pieces, or whole where it is a text of a post and no longer than one.
"""

import os
import re
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from posts.content.importing import (
    BROKEN_ZIP,
    ENCLOSED_ENDINGS,
    MOST_BYTES_OF_A_PICTURE,
    MOST_ENCLOSED,
    PICTURE_ENDINGS,
    ImportRefused,
    Shelf,
    decoded,
)
from subscribers.saying import sentence

MOST_MEMBERS = 100_000
MOST_TEXT = 5_000_000  # bytes of the text of one post
MOST_UNPACKED = 4_000_000_000  # bytes of all that is no picture
_MOST_OF_NAMES = 30_000_000  # bytes that the table of a zip's names may have
_HIDDEN = re.compile(r"(?:^|/)(?:__MACOSX/|\.(?!\./))")
_END, _END_64, _FAR_END = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"

Reading = Callable[[], bytes]


@dataclass(frozen=True)
class ArchiveMember:
    """`open`: from its beginning. `size` in bytes, as it is read."""

    size: int
    open: Callable[[], IO[bytes]] = field(repr=False)


@dataclass
class Archive:
    """What was exported. `left`: names that are not looked at, each with the reason."""

    path: Path
    members: dict[str, ArchiveMember]
    left: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.name

    def names(self, *endings: str) -> list[str]:
        """The names of all files, or of those that end so, in order."""
        wanted = endings or ("",)
        return sorted(name for name in self.members if name.lower().endswith(wanted))

    def bytes_of(self, name: str, most: int = MOST_TEXT) -> bytes:
        """Raises ImportRefused, in words."""
        member = self.members.get(name)
        if member is None:
            raise ImportRefused(sentence("It is not in the export."))
        with reading(), member.open() as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise ImportRefused(sentence("It is larger than %(most)s MB.", most=most // 1_000_000))
        return content

    def text_of(self, name: str) -> str:
        """The text of a post, in whatever encoding it is. Raises ImportRefused."""
        content = self.bytes_of(name)
        return decoded(name, content, is_html=name.lower().endswith((".html", ".htm"))).text

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """To read in pieces. Raises ImportRefused, also for what the reader then finds broken."""
        with reading(), self.members[name].open() as file:
            yield file

    @cached_property
    def pictures(self) -> Shelf:
        """And the files that posts link to; by the names under which posts may speak of them."""
        enclosed = {name: self._read(name, MOST_ENCLOSED) for name in self.names(*ENCLOSED_ENDINGS)}
        pictures = self.names(*PICTURE_ENDINGS)
        kept = {name: self._read(name, MOST_BYTES_OF_A_PICTURE) for name in pictures}
        return Shelf(enclosed | kept)

    def _read(self, name: str, most: int) -> Reading:
        def read() -> bytes:
            try:
                return self.bytes_of(name, most)
            except ImportRefused:
                return b""  # which is none, and named as such

        return read


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Raises ImportRefused where there is nothing that could be one."""
    try:
        if path.is_dir():
            yield Archive(path, *_in_folder(path))
        elif not path.is_file():
            raise ImportRefused(
                sentence("There is no file %(path)s. Check the name and the folder.", path=path)
            )
        elif zipfile.is_zipfile(path):
            _refuse_too_many(path)
            with zipfile.ZipFile(path) as file:
                yield Archive(path, *_in_zip(file, path.name))
        else:
            yield Archive(path, {path.name: _on_disk(path)})
    except OSError as error:
        raise ImportRefused(
            sentence("%(path)s cannot be read: %(reason)s.", path=path, reason=error.strerror)
        ) from error
    except BROKEN_ZIP as error:
        raise _damaged(path.name) from error


@contextmanager
def reading() -> Iterator[None]:
    """What is broken in a file becomes a sentence. Raises ImportRefused."""
    try:
        yield
    except BROKEN_ZIP as error:
        raise ImportRefused(sentence("It is damaged, or locked with a password.")) from error


def _in_folder(root: Path) -> tuple[dict[str, ArchiveMember], list[tuple[str, str]]]:
    members: dict[str, ArchiveMember] = {}
    left: list[tuple[str, str]] = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for file in files:
            path = Path(folder) / file
            name = path.relative_to(root).as_posix()
            if _HIDDEN.search(name):
                continue
            shown = name.encode("utf-8", "replace").decode()
            if shown != name:  # bytes of an older encoding, of which nobody knows which
                left.append((shown, sentence("Its name is not in Unicode. Rename it.")))
                continue
            if not stat.S_ISREG(path.lstat().st_mode):
                why = sentence("It is a link to something else, or no ordinary file.")
                left.append((name, why))
                continue
            members[name] = _on_disk(path)
        if len(members) > MOST_MEMBERS:
            raise _too_many(root.name)
    return members, left


def _on_disk(path: Path) -> ArchiveMember:
    return ArchiveMember(path.stat().st_size, lambda: path.open("rb"))


def _in_zip(
    file: zipfile.ZipFile, name: str
) -> tuple[dict[str, ArchiveMember], list[tuple[str, str]]]:
    members: dict[str, ArchiveMember] = {}
    left: list[tuple[str, str]] = []
    unpacked = 0
    if len(file.infolist()) > MOST_MEMBERS:
        raise _too_many(name)
    for one in file.infolist():
        if one.is_dir() or _HIDDEN.search(one.filename):
            continue
        if why := _why_not(one):
            left.append((one.filename, why))
            continue
        if not one.filename.lower().endswith(PICTURE_ENDINGS):
            unpacked += one.file_size
        members[one.filename] = _in(file, one)
    if unpacked > MOST_UNPACKED:
        raise ImportRefused(
            sentence(
                "%(name)s unpacks to %(size)s GB, which is more than an export has. Nothing of it "
                "was unpacked. Export it anew, or give the files in it one by one.",
                name=name,
                size=round(unpacked / 1e9),
            )
        )
    return members, left


def _in(file: zipfile.ZipFile, one: zipfile.ZipInfo) -> ArchiveMember:
    return ArchiveMember(one.file_size, lambda: file.open(one))


def _why_not(one: zipfile.ZipInfo) -> str:
    parts = one.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        return sentence("Its name leads out of the export.")
    if stat.S_ISLNK(one.external_attr >> 16):
        return sentence("It is a link to something else.")
    if one.flag_bits & 1:
        return sentence("It is locked with a password.")
    return ""


def _refuse_too_many(path: Path) -> None:
    """Before a table of a million names is read into memory. Raises ImportRefused."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 65_600))
        tail = file.read()
    at = tail.rfind(_END)
    (names,) = struct.unpack("<L", tail[at + 12 : at + 16]) if at >= 0 else (0,)
    far = at - 20
    if far >= 56 and tail[far : far + 4] == _FAR_END and tail[far - 56 : far - 52] == _END_64:
        (names,) = struct.unpack("<Q", tail[far - 16 : far - 8])
    if names > _MOST_OF_NAMES:
        raise _too_many(path.name)


def _too_many(name: str) -> ImportRefused:
    return ImportRefused(
        sentence(
            "There are more than %(most)s files in %(name)s, which is more than an export has. "
            "Take out what is not needed.",
            most=MOST_MEMBERS,
            name=name,
        )
    )


def _damaged(name: str) -> ImportRefused:
    return ImportRefused(
        sentence("%(name)s is damaged, or not what its name says. Export it once more.", name=name)
    )
