"""What a segment's rule may say, and the SQL that it means.

A rule is JSON: `{"all": [condition, …]}` or `{"any": [condition, …]}`; a condition is
`{"what": kind, "is": true or false, "value": …}`. The newsletter is not in it: a segment has one.
Other rooms register the kinds that only they can answer, such as who received a mailing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscribers.languages import inside
from subscribers.models import Subscriber
from subscribers.refusals import Refused
from subscribers.segments.models import Tag, Tagging

Rule = dict[str, list[dict[str, Any]]]
JOINS = ("all", "any")
MOST_CONDITIONS = 20
LONGEST_AGO = 36_500  # days


class RuleRefused(Refused):
    """A rule that says nothing we understand; `message` says what to write instead."""


@dataclass(frozen=True)
class ConditionKind:
    """One kind of condition. `clean` raises RuleRefused; `query` is about a Subscription."""

    name: str
    label: Any
    clean: Callable[[Any], Any]
    query: Callable[[Any], Q]
    words: Callable[[Any, bool], str]


_kinds: dict[str, ConditionKind] = {}


def register(kind: ConditionKind) -> None:
    """Add a kind of condition."""
    _kinds[kind.name] = kind


def kinds() -> list[ConditionKind]:
    return list(_kinds.values())


def clean(rule: Any) -> Rule:
    """The rule as it is kept. Raises RuleRefused with a sentence that says what to do."""
    if not isinstance(rule, dict) or len(rule) != 1 or not set(rule) <= set(JOINS):
        raise RuleRefused(
            _("A rule joins its conditions with “all” or with “any”, and says nothing else.")
        )
    ((join, conditions),) = rule.items()
    if not isinstance(conditions, list) or not conditions:
        raise RuleRefused(_("A segment needs at least one condition. Add one, then save it."))
    if len(conditions) > MOST_CONDITIONS:
        raise RuleRefused(
            _("A segment has at most %d conditions. Make two segments, or use a tag.")
            % MOST_CONDITIONS
        )
    return {join: [_clean_one(condition) for condition in conditions]}


def _clean_one(condition: Any) -> dict[str, Any]:
    if not isinstance(condition, dict) or not set(condition) <= {"what", "is", "value"}:
        raise RuleRefused(_("A condition says “what”, “is” and “value”, and nothing else."))
    kind = _kinds.get(condition["what"]) if isinstance(condition.get("what"), str) else None
    if kind is None:
        raise RuleRefused(
            _("“%(what)s” is no kind of condition. Choose one of: %(known)s.")
            % {"what": str(condition.get("what", ""))[:60], "known": ", ".join(_kinds)}
        )
    holds = condition.get("is", True)
    if not isinstance(holds, bool):
        raise RuleRefused(_("Whether a condition holds is true or false."))
    return {"what": kind.name, "is": holds, "value": kind.clean(condition.get("value"))}


def query(rule: Rule) -> Q:
    """What it means, as a filter of subscriptions. The rule is one that `clean` gave."""
    ((join, conditions),) = rule.items()
    meant = Q()
    for condition in conditions:
        one = _kinds[condition["what"]].query(condition["value"])
        one = one if condition["is"] else ~one
        meant = meant & one if join == "all" else meant | one
    return meant


def frozen(rule: Rule) -> Rule:
    """The rule as it reads at this moment: “the last 30 days” becomes a date."""
    ((join, conditions),) = clean(rule).items()
    return {join: [_frozen_one(condition) for condition in conditions]}


def _frozen_one(condition: dict[str, Any]) -> dict[str, Any]:
    if condition["what"] != "last_days":
        return condition
    return {**condition, "what": "since", "value": _days_ago(condition["value"]).isoformat()}


def in_words(rule: Rule) -> str:
    """The rule as a sentence for people."""
    ((join, conditions),) = rule.items()
    glue = _("and") if join == "all" else _("or")
    return f" {glue} ".join(_words_of(condition) for condition in conditions)


def _words_of(condition: dict[str, Any]) -> str:
    kind = _kinds.get(condition["what"])
    if kind is None:
        return str(condition["what"])
    return kind.words(condition["value"], condition["is"])


def tags_in(rule: Rule) -> set[int]:
    """The tags on which it depends."""
    return {c["value"] for part in rule.values() for c in part if c["what"] == "tag"}


# --- The kinds that this app answers itself ---------------------------------------------------


def whole_number(value: Any, *, problem: str) -> int:
    """A number from JSON or from a form; anything else is refused with the given sentence."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise RuleRefused(problem)
    try:
        number = int(value)
    except ValueError as error:
        raise RuleRefused(problem) from error
    if not 0 < number < 2**31:
        raise RuleRefused(problem)
    return number


