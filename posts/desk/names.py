"""The names of a site, in one form: what readers see above and below each letter."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from posts.content import colour, zone
from posts.content.models import SiteSettings
from subscribers.addresses import AddressRefused, normalise
from subscribers.models import Newsletter

# Of a site that nobody has named yet.
_UNNAMED = ("Passalong", "Letters")


class NamesForm(forms.Form):
    """The site's settings and its first newsletter, which a writer thinks of as one: her letter."""

    name = forms.CharField(
        label=gettext_lazy("Name of your letter"),
        max_length=120,
        help_text=gettext_lazy("Stands at the top of every page and mail."),
    )
    author = forms.CharField(
        label=gettext_lazy("Your name, as sender"),
        max_length=120,
        help_text=gettext_lazy("Readers see it in their inbox."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    from_email = forms.EmailField(
        label=gettext_lazy("Sender address"),
        help_text=gettext_lazy("An address of yours, at the domain your letters come from."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    reply_to = forms.EmailField(
        label=gettext_lazy("Answers go to"),
        required=False,
        help_text=gettext_lazy("Empty: to the sender address."),
    )
    postal_address = forms.CharField(
        label=gettext_lazy("Postal address"),
        help_text=gettext_lazy(
            "Stands at the end of every mail, as the law asks in most countries. A post box or "
            "the address of an association will do."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language around your letters"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Each letter may have one of its own."),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(name, name.replace("_", " ")) for name in zone.choices()],
        required=False,
        help_text=gettext_lazy("In which you plan, and in which days begin."),
    )
    accent = forms.CharField(
        label=gettext_lazy("Colour of links and buttons"),
        max_length=7,
        help_text=gettext_lazy("Shown darker or lighter where it would be hard to read."),
        widget=forms.TextInput(attrs={"type": "color"}),
    )

    def __init__(self, data: Any = None, *, user: User, with_look: bool = True) -> None:
        """`with_look`: whether the colour is chosen here; not where the look stands beside it."""
        self.site, self.newsletter = SiteSettings.load(), Newsletter.objects.order_by("pk").first()
        super().__init__(data, initial=self._initial(user))
        if not with_look:
            del self.fields["accent"]
        if settings.TIME_ZONE_IS_FIXED:
            self.fields["time_zone"].disabled = True
            self.fields["time_zone"].help_text = _("Whoever set up this machine chose it.")

    def _initial(self, user: User) -> dict[str, Any]:
        site, letter = self.site, self.newsletter or Newsletter()
        given = letter.from_email and not letter.from_email.endswith("@localhost")
        return {
            "name": "" if site.name in _UNNAMED else site.name,
            "author": site.author or user.get_full_name(),
            "from_email": letter.from_email if given else user.email,
            "reply_to": letter.reply_to,
            "postal_address": letter.postal_address,
            "language": site.language,
            "time_zone": settings.TIME_ZONE,
            "accent": site.accent,
        }

    def clean_accent(self) -> str:
        try:
            return colour.normalised(self.cleaned_data["accent"])
        except ValueError:
            raise ValidationError(
                _("Write the colour as # and six digits, for example #1F5F5B.")
            ) from None

    def clean_from_email(self) -> str:
        return self._address("from_email")

    def clean_reply_to(self) -> str:
        return self._address("reply_to") if self.cleaned_data["reply_to"] else ""

    def _address(self, name: str) -> str:
        try:
            return normalise(self.cleaned_data[name]).typed
        except AddressRefused as error:
            raise ValidationError(str(error)) from error

    @transaction.atomic
    def save(self, *, user: User) -> None:
        """Both rows, and who changed them."""
        cleaned, site = self.cleaned_data, self.site
        site.name, site.author = cleaned["name"], cleaned["author"]
        site.accent = cleaned.get("accent", site.accent)
        site.language = cleaned["language"]
        if not settings.TIME_ZONE_IS_FIXED and cleaned["time_zone"]:
            site.time_zone = cleaned["time_zone"]
        site.save()
        log(instance=site, action="wagtail.edit", user=user)
        letter = self.newsletter
        if letter is None:
            return
        letter.from_name, letter.from_email = cleaned["author"], cleaned["from_email"]
        letter.reply_to, letter.postal_address = cleaned["reply_to"], cleaned["postal_address"]
        if letter.name in _UNNAMED or Newsletter.objects.count() == 1:
            letter.name = cleaned["name"]
        letter.save()
        log(instance=letter, action="wagtail.edit", user=user)


def names_given() -> bool:
    """Whether the first newsletter has a sender that can be answered, and a postal address."""
    letter = Newsletter.objects.order_by("pk").first()
    return (
        letter is not None
        and bool(letter.postal_address.strip())
        and not letter.from_email.endswith("@localhost")
    )
