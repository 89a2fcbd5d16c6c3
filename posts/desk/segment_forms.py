"""A segment's form: its name, its newsletter, and conditions that are all chosen, none typed."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posts.delivery.models import Mailing
from posts.desk.queries import all_mailings
from subscribers.languages import inside, name_of
from subscribers.models import Newsletter, Subscriber
from subscribers.segments import rules
from subscribers.segments.models import Segment, Tag

MOST_LETTERS = 100
# Which field has the value of a condition, by the kinds of `rules`.
FIELDS = {
    "tag": "tag",
    "since": "day",
    "before": "day",
    "last_days": "days",
    "edition": "edition",
    "pace": "pace",
    "format": "format",
    "language": "language",
    "received": "letter",
}


class ConditionForm(forms.Form):
    """One line of a segment's rule. Of its values the one that fits what is chosen counts, and is
    shown."""

    what = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    holds = forms.ChoiceField(
        label=gettext_lazy("Is it so"),
        required=False,
        choices=[("yes", gettext_lazy("is so")), ("no", gettext_lazy("is not so"))],
    )
    tag = forms.ChoiceField(label=gettext_lazy("Which tag"), required=False)
    day = forms.DateField(
        label=gettext_lazy("Which day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    days = forms.IntegerField(
        label=gettext_lazy("How many days"),
        required=False,
        min_value=1,
        max_value=rules.LONGEST_AGO,
    )
    edition = forms.ChoiceField(
        label=gettext_lazy("Which edition"), required=False, choices=Subscriber.Edition.choices
    )
    pace = forms.ChoiceField(
        label=gettext_lazy("How often"), required=False, choices=Subscriber.Pace.choices
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Which format"), required=False, choices=Subscriber.Format.choices
    )
    language = forms.ChoiceField(label=gettext_lazy("Which language"), required=False)
    letter = forms.ChoiceField(label=gettext_lazy("Which letter"), required=False)

    def __init__(
        self,
        *args: Any,
        tags: list[tuple[int, str]],
        letters: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.name, kind.label) for kind in rules.kinds()]
        languages = [(code, name_of(code)) for code, _name in settings.POST_LANGUAGES]
        choices: dict[str, list[Any]] = {
            "what": [("", "—"), *kinds],
            "tag": tags,
            "letter": letters,
            "language": languages,
        }
        for name, offered in choices.items():
            self.fields[name].choices = self._with_known(name, offered)  # type: ignore[attr-defined]

    def _with_known(self, name: str, offered: list[Any]) -> list[Any]:
        """What a rule has said so far can be chosen again, though it is no longer offered."""
        known = self.initial.get(name)
        if known in (None, "") or any(str(value) == str(known) for value, _label in offered):
            return offered
        return [*offered, (known, known)]

    def fields_by_kind(self) -> list[tuple[str, Any]]:
        """The values, each with the kinds that it is for: a stylesheet shows the one that fits."""
        return [
            (" ".join(kind for kind, name in FIELDS.items() if name == field), self[field])
            for field in dict.fromkeys(FIELDS.values())
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        what = found.get("what")
        if what and FIELDS[what] not in self.errors and not found.get(FIELDS[what]):
            raise ValidationError(
                _("Choose: %s.") % inside(self.fields[FIELDS[what]].label), code="nothing"
            )
        return found

    def condition(self) -> dict[str, Any] | None:
        """None for a line that was left empty."""
        found = self.cleaned_data
        if not (what := found.get("what")):
            return None
        value = found[FIELDS[what]]
        if what in ("since", "before"):
            value = value.isoformat()
        return {"what": what, "is": found["holds"] != "no", "value": value}


class SegmentForm(forms.Form):
    """A segment: its name, its newsletter, and how its conditions are joined."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    newsletter = forms.ModelChoiceField(
        label=gettext_lazy("Newsletter"), queryset=Newsletter.objects.all(), empty_label=None
    )
    join = forms.ChoiceField(
        label=gettext_lazy("Who is in it"),
        choices=[
            ("all", gettext_lazy("who meets all conditions")),
            ("any", gettext_lazy("who meets at least one")),
        ],
    )


ConditionFormSet = forms.formset_factory(ConditionForm, extra=3, max_num=rules.MOST_CONDITIONS)


def condition_lines(data: Any = None, *, segment: Segment | None = None) -> Any:
    """The lines, bound to what was sent or showing a segment's. What can be chosen is looked up
    once for all of them."""
    chosen = {"tags": list(Tag.objects.values_list("pk", "name")), "letters": _letters()}
    return ConditionFormSet(
        data,
        prefix="rule",
        initial=_lines_of(segment) if segment else None,
        form_kwargs=chosen,
    )


def _letters() -> list[tuple[int, str]]:
    """The latest that went out and of which it is known who got them, newest first."""
    went_out = all_mailings().filter(
        state__in=(Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.FINISHED),
        folded_at=None,
    )
    return [
        (mailing.pk, f"{mailing.title}, {date_format(mailing.began_at, 'SHORT_DATE_FORMAT')}")
        for mailing in went_out[:MOST_LETTERS]
    ]


def _lines_of(segment: Segment) -> list[dict[str, Any]]:
    ((_join, conditions),) = segment.rule.items()
    return [
        {
            "what": one["what"],
            "holds": "yes" if one["is"] else "no",
            FIELDS[one["what"]]: one["value"],
        }
        for one in conditions
    ]
