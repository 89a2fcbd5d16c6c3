"""Handing out a file: whatever it holds, it runs nothing as this site.

Ranges are what players ask for (RFC 9110, 14): a sound starts and jumps without being loaded whole,
and a download goes on where the line broke.
"""

import re
import unicodedata
from pathlib import Path
from typing import IO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from posts.content.enclosures.models import Enclosure

__all__ = ["download_name", "hand_out", "span_of"]

_POLICY = "default-src 'none'; sandbox"
# A sound opened by itself is played by a page of the browser's own, which loads it: as this site,
# or Chromium refuses it. Scripts may still not run.
_POLICY_OF_SOUNDS = (
    "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin"
)
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
# What some system forbids in a name, or a shell and a browser read as something else.
_NOT_IN_NAMES = frozenset('\\/:*?"<>|%`$;')
_JOINERS = "\u200c\u200d"  # part of how Persian and some emoji are written
_LONGEST_NAME = 120  # characters


def hand_out(
    request: HttpRequest, enclosure: Enclosure, *, name: str, secret: bool
) -> HttpResponseBase:
    """The file, or the part of it that was asked for. `name` is what it is called on the reader's
    device; `secret` keeps it out of caches, as the page from which she came. Raises Http404 where
    the disk has none."""
    tag = f'"{enclosure.digest[:32]}"'
    response = get_conditional_response(request, etag=tag) or _given(request, enclosure, tag)
    response["ETag"] = tag
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = str(
        content_disposition_header(
            not enclosure.kind.is_sound, download_name(name, enclosure.ending)
        )
    )
    policy = _POLICY_OF_SOUNDS if enclosure.kind.is_sound else _POLICY
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"  # its page is what may be found
    response["Referrer-Policy"] = "no-referrer"
    # Asked for again each time: a letter that is taken back takes its files along.
    response["Cache-Control"] = "no-store" if secret else "no-cache"
    return response


def download_name(name: str, ending: str) -> str:
    """A name for a disk, in any script, that hides nothing of what it is."""
    # Marks of direction would show `exe.pdf` as `fdp.exe`, or the other way round.
    shown = (
        char if char in _JOINERS or _may_stand(char) else " "
        for char in unicodedata.normalize("NFC", name)
    )
    words = " ".join("".join(shown).split())[:_LONGEST_NAME].strip(" .")
    return f"{words or 'file'}.{ending}"


def _may_stand(char: str) -> bool:
    return char not in _NOT_IN_NAMES and unicodedata.category(char)[0] not in "CZ"


def _given(request: HttpRequest, enclosure: Enclosure, tag: str) -> HttpResponseBase:
    size = enclosure.size
    # Who goes on with a file that is another by now gets the whole of it.
    is_same = request.headers.get("If-Range", tag) == tag
    span = span_of(request.headers.get("Range", ""), size) if is_same else None
    if span is not None and span[0] >= size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    try:
        file = Path(enclosure.file.path).open("rb")  # noqa: SIM115 (closed with the answer)
    except OSError as error:
        raise Http404("This file is not on the disk.") from error
    mime = enclosure.kind.mime
    if span is None:
        return FileResponse(file, content_type=mime)
    first, last = span
    file.seek(first)
    response = FileResponse(_Part(file, last - first + 1), status=206, content_type=mime)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    return response


def span_of(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte that a `Range` asks for, of so many, the first maybe beyond the end. None
    for the whole, also where several parts are asked for at once, which no player does."""
    found = _RANGE.fullmatch(asked)
    if found is None:
        return None
    first, last = found.groups()
    if not first:  # so many at its end
        return (max(size - int(last), 0), size - 1) if last and int(last) else None
    end = min(int(last), size - 1) if last else size - 1
    return (int(first), end) if int(first) <= end or int(first) >= size else None


class _Part:
    """So much of an open file from where it stands."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file, self._left = file, length
        self.name = file.name

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        piece = self._file.read(wanted)
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()
