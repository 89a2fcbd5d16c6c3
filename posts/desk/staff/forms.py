"""What is typed about people at the desk."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from posts.desk.staff import roles

_CODE = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class CodeForm(forms.Form):
    """What her app shows, or a recovery code."""

    code = forms.CharField(
        label=_("Code"), max_length=40, widget=forms.TextInput(attrs={**_CODE, "inputmode": "text"})
    )


class AppForm(forms.Form):
    """The first code of an app; `sealed` is its secret, so that looking at the page keeps none."""

    sealed = forms.CharField(widget=forms.HiddenInput, max_length=500)
    code = forms.CharField(
        label=_("The six digits that the app shows"),
        max_length=40,
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "numeric"}),
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("May do"), choices=roles.choices, widget=forms.RadioSelect)


class InviteForm(RoleForm):
    email = forms.EmailField(
        label=_("Email address"),
        max_length=150,
        help_text=_("The invitation goes there, and she signs in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["email", "role"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(username__iexact=email).exists():
            raise ValidationError(_("There is an account with this address already."))
        return email


class JoinForm(forms.Form):
    """Of who was invited; `email`: the address that was."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("A password"),
        strip=False,
        max_length=500,
        help_text=_("At least 8 characters. Not your name, not a common word, not only digits."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, email: str) -> None:
        self.email = email
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned:
            person = User(username=self.email, email=self.email, first_name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], user=person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
