"""The file of a backup: a gzipped tar, read and written as a stream, encrypted where asked."""

import gzip
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from nacl import bindings as sodium
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.utils import random

ENCRYPTED = b"passalong backup 1, secretstream\n"
_GZIP = b"\x1f\x8b"
_CHUNK = 64 * 1024
_SEALED = _CHUNK + sodium.crypto_secretstream_xchacha20poly1305_ABYTES
_MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL


class NoBackup(Exception):
    """The file is no backup of ours, is damaged, or does not open; the text says which."""


@contextmanager
def written(path: Path, passphrase: str) -> Iterator[tarfile.TarFile]:
    """A new file, for its owner alone, to put members into. On the disk when the block is left."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)  # one that lay there before may be open to others
        with ExitStack() as stack:
            target: IO[bytes] = file
            if passphrase:
                target = cast(IO[bytes], stack.enter_context(_Sealing(file, passphrase)))
            packed = stack.enter_context(
                gzip.GzipFile("", "wb", compresslevel=3, fileobj=target, mtime=0)
            )
            yield stack.enter_context(tarfile.open(fileobj=packed, mode="w|"))
        file.flush()
        os.fsync(descriptor)


@contextmanager
def read(path: Path, passphrase: str) -> Iterator[tarfile.TarFile]:
    """The members of a backup, one after the other. Raises NoBackup."""
    try:
        with ExitStack() as stack:
            file: IO[bytes] = stack.enter_context(path.open("rb"))
            if is_encrypted(path):
                opening = _Opening(file, passphrase)
                file = stack.enter_context(io.BufferedReader(opening, _CHUNK))
            packed = stack.enter_context(gzip.GzipFile("", "rb", fileobj=file))
            yield stack.enter_context(tarfile.open(fileobj=packed, mode="r|"))
            while packed.read(_CHUNK):  # to its end, where its checksum stands
                pass
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise NoBackup(f"{path} is damaged, or not all of it is there: {error}") from error


def is_encrypted(path: Path) -> bool:
    """Whether it wants a passphrase. Raises NoBackup for what is no backup at all."""
    with path.open("rb") as file:
        head = file.read(len(ENCRYPTED))
    if not head.startswith(_GZIP) and head != ENCRYPTED:
        raise NoBackup(f"{path} is no backup of Passalong.")
    return head == ENCRYPTED


# --- With a passphrase --------------------------------------------------------------------
#
# The first line, a salt, the header of libsodium's secretstream, and its messages: each of 64 KiB
# but the last, which says that it is. Cut off or changed anywhere, it does not open. The key comes
# from the passphrase by Argon2id, with as much memory (64 MiB) as a small server can spare.


def _key(passphrase: str, salt: bytes) -> bytes:
    return argon2id.kdf(
        sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES,
        passphrase.encode(),
        salt,
        opslimit=argon2id.OPSLIMIT_MODERATE,
        memlimit=argon2id.MEMLIMIT_INTERACTIVE,
    )


class _Sealing(io.RawIOBase):
    """What is written here comes out encrypted."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        salt = random(argon2id.SALTBYTES)
        self._file, self._held = file, bytearray()
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        header = sodium.crypto_secretstream_xchacha20poly1305_init_push(
            self._state, _key(passphrase, salt)
        )
        file.write(ENCRYPTED + salt + header)

    def writable(self) -> bool:
        return True

    def write(self, content: "bytes | memoryview") -> int:  # type: ignore[override]
        self._held += content
        while len(self._held) > _CHUNK:
            self._push(bytes(self._held[:_CHUNK]), _MESSAGE)
            del self._held[:_CHUNK]
        return len(content)

    def _push(self, chunk: bytes, tag: int) -> None:
        sealed = sodium.crypto_secretstream_xchacha20poly1305_push(self._state, chunk, tag=tag)
        self._file.write(sealed)

    def close(self) -> None:
        if not self.closed:
            self._push(bytes(self._held), _FINAL)
        super().close()


class _Opening(io.RawIOBase):
    """What is read here was encrypted. Raises NoBackup."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        file.read(len(ENCRYPTED))
        salt = file.read(argon2id.SALTBYTES)
        header = file.read(sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES)
        self._file, self._name = file, getattr(file, "name", "The file")
        self._first, self._ended, self._held = True, False, memoryview(b"")
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        try:
            sodium.crypto_secretstream_xchacha20poly1305_init_pull(
                self._state, header, _key(passphrase, salt)
            )
        except (ValueError, CryptoError) as error:
            raise NoBackup(f"{self._name} is damaged: it ends in its first line.") from error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        if not self._held and not self._ended:
            self._held = memoryview(self._pull())
        given = self._held[: len(buffer)]
        buffer[: len(given)] = given
        self._held = self._held[len(given) :]
        return len(given)

    def _pull(self) -> bytes:
        sealed = self._file.read(_SEALED)
        try:
            chunk, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(self._state, sealed)
        except (ValueError, CryptoError) as error:
            if self._first and len(sealed) > sodium.crypto_secretstream_xchacha20poly1305_ABYTES:
                raise NoBackup(
                    f"The passphrase does not open {self._name}, or its beginning is damaged."
                ) from error
            raise NoBackup(f"{self._name} is damaged, or not all of it is there.") from error
        self._first, self._ended = False, tag == _FINAL
        return bytes(chunk)
