"""What a reader changes on her own page, one thing at a time, and the form that asks for its link.

Her page shows how each thing is now; "Change" opens the few fields of that one. So a form that
comes back late undoes nothing that it did not show.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscribers.addresses import Address, AddressRefused, normalise
from subscribers.languages import name_of
from subscribers.models import Newsletter, Subscriber, Subscription
from subscribers.preferences.actions import UNTIL_SHE_SAYS, Wishes

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
        label=gettext_lazy("Your email address"),
        error_messages={
            "required": gettext_lazy("Enter your email address, like name@example.org.")
        },
        widget=_EMAIL,
    )

    def clean_email(self) -> Address:
        return _address(self.cleaned_data["email"])


class RestForm(forms.Form):
    """For how long. A week, two and a month are one press; a day of hers wants a date."""

    DAYS: ClassVar = {"7": gettext_lazy("A week"), "14": gettext_lazy("Two weeks")} | {
        "30": gettext_lazy("A month")
    }

    rest = forms.ChoiceField(choices=[*DAYS.items(), ("until", ""), ("open", "")])
    rest_until = forms.DateField(
        label=gettext_lazy("Mails go on from"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "invalid": gettext_lazy("Enter the day like 2030-12-31: year, month, day.")
        },
    )

    def clean_rest_until(self) -> date | None:
        """The day on which mails go on, however the rest was asked for."""
        rest, day = self.cleaned_data.get("rest", ""), self.cleaned_data["rest_until"]
        today = timezone.localdate()
        if rest in self.DAYS:
            return today + timedelta(days=int(rest))
        if rest == "open":
            return UNTIL_SHE_SAYS
        if day is None:
            raise forms.ValidationError(_("Choose the day on which mails go on."))
        if day <= today:
            raise forms.ValidationError(_("Choose a day after today."))
        return day  # type: ignore[no-any-return]


class OwnPagePart(forms.Form):
    """One thing that she can change by itself. `name` is what the form says that it is about."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    hint: ClassVar[str | Promise] = ""

    def __init__(self, data: Any = None, *, person: Subscriber) -> None:
        self.person = person
        super().__init__(data, initial=self.as_it_is())
        self.offer()
        for field in self.errors if self.is_bound else ():
            self.fields[field].widget.attrs["aria-invalid"] = "true"
            self.fields[field].widget.attrs["aria-describedby"] = f"id_{field}_error"

    def as_it_is(self) -> dict[str, Any]:
        """What the fields show before she changes them."""
        return {self.name: getattr(self.person, self.name)}

    def offer(self) -> None:
        """Fill in choices that are known only now."""

    @property
    def now(self) -> str:
        """How it is, in a few words."""
        raise NotImplementedError

    @property
    def wishes(self) -> Wishes:
        return Wishes(fields=self.cleaned_data)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices


class NewslettersPart(OwnPagePart):
    """Which newsletters she gets."""

    name = "newsletters"
    label = gettext_lazy("What you get")

    newsletters = forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple
    )
    # What the page showed, beside what she made of it: she may have left by a mail meanwhile.
    shown = forms.CharField(required=False, max_length=10_000, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, person: Subscriber) -> None:
        self.rows = list(Newsletter.objects.order_by("pk"))
        active = person.subscriptions.filter(status=Subscription.Status.ACTIVE)
        self.active = set(active.values_list("newsletter__slug", flat=True))
        super().__init__(data, person=person)

    def offer(self) -> None:
        self._choose("newsletters", [(row.slug, row.name) for row in self.rows])

    def as_it_is(self) -> dict[str, Any]:
        return {"newsletters": list(self.active), "shown": " ".join(sorted(self.active))}

    @property
    def now(self) -> str:
        return ", ".join(row.name for row in self.rows if row.slug in self.active) or _("Nothing")

    @property
    def wishes(self) -> Wishes:
        ticked = set(self.cleaned_data["newsletters"])
        every = {row.slug for row in self.rows}
        # A page that does not say what it showed starts nothing: that would be a guess.
        says = "shown" in self.data
        was = every.intersection(self.cleaned_data["shown"].split()) if says else every
        return Wishes(starts=frozenset(ticked - was), ends=frozenset(was - ticked))


