"""The options of the command that say what columns hold and what their values mean."""

from collections.abc import Iterable, Sequence

from subscribers.lists import statuses
from subscribers.lists.mapping import ROLES
from subscribers.lists.normalising import key, words
from subscribers.lists.questions import in_short
from subscribers.lists.recognising import Column
from subscribers.refusals import Refused


class OptionRefused(Refused):
    """An option that fits no column of the file; `message` says which columns there are."""


def column_roles(said: Iterable[str], names: Sequence[str]) -> dict[int, str]:
    """Of options like `NAME=status` or `#3=ignore`: what each column holds, by its number.

    `names`: of the columns, empty where one has none.

    Raises OptionRefused.
    """
    found: dict[int, str] = {}
    for option in said:
        name, _, role = option.rpartition("=")
        if role.strip() not in ROLES or not name:
            raise OptionRefused(
                f"--column {option}: write it as NAME=…, with one of {', '.join(ROLES)}."
            )
        found[_number(f"--column {option}", name, names)] = ROLES[role.strip()]
    return found


def _number(option: str, name: str, names: Sequence[str]) -> int:
    alike = _called(name, names)
    if len(alike) == 1:
        return alike[0]
    listed = ", ".join(f"#{number} {one}" for number, one in enumerate(names, start=1))
    problem = "several columns have that name" if alike else "there is no such column"
    raise OptionRefused(f"{option}: {problem}. There are {listed[:600]}; a number will do.")


def _called(name: str, names: Sequence[str]) -> list[int]:
    """The numbers of the columns of that name, or the one of that number, such as `#3`."""
    text = name.strip()
    if text.startswith("#") and text[1:].isascii() and text[1:].isdecimal():
        return [int(text[1:])] if 0 < int(text[1:]) <= len(names) else []
    exact = [number for number, one in enumerate(names, start=1) if one == text]
    wanted = words(text)
    return exact or [n for n, one in enumerate(names, start=1) if wanted and words(one) == wanted]


def column_values(said: Iterable[str], columns: Sequence[Column]) -> dict[int, dict[str, str]]:
    """Of options like `NAME:VALUE=unsubscribed`: what each value means, as in ColumnMapping.

    Raises OptionRefused.
    """
    found: dict[int, dict[str, str]] = {}
    for option in said:
        where, _, meaning = option.rpartition("=")
        if meaning.strip() not in statuses.MEANINGS or ":" not in where:
            raise OptionRefused(
                f"--value {option}: write it as NAME:VALUE=…, with one of "
                f"{', '.join(statuses.MEANINGS)}."
            )
        column, value = _parted(f"--value {option}", where, columns)
        found.setdefault(column.number, {})[_value(option, value, column)] = meaning.strip()
    return found


def _parted(option: str, where: str, columns: Sequence[Column]) -> tuple[Column, str]:
    """The column and its value, where both may have colons of their own."""
    names = [one.name for one in columns]
    parts = where.split(":")
    for count in range(len(parts) - 1, 0, -1):
        name = ":".join(parts[:count])
        if _called(name, names):
            number = _number(option, name, names)
            return columns[number - 1], ":".join(parts[count:])
    return columns[_number(option, parts[0], names) - 1], ""


def _value(option: str, value: str, column: Column) -> str:
    """The key of the value, which must be one that was found in the file."""
    for one in column.values:
        if value.strip() == one.key or (one.shown and key(value) == key(one.shown)):
            return one.key
    found = ", ".join(in_short(one) for one in column.values) or "none that says who may be mailed"
    raise OptionRefused(f"--value {option}: the column has no such value. It has: {found[:600]}.")
