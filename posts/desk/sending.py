"""The form about sending, and the coming days of a warm-up."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from posts.delivery.rate import limits
from posts.delivery.rate.models import SendingSettings

DAYS_SHOWN = 7
MOST = 1_000_000_000
LONGEST_UNDO = 3600
LONGEST_KEPT = 3650  # days
FASTEST_GROWTH = 10
THE_ROW = 1


class PlainFloatField(forms.FloatField):
    """Shows 5 as 5, not as 5.0."""

    def prepare_value(self, value: Any) -> Any:
        whole = isinstance(value, float) and value.is_integer()
        return int(value) if whole else value


def _whole(label: Any, help_text: Any = "", **bounds: int) -> Any:
    """A whole number. A text field: a wheel turned over a number field changes it."""
    return _number(
        forms.IntegerField,
        label,
        help_text,
        "numeric",
        gettext_lazy("Write a whole number in digits only, such as 500."),
        **{"min_value": 1, "max_value": MOST, **bounds},
    )


def _fraction(label: Any, help_text: Any, **bounds: float) -> Any:
    invalid = gettext_lazy("Write a number with a point, such as 1.5.")
    return _number(PlainFloatField, label, help_text, "decimal", invalid, **bounds)


def _number(kind: Any, label: Any, help_text: Any, keys: str, invalid: Any, **bounds: float) -> Any:
    return kind(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": keys, "autocomplete": "off"}),
        error_messages={
            "invalid": invalid,
            "min_value": gettext_lazy("Write a number from %(limit_value)s up, or leave it empty."),
            "max_value": gettext_lazy("Write a number up to %(limit_value)s, or leave it empty."),
        },
        **bounds,
    )


class SendingForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the writer decides about sending. An empty limit is none."""

    undo_seconds = _whole(
        gettext_lazy("Seconds to change your mind"),
        gettext_lazy(
            "After “Publish and email” nothing leaves for so long, and you can take it back. "
            "0: it begins at once."
        ),
        min_value=0,
        max_value=LONGEST_UNDO,
    )
    per_second = _fraction(
        gettext_lazy("In a second"),
        gettext_lazy("0.5 is one every two seconds."),
        min_value=0.01,
        max_value=MOST,
    )
    per_hour = _whole(gettext_lazy("In an hour"))
    per_day = _whole(gettext_lazy("In a day"), gettext_lazy("From midnight to midnight."))
    per_domain_per_minute = _whole(
        gettext_lazy("In a minute to the addresses of one provider"),
        gettext_lazy("Such as all that end in @gmail.com. Others go on meanwhile."),
    )
    warm_up_since = forms.DateField(
        label=gettext_lazy("First day of the warm-up"),
        help_text=gettext_lazy("Empty: no warm-up."),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "invalid": gettext_lazy("Write a date as year-month-day, such as 2027-03-01.")
        },
    )
    warm_up_first_day = _whole(gettext_lazy("Mails on that day"))
    warm_up_growth = _fraction(
        gettext_lazy("Times more on each day after it"),
        gettext_lazy("2 is twice as many each day."),
        min_value=1.01,
        max_value=FASTEST_GROWTH,
    )

    keep_days = _whole(
        gettext_lazy("Days for which it is known who got a mailing"),
        gettext_lazy(
            "Counted from when it is finished. Then only its numbers stay: who got it, who could "
            "not be reached, and the mail servers’ words are deleted, and cannot be brought back."
        ),
        min_value=7,
        max_value=LONGEST_KEPT,
    )

    class Meta:
        model = SendingSettings
        fields = [
            "keep_days",
            "undo_seconds",
            "per_second",
            "per_hour",
            "per_day",
            "per_domain_per_minute",
            "warm_up_since",
            "warm_up_first_day",
            "warm_up_growth",
        ]

    def __init__(self, *args: Any, by_domain: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_domain:
            del self.fields["per_domain_per_minute"]  # and what was set stays

    def clean_undo_seconds(self) -> Any:
        return self._number_or_what_it_was("undo_seconds")

    def clean_keep_days(self) -> Any:
        return self._number_or_what_it_was("keep_days")

    def clean_warm_up_first_day(self) -> Any:
        return self._number_or_what_it_was("warm_up_first_day")

    def clean_warm_up_growth(self) -> Any:
        return self._number_or_what_it_was("warm_up_growth")

    def _number_or_what_it_was(self, name: str) -> Any:
        """These are needed; left empty they stay as they were."""
        typed = self.cleaned_data[name]
        return getattr(self.instance, name) if typed is None else typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, most = cleaned.get("warm_up_first_day"), cleaned.get("per_day")
        if cleaned.get("warm_up_since") and first and most and first > most:
            self.add_error(
                "warm_up_first_day",
                _(
                    "That is more than your limit of %(number)s in a day. Write a smaller number, "
                    "or raise the limit."
                )
                % {"number": intcomma(most)},
            )
        return cleaned


def save(form: SendingForm, *, user: User) -> None:
    """The one row, and who changed it."""
    row = form.instance
    row.pk = row.pk or THE_ROW
    with transaction.atomic():
        row.save()
        log(instance=row, action="wagtail.edit", user=user)


@dataclass(frozen=True, slots=True)
class Day:
    """One line of the table: how many may leave on that day; None: no limit any more."""

    date: date
    number: int | None
    is_today: bool


def coming_days(settings: SendingSettings, today: date) -> list[Day]:
    """The warm-up from today on, or from its first day; empty when it is over, or none is set."""
    if settings.warm_up_since is None:
        return []
    first = max(today, settings.warm_up_since)
    if limits.warm_up(settings, first) is None:
        return []
    days = [first + timedelta(days=number) for number in range(DAYS_SHOWN)]
    return [Day(day, limits.per_day(settings, day), day == today) for day in days]
