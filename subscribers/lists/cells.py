"""The cells of a list beside the address: who left, tags, times, and what our own export wrote."""

import csv
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from subscribers.lists import columns, statuses
from subscribers.models import ConsentEvent, Subscriber, Suppression
from subscribers.refusals import Refused
from subscribers.saying import sentence
from subscribers.segments.spelling import tag_key, tag_name

if TYPE_CHECKING:
    from subscribers.lists.recognising import Column

LONGEST_TAG = 60
LONGEST_SOURCE = 200
LONGEST_VERSION = 20
_CHOICES = {
    "edition": set(Subscriber.Edition.values),
    "format": set(Subscriber.Format.values),
    "pace": set(Subscriber.Pace.values),
    "consent_kind": {ConsentEvent.Kind.CONFIRMED.value, ConsentEvent.Kind.IMPORTED.value},
}
_NEVER_MAIL = {
    Suppression.Reason.MANUAL.value,
    Suppression.Reason.BOUNCED.value,
    Suppression.Reason.COMPLAINED.value,
}
# Who bounced or complained elsewhere is mailed for nothing here.
_SUPPRESSING = {
    statuses.BOUNCED: Suppression.Reason.BOUNCED.value,
    statuses.COMPLAINED: Suppression.Reason.COMPLAINED.value,
}
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FORMATS = ("%m/%d/%Y %H:%M", "%m/%d/%Y", "%d.%m.%Y", "%d/%m/%Y", "%b %d, %Y", "%Y/%m/%d")
_NAMES = (columns.NAME, columns.FIRST, columns.LAST)
_FIRST_MAIL = datetime(1971, 1, 1, tzinfo=UTC)


class CellRefused(Refused):
    """A cell that we cannot take as it is meant; `message` says which and why."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A consent event as our own export writes it."""

    kind: str
    source: str
    at: datetime
    wording: str = ""
    version: str = ""


@dataclass(slots=True)
class More:
    """What a row says beyond address and name.

    `status`: one of statuses.MEANINGS, but not NEVER. `never`: the reason of a suppression, where
    the address is never to be mailed. `ours`: a row of our own export, so that what it says is
    an edit; `retags`, `renames`: also of her tags and her name, for which there is a column.
    """

    status: str = statuses.NOTHING
    tags: tuple[str, ...] = ()
    created_at: datetime | None = None
    subscribed_at: datetime | None = None
    never: str = ""
    ours: bool = False
    consent: Evidence | None = None
    signed_up: Evidence | None = None
    preferences: dict[str, Any] = field(default_factory=dict)
    retags: bool = False
    renames: bool = False

    @property
    def said(self) -> str:
        """One of statuses.MEANINGS: the gravest of what the row says."""
        by_hand = self.never == Suppression.Reason.MANUAL
        return statuses.NEVER if by_hand else self.status


class Layout:
    """Where in a row which of that stands. `everybody`: a status that all of the file have."""

    def __init__(self, fields: "Sequence[Column]", *, ours: bool, everybody: str) -> None:
        self.ours = ours
        self.everybody = [everybody] if everybody else []
        self.telling = [
            (one.number - 1, one) for one in fields if one.tells and one.role != columns.TAGS
        ]
        self.tags = next((one for one in fields if one.role == columns.TAGS), None)
        self.separator = self.tags.separator if self.tags else ","
        extra = {columns.TAGS, columns.SINCE, *(columns.EXPORTED[2:] if ours else ())}
        self.named = any(one.role in _NAMES for one in fields)
        # The first of two counts.
        self.taken: dict[str, int] = {}
        for one in fields:
            if one.role in extra:
                self.taken.setdefault(one.role, one.number - 1)
        self.simple = not (self.telling or self.taken or everybody)


def read(layout: Layout, cells: list[str]) -> More:
    """Raises CellRefused."""
    width = len(cells)
    found = {role: cells[i].strip() for role, i in layout.taken.items() if i < width}
    found = {role: cell for role, cell in found.items() if cell}
    more = More()
    more.tags = tags(found.get(columns.TAGS, ""), layout.separator)
    more.status = _status(layout, cells, more.tags)
    if more.status == statuses.NEVER:
        more.status, more.never = statuses.UNSUBSCRIBED, Suppression.Reason.MANUAL.value
    elif more.status in _SUPPRESSING:
        more.never = _SUPPRESSING[more.status]
    if layout.ours:
        more.renames = layout.named
        _read_ours(more, found, layout.taken)
    elif since := found.get(columns.SINCE):
        # Somebody else's way to write a date is no reason to refuse a person.
        more.created_at = more.subscribed_at = moment(since)
    return more


def _status(layout: Layout, cells: list[str], tags: Sequence[str]) -> str:
    """What all columns say together: the gravest. Raises CellRefused."""
    meanings = [*layout.everybody]
    for index, column in layout.telling:
        cell = cells[index] if index < len(cells) else ""
        meaning = column.meaning(cell)
        if meaning is None or meaning == statuses.SKIP:
            raise _refused(column, meaning, cell)
        meanings.append(meaning)
    if tags and layout.tags is not None and layout.tags.answers:
        meaning = layout.tags.of_tags(tags)
        if meaning is None or meaning == statuses.SKIP:
            raise _refused(layout.tags, meaning, ", ".join(tags))
        meanings.append(meaning)
    return statuses.gravest(meanings)


def _refused(column: "Column", meaning: str | None, cell: str) -> CellRefused:
    if meaning is None:
        return CellRefused(
            sentence(
                "We don't know the status “%(cell)s” in %(column)s. Write active or unsubscribed "
                "instead.",
                cell=cell.strip()[:40],
                column=column.called,
            )
        )
    return CellRefused(
        sentence(
            "You said to leave out the rows with “%(cell)s” in %(column)s.",
            cell=cell.strip()[:40],
            column=column.called,
        )
    )


