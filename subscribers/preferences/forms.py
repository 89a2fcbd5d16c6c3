"""The one form on a reader's own page, and the one that asks for the link to it."""

import json
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.addresses import Address, AddressRefused, normalise
from subscribers.models import Newsletter, Subscriber, Subscription
from subscribers.preferences.actions import FIELDS, UNTIL_SHE_SAYS, Wishes
from subscribers.preferences.queries import is_resting

_EMAIL = forms.EmailInput(
    attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
)


def _address(typed: str) -> Address:
    try:
        return normalise(typed)
    except AddressRefused as refusal:
        raise forms.ValidationError(refusal.message) from refusal


class LinkForm(forms.Form):
    """Which mailbox shall get the link."""

    email = forms.CharField(
        label=_("Your email address"),
        error_messages={"required": _("Enter your email address, like name@example.org.")},
        widget=_EMAIL,
    )

    def clean_email(self) -> Address:
        return _address(self.cleaned_data["email"])


class PreferencesForm(forms.Form):
    """What reaches her, how much of it, and when."""

    newsletters = forms.MultipleChoiceField(
        label=_("What you get"), required=False, widget=forms.CheckboxSelectMultiple
    )
    pace = forms.ChoiceField(
        label=_("How often"), choices=Subscriber.Pace.choices, widget=forms.RadioSelect
    )
    edition = forms.ChoiceField(
        label=_("How much of it"), choices=Subscriber.Edition.choices, widget=forms.RadioSelect
    )
    rest = forms.ChoiceField(
        label=_("Rest from mails"),
        choices=[
            ("no", _("No rest: send mails as they come")),
            ("until", _("Rest until a day")),
            ("open", _("Rest until I’m back")),
        ],
        widget=forms.RadioSelect,
    )
    rest_until = forms.DateField(
        label=_("Mails go on from"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Enter the day like 2030-12-31: year, month, day.")},
    )
    plain = forms.BooleanField(label=_("Plain text only"), required=False)
    large_text = forms.BooleanField(label=_("Larger text"), required=False)
    discreet = forms.BooleanField(label=_("A discreet envelope"), required=False)
    locale = forms.ChoiceField(label=_("Language of this page and of mails about it"))
    new_email = forms.CharField(label=_("New email address"), required=False, widget=_EMAIL)

    # What the page showed, beside what she made of it: it may be old when it comes back.
    shown = forms.CharField(required=False, max_length=10_000, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, person: Subscriber) -> None:
        now = _as_it_is(person)
        shown = json.dumps(now, default=str)
        super().__init__(data, initial={**now, "shown": shown})
        self._was = _read(data.get("shown", "")) if data is not None else {}
        self.newsletter_rows = list(Newsletter.objects.order_by("pk"))
        self._choose("newsletters", [(row.slug, row.name) for row in self.newsletter_rows])
        languages = [(code, name) for code, name in settings.LANGUAGES]
        if person.locale not in dict(languages):
            languages.append((person.locale, person.locale))  # from an import: it may stay
        self._choose("locale", languages)
        for name in self.errors if self.is_bound else ():
            self.fields[name].widget.attrs["aria-invalid"] = "true"
            self.fields[name].widget.attrs["aria-describedby"] = f"id_{name}_error"

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices

    def clean_new_email(self) -> Address | None:
        typed = self.cleaned_data["new_email"]
        return _address(typed) if typed else None

    def clean(self) -> None:
        until: date | None = self.cleaned_data.get("rest_until")
        if "rest_until" in self.errors:
            return
        if until is not None and not self._as_shown("rest_until"):
            # Who gives a day wants to rest until then, and overlooked the question above it.
            self.cleaned_data["rest"] = "until"
        if self.cleaned_data.get("rest") != "until":
            return
        if until is None:
            self.add_error("rest_until", _("Choose the day on which mails go on."))
        elif until <= timezone.localdate():
            self.add_error("rest_until", _("Choose a day after today."))

    def _as_shown(self, name: str) -> bool:
        """Whether she left this as the page showed it; as it is now, where it did not say."""
        was = self._was.get(name, self.initial[name])
        return str(was or "") == str(self.cleaned_data[name] or "")

    @property
    def wishes(self) -> Wishes:
        wanted = self.cleaned_data
        ticked, every = set(wanted["newsletters"]), {row.slug for row in self.newsletter_rows}
        # A page that does not say what it showed starts nothing: that would be a guess.
        was = self._was.get("newsletters", every)
        was = every.intersection(was if isinstance(was, list | set) else every)
        text = Subscriber.Format.TEXT if wanted["plain"] else Subscriber.Format.HTML
        values = {**wanted, "format": text}
        until = {"no": None, "open": UNTIL_SHE_SAYS}.get(wanted["rest"], wanted["rest_until"])
        return Wishes(
            starts=frozenset(ticked - was),
            ends=frozenset(was - ticked),
            fields={
                name: values[name]
                for name in FIELDS
                if not self._as_shown("plain" if name == "format" else name)
            },
            rests=not (self._as_shown("rest") and self._as_shown("rest_until")),
            rest_until=until,
        )


def _read(shown: str) -> dict[str, Any]:
    """What the page says that it showed; empty where it says nothing that can be read."""
    try:
        was = json.loads(shown[:10_000])
    except (ValueError, RecursionError):  # of a page that somebody else made
        return {}
    return was if isinstance(was, dict) else {}


def _as_it_is(person: Subscriber) -> dict[str, object]:
    active = person.subscriptions.filter(status=Subscription.Status.ACTIVE)
    rests = is_resting(person)
    is_open = person.resting_until == UNTIL_SHE_SAYS
    return {
        "newsletters": list(active.values_list("newsletter__slug", flat=True)),
        "pace": person.pace,
        "edition": person.edition,
        "rest": ("open" if is_open else "until") if rests else "no",
        "rest_until": person.resting_until if rests and not is_open else None,
        "plain": person.format == Subscriber.Format.TEXT,
        "large_text": person.large_text,
        "discreet": person.discreet,
        "locale": person.locale,
    }
