"""What a file says about its text, in fields above it: a title, a date, topics."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from posts.content.importing.spaces import tidy

LONGEST_TOPIC = 80
MOST_TOPICS = 20
_NAMES = {
    "title": ("title",),
    "subtitle": ("subtitle", "subheading", "sub title", "tagline"),
    "date": ("date", "publishdate", "publish date", "published at", "published", "created",
             "created at", "created time", "pubdate", "sent at"),
    "slug": ("slug", "permalink", "url"),
    "topics": ("tags", "tag", "topics", "categories", "category"),
    "excerpt": ("description", "excerpt", "summary", "abstract"),
    "language": ("lang", "language", "locale"),
    "canonical": ("canonical", "canonical url", "canonicalurl", "original url"),
    "picture": ("image", "cover", "cover image", "coverimage", "featured image", "feature image",
                "featuredimage", "thumbnail", "banner", "hero"),
    "alt": ("image alt", "cover alt", "cover image alt", "feature image alt", "alt"),
    "draft": ("draft", "status", "state"),
}  # fmt: skip
_ROLES = {name: role for role, names in _NAMES.items() for name in names}
_IN_WORDS = ("%B %d, %Y %I:%M %p", "%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%d.%m.%Y", "%Y/%m/%d")
_AT = re.compile(r",? (?:at|um|à|a las) (?=\d{1,2}:\d\d)")  # as heads of mails have it
_WEEKDAY = re.compile(r"^[^\W\d_]{3,10}, (?=[^\W\d_])")
_ZONE = re.compile(r"(?<=\d)\s?([+-]\d\d):?(\d\d)$")
_YES, _NO = ("true", "yes", "1", "on"), ("false", "no", "0", "off")
_DRAFT = (*_YES, "draft", "unpublished", "idea", "in progress")


@dataclass(frozen=True)
class About:
    """All empty where the file says nothing. `picture` is an address as the file writes it,
    `unused` the fields that no post has, `unread` those whose value made no sense."""

    title: str = ""
    subtitle: str = ""
    excerpt: str = ""
    language: str = ""
    slug: str = ""
    topics: tuple[str, ...] = ()
    canonical: str = ""
    date: dt.datetime | None = None
    picture: str = ""
    alt: str = ""
    is_draft: bool = False
    unused: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def about(fields: Mapping[str, Any]) -> About:
    """From fields as any of the formats holds them: text, numbers, lists, dates, mappings."""
    known: dict[str, Any] = {}
    unused: list[str] = []
    unread: list[str] = []
    topics: list[str] = []
    for key, value in fields.items():
        name = str(key).strip().lower().replace("_", " ").replace("-", " ")
        role = _ROLES.get(name, "")
        if name == "published" and _word(value) in (*_YES, *_NO):  # no date, but whether it is
            role = "draft"
        if role == "topics":
            topics += _topics(value, by_spaces="layout" in fields)
            continue
        if not role or role in known:
            unused.append(str(key))
            continue
        unpublished = name == "published" and role == "draft"
        read = _word(value) in _NO if unpublished else _read(role, value)
        if read is None and value not in (None, "", [], {}):
            unread.append(f"{key}: {_text(value)}")
        elif read is not None:
            known[role] = read
    known["is_draft"] = bool(known.pop("draft", False))
    known["topics"], left = _fitting(topics)
    unread += [f"topic: {name}" for name in left]
    return About(**known, unused=tuple(unused), unread=tuple(unread))


def _read(role: str, value: Any) -> Any:
    if role == "date":
        return _date(value)
    if role == "draft":
        return _word(value) in _DRAFT
    if isinstance(value, Mapping):  # as in `image: {src: a.jpg, alt: …}`
        value = next((value[key] for key in ("src", "url", "image", "path") if key in value), "")
    text = _text(value[0] if isinstance(value, list) and value else value)
    if role == "slug":
        return _last_part(text) or None
    if role == "canonical":
        return text if text.startswith(("http://", "https://")) else None
    return text or None


def _text(value: Any) -> str:
    return tidy(str(value)) if isinstance(value, str | int | float | dt.date) else ""


def _word(value: Any) -> str:
    return str(value).strip().lower()


def _topics(value: Any, *, by_spaces: bool) -> Iterable[str]:
    """A list; or one line, parted by commas, or by spaces where Jekyll wrote it."""
    if isinstance(value, str):
        comma = re.search(r"[,;]", value)
        value = re.split(r"[,;]", value) if comma or not by_spaces else value.split()
    if not isinstance(value, list):
        return
    for one in value:
        name = _text(one).strip("#[]\"' ")
        if name:
            yield name


def _fitting(topics: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """Each once, as many as a post may have; and those that are left."""
    names = list(dict.fromkeys(topics))
    kept = [name for name in names if len(name) <= LONGEST_TOPIC][:MOST_TOPICS]
    return tuple(kept), [name for name in names if name not in kept]


def _last_part(text: str) -> str:
    try:
        path = urlsplit(text).path
    except ValueError:
        return ""
    last = path.rstrip("/").rpartition("/")[2]
    return "" if ":" in last else last.removesuffix(".html").removesuffix(".md")


def _date(value: Any) -> dt.datetime | None:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day, 12)
    if isinstance(value, str):
        words = _WEEKDAY.sub("", _AT.sub(" ", value.strip()[:60]))
        value = _date_in(_ZONE.sub(r"\1:\2", words))
    if not isinstance(value, dt.datetime):
        return None
    if timezone.is_naive(value):
        try:
            value = timezone.make_aware(value)
        except (OverflowError, ValueError):
            return None
    return value if isinstance(value, dt.datetime) else None


def _date_in(text: str) -> dt.datetime | None:
    in_words = (partial(_as_written, form) for form in _IN_WORDS)
    readers: tuple[Callable[[str], dt.datetime], ...] = (
        *(dt.datetime.fromisoformat, parsedate_to_datetime),
        *in_words,
    )
    for read in readers:
        try:
            found = read(text)
        except (ValueError, TypeError, IndexError):
            continue
        # A day alone: at noon it is the same day nearly everywhere.
        return found.replace(hour=12) if not re.search(r"\d:\d", text) else found
    return None


def _as_written(form: str, text: str) -> dt.datetime:
    return dt.datetime.strptime(text, form)
