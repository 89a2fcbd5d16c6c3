"""What an owner types about other programs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from posts.delivery.webhooks.sending import may_be_called
from posts.desk.programs.events import TOLD
from posts.desk.programs.scopes import SCOPES

__all__ = ["EndpointForm", "TokenForm"]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Which program it is for"),
        max_length=80,
        help_text=_("Only for you, so that you know later which one to revoke."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=lambda: list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what it is for: it can do nothing else.")},
    )


class EndpointForm(forms.Form):
    url = forms.CharField(
        label=_("Its address"),
        max_length=500,
        help_text=_("As the other program gives it to you. It begins with https://."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}
        ),
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=lambda: list(TOLD.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what it is to be told.")},
    )
    with_address = forms.BooleanField(
        label=_("Tell it the email addresses of readers, too"),
        required=False,
        help_text=_(
            "Only where it cannot do without. Otherwise it learns a number for each reader, and "
            "your readers’ addresses stay here."
        ),
    )

    def clean_url(self) -> Any:
        url = self.cleaned_data["url"].strip()
        if not may_be_called(url):
            raise ValidationError(
                _("This is no address that can be told anything. It looks like https://…")
            )
        return url
