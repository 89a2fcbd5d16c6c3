"""The folder of an export: files for their owner alone, summed up as they are written, and a
manifest that says what there is to be.

    manifest.json   format, when, of which site, of which version, and of each file size and SHA-256

The sums say that nothing is missing or changed, by a bad disk or by a hand. They are no signature:
whoever may rewrite the manifest can say anything, so import what you exported yourself.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

MANIFEST = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 16
_LONGEST = 100 << 20  # of a manifest that is read, in bytes


class NoExport(Exception):
    """The folder is no export of ours, or not as it was written; the text says which."""


class _SummedFile:
    """A file that is summed up as it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._sum, self.size = file, hashlib.sha256(), 0

    def write(self, content: bytes) -> None:
        self._file.write(content)
        self._sum.update(content)
        self.size += len(content)

    @property
    def sum(self) -> str:
        return self._sum.hexdigest()


class FolderWriter:
    """A new export. `path` must not be there, or be empty: it comes into being when all of it is
    written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # A name that nobody gives by chance: what a killed export left there is deleted.
        self.draft = path.with_name(f".{path.name}.passalong-export")
        self.files: dict[str, dict[str, Any]] = {}

    @contextmanager
    def open(self, name: str) -> Iterator[_SummedFile]:
        target = self.draft / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            summed = _SummedFile(file)
            yield summed
        self.files[name] = {"size": summed.size, "sha256": summed.sum}

    def add(self, name: str, content: str | bytes) -> None:
        with self.open(name) as file:
            file.write(content.encode() if isinstance(content, str) else content)

    def add_json(self, name: str, value: object) -> None:
        self.add(name, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

    def add_lines(self, name: str, lines: Iterable[str]) -> int:
        """One line each; a file without lines is left out. Answers how many there were."""
        number = 0
        with self.open(name) as file:
            for line in lines:
                file.write(line.encode() + b"\n")
                number += 1
        if not number:
            (self.draft / name).unlink()
            del self.files[name]
        return number

    def add_file(self, name: str, source: Path) -> bool:
        """False: it is not on the disk."""
        try:
            content = source.open("rb")
        except FileNotFoundError:
            return False
        with content, self.open(name) as file:
            while chunk := content.read(_CHUNK):
                file.write(chunk)
        return True

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Everything is written within; it is there when the block is left, or nothing is."""
        shutil.rmtree(self.draft, ignore_errors=True)  # of one that was killed
        self.draft.mkdir(mode=0o700, parents=True)
        try:
            yield
            verify(self.draft)
            os.replace(self.draft, self._path)
        finally:
            shutil.rmtree(self.draft, ignore_errors=True)

    def seal(self, about: dict[str, Any]) -> None:
        """The manifest: the last file."""
        files = dict(sorted(self.files.items()))
        value = {"format": FORMAT, "what": "passalong export", **about, "files": files}
        target = self.draft / MANIFEST
        target.touch(mode=0o600)
        target.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


# --- Reading ------------------------------------------------------------------------------


def verify(path: Path) -> dict[str, Any]:
    """Read all of it; answers the manifest. Raises NoExport."""
    manifest = _manifest(path)
    files: dict[str, Any] = manifest["files"]
    there = set(_there(path))
    if lost := sorted(files.keys() - there):
        raise NoExport(f"{lost[0]} is missing in {path}{_and_more(lost)}. Copy it whole once more.")
    if more := sorted(there - files.keys()):
        raise NoExport(
            f"{more[0]} lies in {path}, and we never wrote it{_and_more(more)}. Take it out, and "
            "try again."
        )
    for name, known in files.items():
        if _sum(path / name) != (known["size"], known["sha256"]):
            raise NoExport(
                f"{path / name} is not as it was written. To change something, import the folder "
                "as it was exported, and change it in the desk."
            )
    return manifest


def _manifest(path: Path) -> dict[str, Any]:
    file = path / MANIFEST
    try:
        if file.stat().st_size > _LONGEST:
            raise NoExport(f"{file} is larger than any that we write.")
        value = json.loads(file.read_text())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoExport(
            f"There is no {MANIFEST} in {path}, so it is no export of Passalong, or its beginning."
        ) from error
    except (ValueError, RecursionError) as error:
        raise NoExport(f"{file} is damaged. Copy the folder whole once more.") from error
    if not isinstance(value, dict) or value.get("what") != "passalong export":
        raise NoExport(f"{file} is no manifest of ours.")
    if value.get("format") != FORMAT:
        raise NoExport(
            f"{path} was made by a version that this one does not understand. Update Passalong, "
            "then import."
        )
    told = isinstance(value.get("taken_at"), str) and isinstance(value.get("migrations"), list)
    if not told or not _is_ours(value.get("files")):
        raise NoExport(f"{file} is damaged: it does not say what there is, and since when.")
    return value


def _is_ours(files: Any) -> bool:
    return isinstance(files, dict) and all(
        isinstance(known, dict)
        and {"size", "sha256"} <= known.keys()
        and not PurePosixPath(name).is_absolute()
        and ".." not in PurePosixPath(name).parts
        for name, known in files.items()
    )


def _there(path: Path) -> Iterator[str]:
    for root, folders, names in os.walk(path):
        for name in (*names, *folders):
            if (Path(root) / name).is_symlink():
                raise NoExport(f"{Path(root) / name} leads elsewhere. An export has no links.")
        for name in names:
            inner = (Path(root) / name).relative_to(path).as_posix()
            # What file managers leave where they looked.
            if inner != MANIFEST and name not in (".DS_Store", "Thumbs.db", "desktop.ini"):
                yield inner


def _sum(path: Path) -> tuple[int, str]:
    total, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
            size += len(chunk)
    return size, total.hexdigest()


def _and_more(names: list[str]) -> str:
    return f", and {len(names) - 1} more" if len(names) > 1 else ""


def lines(path: Path) -> Iterator[tuple[int, Any]]:
    """The rows of a file, each with its number. Raises NoExport."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise NoExport(f"{path}, line {number}, is no JSON.") from error


def document(path: Path) -> Any:
    """What one file says. Raises NoExport."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError as error:
        raise NoExport(f"{path} is missing. Copy the folder whole once more.") from error
    except (ValueError, RecursionError) as error:
        raise NoExport(f"{path} is no JSON.") from error
