"""What has to be asked before a list is imported, and how the command asks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

from subscribers.lists import recognising
from subscribers.lists.recognising import Column, Value

_SHOWN = 8  # values of a column that a terminal shows
_LONGEST = 60  # name that an option repeats


@dataclass(frozen=True)
class Questions:
    """What is not understood. False where everything is.

    `addresses`: the columns of which one must be chosen. `everybody`: the name that says that the
    people in it are not to be mailed. `columns`: those with values that nobody explained.
    """

    addresses: tuple[Column, ...] = ()
    everybody: str = ""
    columns: tuple[Column, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.addresses or self.everybody or self.columns)


def in_words(questions: Questions, file_name: str, columns: Sequence[Column]) -> str:
    """The questions for somebody at a terminal, with the options that answer them."""
    asked: list[str] = []
    if questions.addresses:
        names = ", ".join(_named(column) for column in questions.addresses)
        example = quote(f"#{questions.addresses[0].number}=email")
        asked.append(
            f"Which has the addresses: {names}? Say it like this: --column {example}, or leave "
            "the others out with =ignore."
        )
    if questions.everybody:
        asked.append(
            f"“{questions.everybody}” sounds as if these people must not be mailed. If so, say "
            "--everybody unsubscribed (or bounced, complained, or never: no mail for any "
            "newsletter); if they did agree, "
            "--everybody active."
        )
    asked.extend(_of_column(column, option_name(column, columns)) for column in questions.columns)
    return "\n".join(
        [
            f"Nothing was imported. What {file_name} says of its people has to be understood "
            "first, so that nobody is mailed who left:",
            *(f"- {one}" for one in asked),
            *([_ANSWERS] if questions.columns else []),
        ]
    )


_ANSWERS = (
    "For … write active (may be mailed), pending (is asked by mail first), unsubscribed, bounced, "
    "complained, never (no mail for any newsletter), nothing (it is not about mail) or skip (leave "
    "these rows out). Or say what a "
    "column holds: --column NAME=agreed (a yes or a date; nobody else is mailed), "
    "NAME=unsubscribed, NAME=bounced or NAME=complained (whoever has something in it), "
    "NAME=ignore (it is not about mail)."
)


def _of_column(column: Column, name: str) -> str:
    open_ = column.open
    rows = ", ".join(f"{in_short(value)} ({value.count:,})" for value in open_[:_SHOWN])
    more = f" and {len(open_) - _SHOWN:,} values more" if len(open_) > _SHOWN else ""
    options = " ".join(
        "--value " + quote(f"{name}:{option_value(value)}={value.guess or '…'}")
        for value in open_[:_SHOWN]
    )
    return f"What does {_named(column)} mean? It holds {rows}{more}. Say {options}"


def _named(column: Column) -> str:
    return f"column {column.number}, “{column.name}”" if column.name else f"column {column.number}"


def option_name(column: Column, columns: Sequence[Column]) -> str:
    """The column as the options call it: by its name, or its number where that is not its own."""
    own = sum(one.name == column.name for one in columns) == 1
    return (
        column.name if own and column.name and len(column.name) <= _LONGEST else f"#{column.number}"
    )


def option_value(value: Value) -> str:
    """The value as the options call it."""
    return value.shown or value.key


def in_short(value: Value) -> str:
    """The value as a person reads it."""
    names = {
        recognising.EMPTY: "an empty cell",
        recognising.DATE: "a date",
        recognising.OTHERS: "other values",
    }
    return names.get(value.key) or f"“{value.shown}”"