def _read_ours(more: More, found: dict[str, str], columns_there: Collection[str]) -> None:
    more.ours, more.retags = True, columns.TAGS in columns_there
    for name, choices in _CHOICES.items():
        if name in found and found[name] not in choices:
            raise CellRefused(
                sentence(
                    "%(name)s is “%(found)s”; it can be %(choices)s.",
                    name=name,
                    found=found[name][:40],
                    choices=", ".join(sorted(choices)),
                )
            )
    more.created_at = _moment(found, "created_at")
    more.subscribed_at = _moment(found, "subscribed_at")
    if "consent_kind" in found:
        more.consent = _evidence(found["consent_kind"], "consent", found)
    more.signed_up = _evidence(ConsentEvent.Kind.SIGNED_UP.value, "signed_up", found)
    if columns.NEVER_MAIL in found:
        _never_mail(more, found[columns.NEVER_MAIL])
    elif columns.NEVER_MAIL in columns_there and more.said != statuses.NEVER:
        more.never = ""  # a bounce that somebody lifted
    more.preferences = {
        name: found[name] for name in ("edition", "format", "pace") if name in found
    }
    if _LOCALE.fullmatch(found.get("locale", "")[:13]):
        more.preferences["locale"] = found["locale"][:12]
    for name in {"large_text", "discreet"} & set(columns_there):
        more.preferences[name] = found.get(name) == "yes"
    if "resting_since" in columns_there:
        more.preferences["resting_since"] = _moment(found, "resting_since")
    if "resting_until" in columns_there:
        more.preferences["resting_until"] = None
    if "resting_until" in found:
        try:
            more.preferences["resting_until"] = date.fromisoformat(found["resting_until"])
        except ValueError as error:
            raise CellRefused(sentence("resting_until is no date like 2027-01-31.")) from error


def _evidence(kind: str, name: str, found: dict[str, str]) -> Evidence | None:
    at = _moment(found, f"{name}_at")
    if at is None:
        return None
    source = found.get(f"{name}_source", "")[:LONGEST_SOURCE]
    wording, version = found.get(f"{name}_wording", ""), found.get(f"{name}_version", "")
    return Evidence(kind, source, at, wording, version[:LONGEST_VERSION])


def _never_mail(more: More, cell: str) -> None:
    """Whoever is never to be mailed is on no list either."""
    said = {"yes": Suppression.Reason.MANUAL.value}.get(cell, cell)
    if said not in _NEVER_MAIL:
        raise CellRefused(
            sentence(
                "never_mail is “%(cell)s”; it can be yes, %(choices)s, or nothing.",
                cell=cell[:40],
                choices=", ".join(sorted(_NEVER_MAIL)),
            )
        )
    more.never = said
    if more.status not in statuses.LEFT:
        more.status = statuses.UNSUBSCRIBED


def _moment(found: dict[str, str], name: str) -> datetime | None:
    if name not in found:
        return None
    at = moment(found[name])
    if at is None and _read_time(found[name]) is None:
        raise CellRefused(
            sentence("%(name)s is no time like 2026-05-03T10:00:00+00:00.", name=name)
        )
    return at


def moment(text: str) -> datetime | None:
    """A time, in UTC where no zone is given; None if it cannot be read, or nobody was on any list
    then."""
    at = _since_1970(text) if text.isascii() and text.isdecimal() else _read_time(text)
    if at is None:
        return None
    try:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
    return at if _FIRST_MAIL <= at <= datetime.now(UTC) + timedelta(days=1) else None


def _since_1970(digits: str) -> datetime | None:
    """Seconds or milliseconds, or a day like 20230506."""
    if len(digits) not in (10, 13):
        return _read_time(digits)
    return datetime.fromtimestamp(int(digits[:10]), UTC)


def _read_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        pass  # then it is written in another way
    for pattern in _FORMATS:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None


def tags(cell: str, separator: str = ",") -> tuple[str, ...]:
    """The words of a cell, each in one spelling; one with the separator in it stands in quotation
    marks."""
    if not cell:
        return ()
    if (cell[0], cell[-1]) in _LISTS and len(cell) > 1:
        cell, separator = cell[1:-1], ","
    elif _OF_GOOGLE in cell or cell.startswith(_OWN_GROUP):
        words = [word for word in cell.split(_OF_GOOGLE) if not word.startswith(_OWN_GROUP)]
        return _once_each(words)
    try:
        words = next(csv.reader([cell], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        words = cell.split(separator)
    return _once_each(words)


_LISTS = {("{", "}"), ("[", "]")}  # as PostgreSQL and JSON write one
_OF_GOOGLE, _OWN_GROUP = " ::: ", "* "  # between groups, and before one that Google made


def _once_each(words: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for word in words:
        shown = tag_name(word)[:LONGEST_TAG].strip()
        if shown and shown.isprintable():
            found.setdefault(tag_key(shown), shown)
    return tuple(found.values())


# What makes a spreadsheet run a cell as a formula (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutralised(cell: str) -> str:
    """The cell so that no spreadsheet runs it, and without the nulls that none can show.

    A cell that looks neutralised already gets one more mark, so that `restored` is its inverse.
    """
    cell = cell.replace("\0", "\ufffd")
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA_STARTS) else cell


def restored(cell: str) -> str:
    """What was neutralised, as it was."""
    if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA_STARTS):
        return cell[1:]
    return cell
