"""Pictures and other files that a text names: where each is, in the folder beside it, in its
archive, or in itself.

Nothing is read here but names: who keeps the post reads each once, and checks it then.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from posts.content.enclosures.checking import LARGEST_SOUND
from posts.content.enclosures.kinds import KINDS

MOST_BYTES = 20_000_000  # of one
MOST_BYTES_ENCLOSED = LARGEST_SOUND * 1_000_000  # what may be less is told when it is kept
MOST_PICTURES = 200
MOST_FETCHED = 100_000_000  # bytes of all that are fetched
ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic", ".heif", ".bmp", ".tiff")
# All that letters enclose, but plain text, which is a text of its own; and other names of Ogg.
ENCLOSED = (*(f".{ending}" for ending in KINDS if ending != "txt"), ".oga", ".opus")
_DATA = re.compile(r"data:image/(?P<kind>[a-z0-9.+-]{1,20});base64,", re.IGNORECASE)

Reading = Callable[[], bytes]


@dataclass(frozen=True, eq=False)
class LocalFile:
    """One that can be had: what it is called, and how its bytes are read. Two of one name are
    two."""

    name: str
    read: Reading


class PictureFile(LocalFile):
    """A picture."""


class Shelf(dict[str, Reading]):
    """What is in an archive, by its path there. Of many texts in one archive all ask the same
    shelf, which is gone through once, however many pictures there are."""

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[str]]:
        """The paths, by the last part of each."""
        found: dict[str, list[str]] = {}
        for path in self:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found


@dataclass
class Album:
    """The pictures and files that came with a text, by the names under which it speaks of them.

    `fetch`: how those elsewhere on the web are had, where somebody asked for them. `missing`: the
    addresses that were asked for in vain."""

    folder: Path | None = None
    inside: Mapping[str, Reading] = field(default_factory=dict)
    fetch: Callable[[str], bytes] | None = None
    missing: list[str] = field(default_factory=list)
    _found: dict[str, PictureFile | None] = field(default_factory=dict)
    _enclosed: dict[str, LocalFile | None] = field(default_factory=dict)
    _fetched_bytes: int = 0

    def find(self, address: str) -> PictureFile | None:
        """The picture at an address such as `img/walk%201.jpg`; None where there is none."""
        address = address.strip()
        if address not in self._found:
            full = len(self._found) >= MOST_PICTURES
            self._found[address] = None if full else self._look(address)
            if self._found[address] is None and not address.startswith("data:"):
                self.missing.append(address)
        return self._found[address]

    def enclosed(self, address: str) -> LocalFile | None:
        """The worksheet or sound at an address such as `sheets/rest.pdf`; None where there is none,
        or where it leads elsewhere."""
        address = address.strip()
        if address not in self._enclosed:
            full = len(self._enclosed) >= MOST_PICTURES
            self._enclosed[address] = None if full else self._look_beside(address)
        return self._enclosed[address]

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[str]]:
        shelf = self.inside if isinstance(self.inside, Shelf) else Shelf(self.inside)
        return shelf.by_name

    def _look_beside(self, address: str) -> LocalFile | None:
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        wanted = unquote(parts.path).replace("\\", "/").lstrip("/").removeprefix("./")
        if parts.scheme or parts.netloc or not wanted.lower().endswith(ENCLOSED):
            return None
        found = self._in_archive(wanted) or self._in_folder(wanted, MOST_BYTES_ENCLOSED)
        # Under its name alone, as pictures are.
        found = found or self._in_folder(wanted.rpartition("/")[2], MOST_BYTES_ENCLOSED)
        return LocalFile(found.name, found.read) if found else None

    def _look(self, address: str) -> PictureFile | None:
        if data := _DATA.match(address):
            return _written_out(address[data.end() :], data["kind"].lower())
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        wanted = unquote(parts.path).replace("\\", "/").lstrip("/")
        if parts.scheme or parts.netloc:
            far = parts.scheme in ("http", "https")
            return (self._copied(wanted) or self._fetched(address, parts.path)) if far else None
        # Last, under its name alone: pictures that were uploaded with a text came without folders.
        return (
            self._in_archive(wanted)
            or self._in_folder(wanted)
            or self._in_folder(wanted.rpartition("/")[2])
        )

    def _copied(self, wanted: str) -> PictureFile | None:
        """Of one that is elsewhere on the web: the copy in the archive whose path ends most like
        its address, at least in its folder and its name."""
        parts = wanted.split("/")
        near = self._by_name.get(parts[-1], ())
        same = {name: _same_end(parts, name.split("/")) for name in near}
        most = max(same.values(), default=0)
        found = [name for name, length in same.items() if length == most]
        if most < 2 or len(found) > 1:
            return None
        return PictureFile(parts[-1], self.inside[found[0]])

    def _fetched(self, address: str, path: str) -> PictureFile | None:
        """At once, so that nothing waits for the network later, when the post is made."""
        if self.fetch is None or self._fetched_bytes > MOST_FETCHED:
            return None
        try:
            content = self.fetch(address)
        except (OSError, ValueError):
            return None
        self._fetched_bytes += len(content)
        return PictureFile(unquote(path).rpartition("/")[2] or "picture", lambda: content)

    def _in_archive(self, wanted: str) -> PictureFile | None:
        """By its whole path; else by its name, where only one is called so."""
        near = self._by_name.get(wanted.rpartition("/")[2], ())
        names = [name for name in near if name == wanted or name.endswith(f"/{wanted}")] or near
        if len(names) != 1 and wanted not in names:
            return None
        name = wanted if wanted in names else names[0]
        return PictureFile(name.rpartition("/")[2], self.inside[name])

    def _in_folder(self, wanted: str, most: int = MOST_BYTES) -> PictureFile | None:
        """Beside the text or below it; never elsewhere on the disk, whatever its name says."""
        if self.folder is None or not wanted.lower().endswith((*ENDINGS, *ENCLOSED)):
            return None
        root = self.folder.resolve()
        try:
            path = (root / wanted).resolve()
            usable = path.is_relative_to(root) and path.is_file()
            usable = usable and path.stat().st_size <= most
        except (OSError, ValueError):
            return None
        return PictureFile(path.name, path.read_bytes) if usable else None


def _same_end(one: list[str], other: list[str]) -> int:
    """How many parts are the same, from the end on."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _written_out(data: str, kind: str) -> PictureFile | None:
    try:
        content = base64.b64decode(unquote(data), validate=False)
    except (binascii.Error, ValueError):
        return None
    return PictureFile(f"picture.{kind.partition('+')[0]}", lambda: content) if content else None
