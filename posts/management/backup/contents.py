"""What lies in a backup, and the seal at its end that says whether all of it is there."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from posts.management.backup.archive import NoBackup

MANIFEST, SECRETS, SEAL = "manifest.json", "secrets.json", "seal.json"
DATA, MEDIA, FONTS = "data/", "media/", "fonts/"
FORMAT = 1


class _Sum:
    """Of every member's name, size and content, one after the other."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()
        self.members = self.bytes = 0

    def begin(self, name: str, size: int) -> None:
        self._sum.update(f"{name}\0{size}\n".encode())
        self.members += 1
        self.bytes += size

    def of(self, file: IO[bytes]) -> "_Summed":
        return _Summed(file, self._sum)

    def as_json(self) -> dict[str, Any]:
        return {"members": self.members, "bytes": self.bytes, "sha256": self._sum.hexdigest()}


class _Summed(io.RawIOBase):
    """A file that is summed up while it is read."""

    def __init__(self, file: IO[bytes], total: "hashlib._Hash") -> None:
        self._file, self._total = file, total

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._total.update(content)
        return content

    def drain(self) -> None:
        while self.read(1 << 16):
            pass


class MemberWriter:
    """The members of a new backup, as they are put in."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar, self._sum = tar, _Sum()

    def add(self, name: str, content: bytes) -> None:
        self._put(name, len(content), io.BytesIO(content))

    def add_json(self, name: str, value: object) -> None:
        self.add(name, json.dumps(value, indent=1).encode())

    def add_file(self, name: str, path: Path) -> bool:
        """False: it is gone since its folder was listed."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return False
        with file:
            self._put(name, path.stat().st_size, file)
        return True

    def _put(self, name: str, size: int, file: IO[bytes]) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._sum.begin(name, size)
        self._tar.addfile(info, self._sum.of(file))

    def seal(self, rows: dict[str, int]) -> None:
        """The last member: whoever reads it has read everything."""
        seal = json.dumps({**self._sum.as_json(), "rows": rows}).encode()
        info = tarfile.TarInfo(SEAL)
        info.size, info.mode = len(seal), 0o600
        self._tar.addfile(info, io.BytesIO(seal))


class MemberReader:
    """The members of a backup, in their order. Raises NoBackup where the seal does not fit."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar, self._sum = tar, _Sum()
        self.rows: dict[str, int] = {}

    def members(self) -> Iterator[tuple[str, IO[bytes]]]:
        sealed = False
        for info in self._tar:
            file = self._tar.extractfile(info)
            if sealed or file is None:
                raise NoBackup("The file is damaged: something stands in it that we never wrote.")
            if info.name == SEAL:
                self._check(json.loads(file.read()))
                sealed = True
                continue
            self._sum.begin(info.name, info.size)
            summed = self._sum.of(file)
            yield info.name, summed  # type: ignore[misc]
            summed.drain()
        if not sealed:
            raise NoBackup("The file is damaged: its end is missing.")

    def _check(self, seal: dict[str, Any]) -> None:
        self.rows = seal.pop("rows")
        if seal != self._sum.as_json():
            raise NoBackup("The file is damaged: its content is not what was written.")


def read_json(file: IO[bytes]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(file.read())
    return value


def table_of(name: str) -> str:
    """Which table the member data/<table>/<number>.copy is of."""
    return name.split("/")[1]
