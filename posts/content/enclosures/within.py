"""What a body encloses, and where each is found: below the address of its page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.content.enclosures.models import Enclosure
from subscribers.one_line import one_line

__all__ = ["Enclosed", "about", "address", "all_in", "encloses_sounds", "name_in", "transcript"]

_MB = 1_000_000
_BLOCKS = ("file", "sound")  # each has what it encloses under its own name


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file as a letter calls it, at its address."""

    enclosure: Enclosure
    title: str
    address: str


def address(enclosure: Enclosure, page: str) -> str:
    """Below that of the page, or of the share link, without a slash at its end. It ends as players
    of podcasts want it, and names nothing."""
    return f"{page}/files/{enclosure.pk}.{enclosure.ending}"


def transcript(enclosure: Enclosure, page: str) -> str:
    """Where it stands on the page: a browser opens what a link leads into."""
    return f"{page}/#transcript-{enclosure.pk}"


def about(enclosure: Enclosure) -> str:
    """Kind, length and size, in the language of the moment."""
    parts = [str(enclosure.kind.name), _size(enclosure.size)]
    if enclosure.seconds is not None:
        parts.insert(1, _length(enclosure.seconds))
    return ", ".join(parts)


def _size(size: int) -> str:
    """Bytes in words; a part of a megabyte only where there are few."""
    if size < _MB:
        return _("%(n)s KB") % {"n": ceil(size / 1_000)}
    return _("%(n)s MB") % {"n": number_format(size / _MB, 1 if size < 10 * _MB else 0)}


def _length(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    minutes = int(seconds / 60 + 0.5)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def all_in(body: Iterable[Any], page: str) -> Iterator[Enclosed]:
    """Files and sounds of a body, in their order; those that are gone are left out."""
    for block in body:
        if block.block_type in _BLOCKS and (found := block.value[block.block_type]):
            yield Enclosed(found, one_line(block.value["title"]), address(found, page))


def encloses_sounds(body: Iterable[dict[str, Any]]) -> bool:
    """Whether a stored body has something to play. It asks no database."""
    return any(block["type"] == "sound" and block["value"].get("sound") for block in body)


def name_in(body: Iterable[dict[str, Any]], enclosure_id: int) -> str | None:
    """What a stored body calls this file; None where it does not enclose it."""
    for block in body:
        if block["type"] in _BLOCKS and block["value"].get(block["type"]) == enclosure_id:
            return one_line(block["value"].get("title") or "") or _("A file")
    return None
