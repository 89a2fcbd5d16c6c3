"""The sign-up form: one question, or two where there is more than one newsletter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from subscribers import pasting
from subscribers.addresses import Address, AddressRefused
from subscribers.limits.queries import is_blocked
from subscribers.models import Newsletter


class SignUpForm(forms.Form):
    """An address and the newsletters."""

    email = forms.CharField(
        label=_("Your email address"),
        error_messages={"required": _("Enter your email address, like name@example.org.")},
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
        ),
    )
    # Chosen among rows in memory: what was typed never becomes part of a query.
    newsletter = forms.MultipleChoiceField(
        label=_("What would you like to get?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one newsletter."),
            "invalid_choice": _("One of these newsletters does not exist any more. Choose again."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.newsletters = {row.slug: row for row in Newsletter.objects.all()}
        field = self.fields["newsletter"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(row.slug, row.name) for row in self.newsletters.values()]
        # With a single newsletter there is nothing to choose, and so nothing to ask.
        field.required = len(self.newsletters) > 1

    def clean_email(self) -> Address:
        try:
            address = pasting.read(self.cleaned_data["email"]).address
        except AddressRefused as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        # Said openly: it is about a domain and tells nothing of any person, while an honest
        # reader who waits for a mail in vain would never learn why.
        if is_blocked(address.normalised):
            raise forms.ValidationError(
                _(
                    "We can’t write to addresses of this provider, because too much abuse came "
                    "from there. Please use another address."
                )
            )
        return address

    def clean_newsletter(self) -> list[Newsletter]:
        chosen = self.cleaned_data["newsletter"] or self.newsletters
        return [self.newsletters[slug] for slug in dict.fromkeys(chosen)]