def _clean_tag(value: Any) -> int:
    problem = _("That tag does not exist, or not any more. Choose one from the list.")
    number = whole_number(value, problem=problem)
    if not Tag.objects.filter(pk=number).exists():
        raise RuleRefused(problem)
    return number


def _tagged(value: Any) -> Q:
    return Q(Exists(Tagging.objects.filter(tag_id=value, subscriber_id=OuterRef("subscriber_id"))))


def _tag_words(value: Any, holds: bool) -> str:
    name = Tag.objects.filter(pk=value).values_list("name", flat=True).first() or _("(gone)")
    return str((_("is tagged “%s”") if holds else _("is not tagged “%s”")) % name)


def _clean_day(value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise RuleRefused(_("Write the day like 2026-03-01.")) from error


def start_of_day(day: str) -> datetime:
    """When a day, written as in ISO 8601, begins where the site is."""
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), time.min))


def _day_words(value: Any) -> str:
    return date_format(date.fromisoformat(value), "DATE_FORMAT")


def _since_words(value: Any, holds: bool) -> str:
    words = _("subscribed on %s or later") if holds else _("subscribed before %s")
    return str(words % _day_words(value))


def _clean_days(value: Any) -> int:
    problem = _("Write a number of days from 1 to %d.") % LONGEST_AGO
    number = whole_number(value, problem=problem)
    if number > LONGEST_AGO:
        raise RuleRefused(problem)
    return number


def _days_ago(number: int) -> date:
    return timezone.localdate() - timedelta(days=number)


def _days_words(value: Any, holds: bool) -> str:
    words = _("subscribed in the last %d days") if holds else _("subscribed over %d days ago")
    return str(words % value)


def _choice(name: str, label: Any, field: str, choices: dict[str, Any]) -> ConditionKind:
    """A condition on one of the things that a reader chose from a list."""

    def clean_choice(value: Any) -> str:
        if value not in choices:
            raise RuleRefused(
                _("“%(value)s” cannot be chosen here. Choose one of: %(known)s.")
                % {"value": str(value)[:60], "known": ", ".join(choices)}
            )
        return str(value)

    def words(value: Any, holds: bool) -> str:
        said = _("%(what)s is “%(value)s”") if holds else _("%(what)s is not “%(value)s”")
        return str(said % {"what": inside(label), "value": inside(choices.get(value, value))})

    return ConditionKind(
        name, label, clean_choice, lambda value: Q(**{f"subscriber__{field}": value}), words
    )


def _clean_language(value: Any) -> str:
    code = str(value or "").strip().lower()
    if not 2 <= len(code) <= 12 or not code.replace("-", "").isalnum() or not code.isascii():
        raise RuleRefused(_("Write a language by its code, like en or de."))
    return code


def _language_words(value: Any, holds: bool) -> str:
    return str((_("language is %s") if holds else _("language is not %s")) % value)


register(ConditionKind("tag", gettext_lazy("Tag"), _clean_tag, _tagged, _tag_words))
register(
    ConditionKind(
        "since",
        gettext_lazy("Subscribed since"),
        _clean_day,
        lambda day: Q(created_at__gte=start_of_day(day)),
        _since_words,
    )
)
register(
    ConditionKind(
        "before",
        gettext_lazy("Subscribed before"),
        _clean_day,
        lambda day: Q(created_at__lt=start_of_day(day)),
        lambda day, holds: _since_words(day, not holds),
    )
)
register(
    ConditionKind(
        "last_days",
        gettext_lazy("Subscribed in the last days"),
        _clean_days,
        lambda number: Q(created_at__gte=start_of_day(_days_ago(number).isoformat())),
        _days_words,
    )
)
register(_choice("edition", gettext_lazy("Edition"), "edition", dict(Subscriber.Edition.choices)))
register(_choice("pace", gettext_lazy("Pace"), "pace", dict(Subscriber.Pace.choices)))
register(_choice("format", gettext_lazy("Format"), "format", dict(Subscriber.Format.choices)))
register(
    ConditionKind(
        "language",
        gettext_lazy("Language"),
        _clean_language,
        lambda code: Q(subscriber__locale=code),
        _language_words,
    )
)
