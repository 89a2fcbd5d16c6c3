"""The columns of an uploaded list as a screen asks about them, and the answers that come back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from subscribers.lists import columns, statuses
from subscribers.lists.encodings import LABELS
from subscribers.lists.mapping import EVERYBODY, ROLES, ColumnMapping
from subscribers.lists.recognising import DATE, EMPTY, OTHERS
from subscribers.saying import quoted

MOST_VALUES = 20  # of a column; one answer for the others
MOST_COLUMNS = 200  # about which nothing has to be asked
MEANINGS = {
    statuses.ACTIVE: gettext_lazy("They may be mailed"),
    statuses.UNSUBSCRIBED: gettext_lazy("They left or said no: no mail"),
    statuses.BOUNCED: gettext_lazy("Mail to them came back: no mail"),
    statuses.COMPLAINED: gettext_lazy("They complained about mail: no mail"),
    statuses.NEVER: gettext_lazy("Never mail them, for nothing"),
    statuses.PENDING: gettext_lazy("They never agreed: ask them by mail first"),
    statuses.NOTHING: gettext_lazy("It says nothing about mail"),
    statuses.SKIP: gettext_lazy("I don’t know: leave these rows out"),
}
EVERYBODYS = {
    statuses.ACTIVE: gettext_lazy("They did agree, and did not leave"),
    statuses.UNSUBSCRIBED: gettext_lazy("They left or said no: nobody of them is mailed"),
    statuses.BOUNCED: gettext_lazy("Mail to them came back: nobody of them is mailed"),
    statuses.COMPLAINED: gettext_lazy("They complained about mail: nobody of them is mailed"),
    statuses.NEVER: gettext_lazy(
        "Never mail any of them, for no newsletter; of people you don’t know nothing else is kept"
    ),
    statuses.PENDING: gettext_lazy("They never agreed: each is asked by mail first"),
}
_ROLES = {
    columns.EMAIL: gettext_lazy("Email address"),
    columns.NAME: gettext_lazy("Name"),
    columns.FIRST: gettext_lazy("First name"),
    columns.LAST: gettext_lazy("Last name"),
    columns.TAGS: gettext_lazy("Tags"),
    columns.SINCE: gettext_lazy("Since when they are on the list"),
    statuses.STATUS: gettext_lazy("A status, in words"),
    statuses.AGREED: gettext_lazy("That they agreed: a yes or a date; nobody else is mailed"),
    statuses.UNSUBSCRIBED: gettext_lazy("That they left: whoever has something in it"),
    statuses.BOUNCED: gettext_lazy("That mail came back: whoever has something in it"),
    statuses.COMPLAINED: gettext_lazy("That they complained: whoever has something in it"),
    statuses.NEVER: gettext_lazy("That they are never to be mailed: whoever has something in it"),
}
_NOT_TAKEN = gettext_lazy("Nothing that we take")
_NOT_ABOUT_MAIL = gettext_lazy("Nothing about mail: ignore it")
_BY_VALUE = gettext_lazy("What I chose above")
BY_VALUE = "by_value"
_SPECIAL = {
    EMPTY: gettext_lazy("nothing in it"),
    DATE: gettext_lazy("a date"),
    OTHERS: gettext_lazy("anything else"),
}


@dataclass(frozen=True)
class SelectOption:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class ValueChoice:
    """One value of a column. `name`: of its field; `open`: nobody knows what it means."""

    name: str
    label: str
    rows: str
    open: bool
    options: list[SelectOption]


@dataclass(frozen=True)
class ColumnChoice:
    """One column. `fixed`: what it holds, where that is no question."""

    number: int
    title: str
    first: list[str]
    fixed: str
    options: list[SelectOption]
    values: list[ValueChoice]

    @property
    def taken(self) -> bool:
        """Whether anything of it is taken, or understood."""
        return bool(self.fixed or self.values) or any(
            o.chosen and o.value in _ROLES for o in self.options
        )

    @property
    def open(self) -> bool:
        """Whether it has to be answered before anything is imported."""
        return any(value.open for value in self.values)


def title_of(column: Mapping[str, Any]) -> str:
    """What a person calls the column."""
    name = str(column["name"]).strip()
    return str(quoted(name)) if name else _("Column %(number)s, without a name") % column


def choices(
    preview: Mapping[str, Any], mapping: ColumnMapping, kept: ColumnMapping
) -> list[ColumnChoice]:
    """All columns of a list. `mapping`: the answers so far, of which those in `kept` were there
    when the list was looked at."""
    return [_choice(column, mapping, kept) for column in preview.get("columns", [])]


def _choice(column: Mapping[str, Any], mapping: ColumnMapping, kept: ColumnMapping) -> ColumnChoice:
    number, role = column["number"], column["role"]
    said = mapping.roles.get(number)
    new = said if said != kept.roles.get(number) else None
    known = role in _ROLES or role in ("", columns.IGNORED)
    return ColumnChoice(
        number=number,
        title=title_of(column),
        first=column["first"],
        fixed="" if known else _("As this site exported it"),
        options=list(_of_open(new) if column["open"] else _of_understood(role, new)),
        values=[
            _value(number, value, mapping.values.get(number, {}))
            for value in _asked_of(column["values"])
        ],
    )


def _of_open(said: str | None) -> Iterable[SelectOption]:
    """What a column may hold of which some values are not understood."""
    yield SelectOption(BY_VALUE, str(_BY_VALUE), said is None)
    yield SelectOption(columns.IGNORED, str(_NOT_ABOUT_MAIL), said == columns.IGNORED)
    for role, label in _ROLES.items():
        yield SelectOption(role, str(label), said == role)


def _of_understood(role: str, said: str | None) -> Iterable[SelectOption]:
    chosen = role if said is None else said
    # What was left out by itself is looked into once more; what a person leaves out is not.
    nothing = role if role in ("", columns.IGNORED) else columns.IGNORED
    yield SelectOption(nothing, str(_NOT_TAKEN), chosen in ("", columns.IGNORED))
    for one, label in _ROLES.items():
        yield SelectOption(one, str(label), chosen == one)


def _asked_of(values: list[list[Any]]) -> list[list[Any]]:
    """The values that are asked about: the most frequent, and all the others together."""
    few, rest = values[:MOST_VALUES], values[MOST_VALUES:]
    special = [value for value in rest if value[0] in (EMPTY, DATE)]
    others = [value for value in rest if value[0] not in (EMPTY, DATE)]
    if others:
        meanings = {value[3] for value in others}
        meaning = meanings.pop() if len(meanings) == 1 else ""
        count = sum(value[2] for value in others)
        special.append([OTHERS, "", count, meaning, ""])
    return [*few, *special]


def _value(number: int, value: list[Any], answers: Mapping[str, str]) -> ValueChoice:
    key, shown, count, meaning, guess = value
    is_open = not meaning
    # A guess spares a choice only where a press too many costs nobody an unwanted mail.
    chosen = answers.get(key) or meaning or (guess if guess != statuses.ACTIVE else "")
    options = [SelectOption(one, str(label), one == chosen) for one, label in MEANINGS.items()]
    if is_open:
        options.insert(0, SelectOption("", _("Choose what it means"), not chosen))
    return ValueChoice(
        name=f"means-{number}-{key}",
        label=str(_SPECIAL[key]) if key in _SPECIAL else str(quoted(shown)),
        rows=ngettext("%(n)s row", "%(n)s rows", count) % {"n": intcomma(count)},
        open=is_open,
        options=options,
    )


def answered(
    posted: Mapping[str, str], preview: Mapping[str, Any], before: ColumnMapping
) -> ColumnMapping:
    """The answers of a form, added to those before. What it shows unchanged is no answer."""
    roles, values = dict(before.roles), {n: dict(said) for n, said in before.values.items()}
    for column in preview.get("columns", []):
        number, role = column["number"], column["role"]
        said = posted.get(f"role-{number}", "")
        if said in ROLES.values() and (column["open"] or said != role):
            roles[number] = said
            # What was said of its values was meant for what it seemed to hold.
            values.pop(number, None)
            continue
        answers = _answers(posted, column)
        if answers:
            values[number] = {**values.get(number, {}), **answers}
    address = posted.get("address", "")
    if address.isascii() and address.isdecimal() and int(address) in preview.get("addresses", []):
        roles = {n: role for n, role in roles.items() if role != columns.EMAIL}
        roles[int(address)] = columns.EMAIL
    everybody = posted.get("everybody", before.everybody)
    encoding = posted.get("encoding", "")
    chosen = encoding in LABELS and encoding != preview.get("encoding")
    return ColumnMapping(
        roles=roles,
        values=values,
        everybody=everybody if everybody in EVERYBODY else "",
        encoding=encoding if chosen else before.encoding,
    )


def _answers(posted: Mapping[str, str], column: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for key, _shown, _count, meaning, _guess in _asked_of(column["values"]):
        said = posted.get(f"means-{column['number']}-{key}", "")
        if said in statuses.MEANINGS and said != meaning:
            found[key] = said
    return found


def unanswered(
    preview: Mapping[str, Any], mapping: ColumnMapping, kept: ColumnMapping
) -> list[str]:
    """What still has to be answered, in words; the arguments as in `choices`."""
    left = []
    if preview.get("addresses") and columns.EMAIL not in mapping.roles.values():
        left.append(_("which column has the addresses"))
    if preview.get("everybody") and not mapping.everybody:
        left.append(_("whether the people in this file agreed"))
    for column in preview.get("columns", []):
        number, said = column["number"], mapping.values.get(column["number"], {})
        newly = mapping.roles.get(number) != kept.roles.get(number)
        values = [value for value in _asked_of(column["values"]) if not value[3]]
        if not newly and any(value[0] not in said for value in values):
            left.append(title_of(column))
    return left
