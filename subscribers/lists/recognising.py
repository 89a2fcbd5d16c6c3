"""What each column of a list holds, and what has to be asked before anybody is imported.

Nobody is mailed on a guess. A column whose name or values speak of consent, a status, bounces or
the like is either understood to the last value, or the person who imports is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from subscribers.lists import columns as known
from subscribers.lists import consent, statuses
from subscribers.lists.mapping import ColumnMapping
from subscribers.lists.normalising import key
from subscribers.lists.statuses import ACTIVE, AGREED, LEFT, NOTHING, STATUS, WORDS, StatusReading
from subscribers.lists.survey import SEPARATORS, Values, Wanted
from subscribers.saying import sentence

TELLING = frozenset({STATUS, AGREED, *LEFT})  # roles that say who may be mailed
# Keys of what is no value of its own. No cell has such a key, for it would have no brackets.
EMPTY, DATE, OTHERS = "", "(date)", "(others)"
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a column, how many rows have it, and what it means; None: that must be asked.

    `guess`: what it probably means. Nothing is done on the strength of it.
    """

    key: str
    shown: str
    count: int
    meaning: str | None
    guess: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a list, numbered from 1: its name, what it holds, and what stands in it.

    `role`: one of those in `mapping.ROLES` or of our own export, or empty: nothing that we take.
    `said`: that the person said so. `reading`: how its cells tell who may be mailed, if they do.
    `answers`: what the person said of its values. `values`: those that tell something.
    `separator`: between the tags of a cell.
    """

    number: int
    name: str
    role: str = ""
    said: bool = False
    reading: StatusReading | None = None
    answers: dict[str, str] = field(default_factory=dict)
    values: tuple[Value, ...] = ()
    separator: str = ","
    _remembered: dict[str, str | None] = field(init=False, default_factory=dict, compare=False)

    @property
    def called(self) -> str:
        """By its name, or its number where it has none."""
        return self.name or sentence("column %(number)s", number=self.number)

    @property
    def open(self) -> list[Value]:
        """The values that nobody has explained yet."""
        return [value for value in self.values if value.meaning is None]

    @property
    def tells(self) -> bool:
        """Whether the column may say of somebody that she left, or may be mailed."""
        return self.reading is not None or bool(self.answers)

    def meaning(self, cell: str) -> str | None:
        """What a cell says of its person, one of statuses.MEANINGS; None: that must be asked."""
        try:
            return self._remembered[cell]
        except KeyError:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[cell] = self._meaning(cell)
            return found

    def _meaning(self, cell: str) -> str | None:
        said = self.answers.get(_key(cell))
        if said is None and self.reading is not None:
            said = statuses.understood(self.reading, cell)
        if said is None and (self.reading is not None or self._speaks(cell)):
            return self.answers.get(OTHERS)
        return said or NOTHING

    def _speaks(self, cell: str) -> bool:
        if self.role == known.TAGS:
            return statuses.is_a_no(cell)
        return statuses.speaks_of_leaving(cell)

    def of_tags(self, tags: Iterable[str]) -> str | None:
        """What the tags of a cell say together, as `meaning`."""
        meanings = [self.meaning(tag) for tag in tags]
        return None if None in meanings else statuses.gravest([m for m in meanings if m])


def _key(cell: str) -> str:
    if statuses.is_empty(cell):
        return EMPTY
    return DATE if statuses.is_date(cell) else key(cell)


def by_name(
    names: Sequence[str],
    kind: known.ExportingProgram | None,
    mapping: ColumnMapping,
    addresses: Sequence[int] = (),
) -> list[Column]:
    """The columns of a list before anybody looked into them. `addresses`: see `Header`."""
    roles = known.roles_of(list(names), kind)
    if len(addresses) == 1:
        roles[addresses[0]] = known.EMAIL
    if known.EMAIL in mapping.roles.values():
        roles = ["" if role == known.EMAIL else role for role in roles]
    return [
        _by_name(number, name, role, mapping)
        for number, (name, role) in enumerate(zip(names, roles, strict=True), start=1)
    ]


def unnamed(number: int, mapping: ColumnMapping) -> Column:
    """A column behind the last that has a name."""
    return _by_name(number, "", "", mapping)


def _by_name(number: int, name: str, role: str, mapping: ColumnMapping) -> Column:
    answers = dict(mapping.values.get(number, {}))
    said = mapping.roles.get(number)
    if said is not None:
        how = (
            StatusReading(said, text=said in LEFT, closed=said == AGREED)
            if said in TELLING
            else None
        )
        return Column(number, name, said, said=True, reading=how, answers=answers)
    if role in TELLING:
        return Column(number, name, role, reading=StatusReading(role), answers=answers)
    # Somebody for whom no time stands in “subscribed at” may never have agreed.
    may_tell = not role or (role == known.SINCE and known.plain(name) in known.COMMON)
    reading = consent.named(name).reading if may_tell else None
    return Column(number, name, role or (reading.role if reading else ""), False, reading, answers)


def wanted(columns: Sequence[Column], *, ours: bool = False) -> Wanted:
    """Into which columns one has to look. `ours`: of our own export, which parts tags by commas."""
    tags = {one.number - 1 for one in columns if one.role == known.TAGS}
    exact = {one.number - 1 for one in columns if one.reading is not None}
    loose = {one.number - 1 for one in columns if _may_tell(one)} - exact
    emails = [one.number - 1 for one in columns if one.role == known.EMAIL]
    return Wanted(
        exact=frozenset(exact),
        loose=frozenset(loose),
        tags=frozenset(tags),
        width=len(columns),
        email=emails[0] if emails else 0,
        separators=SEPARATORS[:1] if ours else SEPARATORS,
    )


def _may_tell(column: Column) -> bool:
    """Whether what stands in the column may say who may be mailed, though its name does not."""
    return not column.said and not column.role and not consent.named(column.name).other_channel


def tells_of_each(column: Column) -> bool:
    """Whether the column says of every single row that its person left, or has a status."""
    if column.reading is not None and column.reading.role == STATUS:
        return any(value.key not in (EMPTY, DATE) for value in column.values)
    meanings = [value.meaning for value in column.values]
    return column.reading is not None and bool(meanings) and all(one in LEFT for one in meanings)


def by_values(columns: Sequence[Column], values: dict[int, Values]) -> list[Column]:
    """The columns with what stands in them, by index, and with what follows from that."""
    found = [_by_values(one, values.get(one.number - 1)) for one in columns]
    if not any(map(_says_of_everybody, found)):
        return found
    # Where a column says of each person whether she agreed, a time beside it may be missing.
    return [_beside_a_status(one, values.get(one.number - 1)) for one in found]


def _says_of_everybody(column: Column) -> bool:
    """Whether the column says in words of each person whether she is on the list."""
    role = column.reading.role if column.reading and column.reading.sure else ""
    said = {value.key for value in column.values}
    return role in (STATUS, AGREED) and bool(said) and not said & {EMPTY, DATE, OTHERS}


def _by_values(column: Column, values: Values | None) -> Column:
    if values is None:
        return column
    if column.role == known.TAGS:
        found = replace(column, separator=values.separator)
        return _with(found, values, only=values.speaking)
    if column.reading is not None:
        return _with(column, values)
    named = consent.named(column.name)
    reading = None if named.elsewhere else _maybe(named.maybe, values)
    if reading is not None:
        return _with(replace(column, role=reading.role, reading=reading), values)
    if not named.elsewhere and _looks_like_a_status(values):
        return _with(column, values)
    words = {said for said in values.counts if statuses.means_everywhere(said)}
    return _with(column, values, only=words | set(values.speaking))


def _maybe(reading: StatusReading | None, values: Values) -> StatusReading | None:
    """The reading, if what stands in the column is what one would expect then."""
    said = values.counts
    if reading is None or not said or values.more:
        return None
    if any(one in WORDS and one not in statuses.PAYING for one in said):
        return StatusReading(STATUS)
    if reading.role == AGREED and all(_answers(values, one) for one in said):
        return reading
    letters = reading.role == STATUS and all(len(one) == 1 and one.isalpha() for one in said)
    return reading if letters else None


def _looks_like_a_status(values: Values) -> bool:
    """Whether nothing but yes and no stands there, or words for a status, of which one is a no."""
    said = values.counts
    if not said or values.more:
        return False
    words = [one for one in said if not _answers(values, one)]
    if any(one not in WORDS for one in words):
        return False
    return len(words) < len(said) or any(WORDS[one] != ACTIVE for one in words)


def _answers(values: Values, said: str) -> bool:
    """Whether a value is a yes or a no."""
    return statuses.says(values.shown[said]) is not None


def _with(column: Column, values: Values, *, only: Iterable[str] | None = None) -> Column:
    """The column with its values, or with those only that may mean something."""
    counts = values.counts | values.speaking
    wanted = counts.keys() if only is None else counts.keys() & set(only)
    found = [_value(column, said, values.shown[said], counts[said]) for said in wanted]
    found.sort(key=lambda value: (-value.count, value.key))
    if only is None and values.dates:
        found.append(_value(column, DATE, "2020-02-02", values.dates))
    if only is None and values.empty:
        found.append(_value(column, EMPTY, "", values.empty))
    others = values.more if column.reading is not None else values.speaking_more
    if others:
        found.append(_value(column, OTHERS, "?", others))
    return replace(column, values=tuple(found))


def _value(column: Column, said: str, cell: str, count: int) -> Value:
    meaning = column.answers.get(said) or _understood(column.reading, said, cell)
    if meaning is None:
        meaning = column.answers.get(OTHERS)
    guess = ""
    if meaning is None and column.reading is not None:
        guess = _understood(replace(column.reading, sure=True), said, cell) or ""
    shown = "" if said in (EMPTY, DATE, OTHERS) else cell
    return Value(said, shown, count, meaning, "" if meaning else guess or _guess(said, cell))


def _guess(said: str, cell: str) -> str:
    left = statuses.UNSUBSCRIBED if statuses.speaks_of_leaving(cell) else ""
    return WORDS.get(said, left)


def _understood(reading: StatusReading | None, said: str, cell: str) -> str | None:
    if reading is None:
        return None
    if said == OTHERS:  # texts, such as reasons; what is no text was understood or is asked
        return reading.role if reading.text and reading.sure else None
    return statuses.understood(reading, cell)


def _beside_a_status(column: Column, values: Values | None) -> Column:
    reading = column.reading
    if not (reading and reading.role == AGREED and values and not values.counts):
        return column
    silent = replace(column, answers={EMPTY: NOTHING, **column.answers})
    return _with(silent, values)
