"""Sentences that are made now and read later, by somebody else, in her language.

A worker that stops a mailing does not know who will look. What it says is kept as the sentence in
the source with the values in it, and is put into words when it is read. In memory it is a
`Sentence`: to programs (`==`, `in`, JSON, a plain column) it is the English sentence, and `str`,
an f-string or a template says it in the language that is active. So nothing freezes a worker's
language, and what a program reads stays English. Words of others, such as a mail server's, are
values and stay theirs.

`SentenceField` keeps one in a text column: the English sentence, a mark, the rest as JSON. What was
kept before there was a mark, or by others, is read as it is. `kept` and `heard` do the same where
there is no column, in JSON or in a file. `tests.translations` takes up what `sentence` and
`sentence_of` are given, like any string for gettext.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise

MARK = "\x1e"  # ASCII's "record separator": nobody writes one into a sentence

Value = str | int | float | datetime
# What reading or filling in raises where the JSON behind a mark was not written by us.
_NOT_OURS = (ValueError, TypeError, KeyError, AttributeError, RecursionError, MemoryError)


class Sentence(str):
    """See above. Make one by `sentence`, `sentence_of`, or one of those below."""

    msgid: str
    plural: str
    number: int
    values: dict[str, Value]

    @classmethod
    def made(cls, msgid: str, plural: str, number: int, values: dict[str, Value]) -> Self:
        # Without a catalogue: some are made while the modules are read.
        source = plural if plural and number != 1 else msgid
        self = cls(source % {name: _in_english(value) for name, value in values.items()})
        self.msgid, self.plural, self.number, self.values = msgid, plural, number, values
        return self

    def __str__(self) -> str:
        return _filled(self.msgid, self.plural, self.number, self.values)


def sentence(text: str, /, **values: object) -> Sentence:
    """`text` has its values as `%(name)s`, and a per cent sign is written `%%`. Numbers are
    given as numbers where they count something, and get their separators when it is read; moments
    as moments. What is no amount (a port, a code) is given as text. An error is what it says; of
    anything else, its `str` is taken."""
    return Sentence.made(text, "", 0, _values(values))


def sentence_of(number: int, singular: str, plural: str, /, **values: object) -> Sentence:
    """The same where a number decides; it may stand in the sentence as `%(number)s`."""
    return Sentence.made(singular, plural, number, _values({"number": number, **values}))


def from_label(label: str | Promise) -> Sentence:
    """What a choice is called, which was marked where the choice was made."""
    with translation.override(None):
        return sentence(str(label).replace("%", "%%"))


def quoted(words: str) -> Sentence:
    """Words of others, in the marks that a language has for them."""
    return sentence("“%(words)s”", words=words)


def in_a_row(*sentences: str) -> str:
    """One after the other; empty ones are none."""
    some = [one for one in sentences if one]
    if len(some) < 2:
        return some[0] if some else ""
    names = [f"s{place}" for place in range(len(some))]
    return sentence(
        " ".join(f"%({name})s" for name in names), **dict(zip(names, some, strict=True))
    )


def listed(parts: Sequence[str], between: str = ", ") -> str:
    """The same with something else between them."""
    if not any(isinstance(part, Sentence) for part in parts):
        return between.join(parts)
    names = [f"s{place}" for place in range(len(parts))]
    whole = between.replace("%", "%%").join(f"%({name})s" for name in names)
    return sentence(whole, **dict(zip(names, parts, strict=True)))


def of(error: Exception) -> str:
    """What an error says, not yet put into anybody's language."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Sentence) else str(error)


def changed(text: str, change: Callable[[str], str]) -> str:
    """The text with each word in it that is not ours changed, or all of it where none is ours."""
    if not isinstance(text, Sentence):
        return change(text)
    values = {
        name: changed(value, change) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return Sentence.made(text.msgid, text.plural, text.number, values)


def kept(text: str) -> str:
    """As it is kept; `heard` gives it back."""
    if not isinstance(text, Sentence):
        return text.replace(MARK, " ")
    english = str.__str__(text).replace(MARK, " ")
    return f"{english}{MARK}{json.dumps(_packed(text), ensure_ascii=False)}"


def heard(text: str) -> str:
    """A `Sentence` where one was kept; anything else is what it is."""
    english, mark, rest = text.partition(MARK)
    if not mark:
        return text
    try:
        found = _unpacked(json.loads(rest))
    except _NOT_OURS:
        return english
    return found if isinstance(found, Sentence) else english


class SentenceField(models.TextField):  # type: ignore[type-arg]
    """A text that may be one of ours. The column is that of a text."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", list(args), dict(kwargs)

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return None if value is None else heard(value)

    def get_prep_value(self, value: Any) -> Any:
        return kept(value) if isinstance(value, str) else super().get_prep_value(value)


def in_words(at: datetime) -> str:
    """For a person, by the clock in force: `1 Dec 2026, 09:00 (Europe/Brussels)`"""
    zone = timezone.get_current_timezone_name()
    return f"{date_format(timezone.localtime(at), 'SHORT_DATETIME_FORMAT')} ({zone})"


def _filled(msgid: str, plural: str, number: int, values: dict[str, Value]) -> str:
    found = translation.ngettext(msgid, plural, number) if plural else translation.gettext(msgid)
    return str(found) % {name: _written(value) for name, value in values.items()}


def _values(given: Mapping[str, object]) -> dict[str, Value]:
    return {name: _value(one) for name, one in given.items()}


def _value(given: object) -> Value:
    if isinstance(given, str | int | float | datetime):
        return given
    return of(given) if isinstance(given, Exception) else str(given)


def _in_english(value: Value) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    with translation.override("en"):
        return _written(value)


def _written(value: Value) -> str:
    if isinstance(value, datetime):
        return in_words(value)
    if isinstance(value, int | float):
        return str(number_format(value, use_l10n=True, force_grouping=True))
    return str(value)


def _packed(value: Value) -> Any:
    if isinstance(value, Sentence):
        values = {name: _packed(one) for name, one in value.values.items()}
        more = {"plural": value.plural, "number": value.number} if value.plural else {}
        return {"say": value.msgid, **more, "with": values}
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _unpacked(value: Any) -> Any:
    """Raises ValueError, TypeError or KeyError where it is nothing that was packed here."""
    if not isinstance(value, dict):
        return value
    if "at" in value:
        return datetime.fromisoformat(value["at"])
    values = {name: _unpacked(one) for name, one in value["with"].items()}
    plural, number = value.get("plural", ""), value.get("number", 0)
    return Sentence.made(value["say"], plural, number, values)
