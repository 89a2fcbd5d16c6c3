"""The few choices there are about how a site looks, with what they come to."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from posts.content import colour
from posts.content.models import SiteSettings

OWN = "own"
# Each legible by day as it is; by night its lighter partner is shown.
COLOURS = (
    (colour.HOUSE_ACCENT, gettext_lazy("Pond")),
    ("#2B4C7E", gettext_lazy("Evening")),
    ("#6B3E75", gettext_lazy("Heather")),
    ("#8A3B2E", gettext_lazy("Brick")),
    ("#6A4F1B", gettext_lazy("Tea")),
    ("#3B5D2A", gettext_lazy("Moss")),
)


class LookForm(forms.Form):
    """A colour, and the line under the name."""

    preset = forms.ChoiceField(
        label=gettext_lazy("Colour of links and buttons"),
        choices=[*COLOURS, (OWN, gettext_lazy("A colour of your own"))],
        widget=forms.RadioSelect,
    )
    accent = forms.CharField(
        label=gettext_lazy("Your own colour"),
        max_length=7,
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    tagline = forms.CharField(
        label=gettext_lazy("Line under the name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What you write about, in one line. Optional."),
    )

    def __init__(self, data: Any = None) -> None:
        self.site = SiteSettings.load()
        known = {value for value, _label in COLOURS}
        preset = self.site.accent if self.site.accent in known else OWN
        initial = {"preset": preset, "accent": self.site.accent, "tagline": self.site.tagline}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("preset") == OWN:
            try:
                cleaned["accent"] = colour.normalised(cleaned.get("accent") or "")
            except ValueError:
                raise ValidationError(
                    {"accent": _("Write the colour as # and six digits, for example #1F5F5B.")}
                ) from None
        else:
            cleaned["accent"] = cleaned.get("preset", "")
        return cleaned

    @transaction.atomic
    def save(self, *, user: User) -> None:
        self.site.accent = self.cleaned_data["accent"]
        self.site.tagline = self.cleaned_data["tagline"]
        self.site.look_chosen = True
        self.site.save()
        log(instance=self.site, action="wagtail.edit", user=user)
