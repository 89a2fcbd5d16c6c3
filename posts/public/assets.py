"""Our own styles and scripts under an address that names their content, for browsers to keep.

All of them share one folder, `/static/<hash of all>/`, so that scripts which import each other by
relative addresses need no rewriting. It is gathered, with compressed copies, by whichever process
wants it first: no command has to be run after an update. Wagtail's own files have Wagtail's way.
"""

import gzip
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import brotli
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage, Storage

__all__ = ["AssetFinder", "AssetStorage", "gathered", "our_files", "version"]

_ROOMS = ("posts", "subscribers")


@lru_cache
def our_files() -> Mapping[str, Path]:
    """Every static file of ours, by the name that templates use."""
    folders = [Path(settings.BASE_DIR, room, "static") for room in _ROOMS]
    files = ((folder, file) for folder in folders for file in sorted(folder.rglob("*")))
    return {file.relative_to(folder).as_posix(): file for folder, file in files if file.is_file()}


@lru_cache
def version() -> str:
    """What the folder is called."""
    digest = sha256()
    for name, file in our_files().items():
        digest.update(f"{name}\0".encode() + sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def gathered() -> Path:
    """The folder with the files and their compressed copies, made now if it is not there."""
    folder = Path(settings.DATA_DIR) / "assets" / version()
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".draft-"))
        for name, file in our_files().items():
            _add(draft / name, file.read_bytes())
        try:
            draft.rename(folder)
        except OSError:  # another process was first
            shutil.rmtree(draft)
    return folder


def _add(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.with_name(f"{file.name}.br").write_bytes(brotli.compress(content, quality=11))
    file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))


class AssetStorage(StaticFilesStorage):
    """Writes the addresses. While somebody works on the files (DEBUG) they have plain ones."""

    def url(self, name: str | None) -> str:
        if name in our_files() and not settings.DEBUG:
            name = f"{version()}/{name}"
        address: str = super().url(name)
        return address


class AssetFinder(BaseFinder):
    """Finds the files, for WhiteNoise and for the server under test."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        folder, _, name = path.partition("/")
        found = folder == version() and name in our_files()
        file = str(gathered() / name)
        return ([file] if find_all else file) if found else []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        storage = FileSystemStorage(location=gathered())
        storage.prefix = version()  # type: ignore[attr-defined]
        # WhiteNoise looks for compressed copies among what is listed only.
        for name in our_files():
            for ending in ("", ".br", ".gz"):
                yield f"{name}{ending}", storage