class PacePart(OwnPagePart):
    name = "pace"
    label = gettext_lazy("How often")

    pace = forms.ChoiceField(label=label, choices=Subscriber.Pace.choices, widget=forms.RadioSelect)

    @property
    def now(self) -> str:
        return str(Subscriber.Pace(self.person.pace).label)


class EditionPart(OwnPagePart):
    name = "edition"
    label = gettext_lazy("How much of it")

    edition = forms.ChoiceField(
        label=label, choices=Subscriber.Edition.choices, widget=forms.RadioSelect
    )

    @property
    def now(self) -> str:
        return str(Subscriber.Edition(self.person.edition).label)


class LookPart(OwnPagePart):
    """How mails look, to her and to whoever looks at her screen."""

    name = "look"
    label = gettext_lazy("How mails look")

    plain = forms.BooleanField(label=gettext_lazy("Plain text only"), required=False)
    large_text = forms.BooleanField(label=gettext_lazy("Larger text"), required=False)
    discreet = forms.BooleanField(
        label=gettext_lazy("A discreet envelope"),
        required=False,
        help_text=gettext_lazy(
            "The sender’s name and the subject give nothing away to whoever looks at your screen."
        ),
    )

    def as_it_is(self) -> dict[str, Any]:
        return {
            "plain": self.person.format == Subscriber.Format.TEXT,
            "large_text": self.person.large_text,
            "discreet": self.person.discreet,
        }

    @property
    def now(self) -> str:
        chosen = [str(self.fields[name].label) for name, on in self.initial.items() if on]
        return ", ".join(chosen) or _("As usual")

    @property
    def wishes(self) -> Wishes:
        wanted = dict(self.cleaned_data)
        text = Subscriber.Format.TEXT if wanted.pop("plain") else Subscriber.Format.HTML
        return Wishes(fields={**wanted, "format": text})


class LanguagePart(OwnPagePart):
    name = "locale"
    label = gettext_lazy("Language of this page and of mails about it")

    locale = forms.ChoiceField(label=label)

    def offer(self) -> None:
        languages = dict(settings.LANGUAGES)
        # One from an import may stay.
        languages.setdefault(self.person.locale, self.person.locale)
        self._choose("locale", list(languages.items()))

    @property
    def now(self) -> str:
        return name_of(self.person.locale)


class AddressPart(OwnPagePart):
    """Where mails go. It happens later, when both mailboxes have said yes: see `addresses`."""

    name = "address"
    label = gettext_lazy("Where mails go")
    hint = gettext_lazy(
        "We write to the old and the new mailbox, and it happens when both say yes."
    )

    new_email = forms.CharField(
        label=gettext_lazy("New email address"),
        error_messages={
            "required": gettext_lazy("Enter your email address, like name@example.org.")
        },
        widget=_EMAIL,
    )

    def as_it_is(self) -> dict[str, Any]:
        return {}

    @property
    def now(self) -> str:
        return self.person.email

    def clean_new_email(self) -> Address:
        return _address(self.cleaned_data["new_email"])


_PARTS: tuple[type[OwnPagePart], ...] = (
    *(EditionPart, PacePart, LookPart, NewslettersPart, AddressPart, LanguagePart),
)


def parts(person: Subscriber, *, tried: OwnPagePart | None = None) -> list[OwnPagePart]:
    """All of them as they are now, in the order of the page; `tried` in its place, with what is
    wrong with it."""
    name = tried.name if tried else ""
    return [tried if tried and part.name == name else part(person=person) for part in _PARTS]


def tried(posted: Mapping[str, Any], person: Subscriber) -> OwnPagePart | None:
    """The part that this form is about, filled in; None where it is about none of them."""
    found = (part for part in _PARTS if part.name == posted.get("part"))
    part = next(found, None)
    return None if part is None else part(posted, person=person)
