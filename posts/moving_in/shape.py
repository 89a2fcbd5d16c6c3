"""What a source makes of an export, one after the other: posts, lists of people, and what cannot
be brought."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from posts.content.importing import About, about
from posts.moving_in.archive import MOST_TEXT, Archive
from subscribers.saying import sentence

TextForm = Literal["html", "markdown", "plain"]
_EARLIEST = 1900  # a year; what is before was never a date
_UNIVERSAL = (" UTC", " GMT", "Z")
TOO_LARGE = sentence("It is larger than a post can be (%(most)s MB).", most=MOST_TEXT // 1_000_000)


@dataclass(frozen=True)
class OldPost:
    """A post, or a page, as it was there.

    `is_page`: it is no letter but a page of the site, such as About.
    `key`: by which the system knows it, the same in each of its exports. `where` it stands in the
    export, for whoever looks for it. `old_paths`: where it was read, as paths or whole addresses.
    `unkept`: what the source itself had to leave out of it.
    """

    key: str
    where: str
    text: str
    said: About
    form: TextForm = "html"
    is_page: bool = False
    old_paths: tuple[str, ...] = ()
    members_only: bool = False
    authors: tuple[str, ...] = ()
    unkept: tuple[str, ...] = ()


@dataclass(frozen=True)
class OldList:
    """A list of people, as a CSV file in the export. `everybody`: what is true of all of them, one
    of `subscribers.lists.mapping.EVERYBODY`; empty where each row says it."""

    where: str
    everybody: str = ""


@dataclass(frozen=True)
class NotBrought:
    """Something that stays behind, and why. `bad`: it was meant to come, and cannot."""

    where: str
    why: str
    bad: bool = False


Found = OldPost | OldList | NotBrought


@dataclass(frozen=True)
class MoveOptions:
    """`old_address`: of the site there, such as `https://letters.example.org`; empty where it was
    not said."""

    old_address: str = ""


@dataclass(frozen=True)
class OldSystem:
    """A system that one moves from. `files`: what to give, a sentence for the writer. `title`: its
    name, or a sentence too."""

    name: str
    title: str
    files: str
    read: Callable[[Archive, MoveOptions], Iterator[Found]] = field(repr=False)


def described(**fields: Any) -> About:
    """What is said of a post, from fields as they are written there: the names of front matter.

    What makes no sense is in `unread`. A date that is no date of a post is left out, and said so.
    """
    date = fields.get("date")
    if isinstance(date, str):
        fields["date"] = _in_universal_time(date)
    found = about({name: _without_nulls(value) for name, value in fields.items() if value})
    if found.date and found.date.year < _EARLIEST:
        found = replace(found, date=None, unread=(*found.unread, f"date: {date}"))
    return found


def _without_nulls(value: Any) -> Any:
    """No text that is kept may have one."""
    if isinstance(value, list):
        return [_without_nulls(one) for one in value]
    return value.replace("\0", "") if isinstance(value, str) else value


def _in_universal_time(date: str) -> str:
    date = date.strip()
    zone = next((zone for zone in _UNIVERSAL if date.endswith(zone)), "")
    return f"{date.removesuffix(zone)}+00:00" if zone else date


def line_of(name: str, line: int) -> str:
    """Where something stands in a file, for whoever looks for it."""
    return sentence("%(name)s, line %(line)s", name=name, line=str(line))


def text_of(row: Mapping[str, Any], name: str) -> str:
    """A field of what was exported, as text: empty where there is none, or none of words."""
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def is_yes(value: object) -> bool:
    """Whether a field says yes, as any of these programs writes it."""
    return str(value).strip().lower() in ("true", "1", "yes", "on")
