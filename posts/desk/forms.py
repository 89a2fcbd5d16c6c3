"""The few forms of the desk."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm


class SignInForm(LoginForm):
    """Owners sign in with their address, others with the name they were given."""

    error_messages: ClassVar = {
        **LoginForm.error_messages,
        "invalid_login": _("That address and password don’t belong together. Please try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Email address or user name")
        self.fields["username"].widget.attrs.update(autocapitalize="none", placeholder="")
        self.fields["password"].widget.attrs["placeholder"] = ""

    def clean_username(self) -> str:
        """Find the account also where a phone began the address with a capital."""
        typed: str = self.cleaned_data["username"]
        people = get_user_model().objects.filter(username__iexact=typed)[:2]
        return people[0].get_username() if len(people) == 1 else typed


class OwnerForm(forms.Form):
    """Who runs this site."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your email address"),
        max_length=150,
        help_text=_("You sign in with it. Test mails go there."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("A password"),
        strip=False,
        help_text=_("At least 8 characters. Not your name, not a common word, not only digits."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if get_user_model().objects.filter(username__iexact=email).exists():
            raise ValidationError(_("There is an account with this address already."))
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned:
            person = User(username=cleaned.get("email", ""), first_name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], user=person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class TestMailForm(forms.Form):
    """Where a test mail goes."""

    # pytest would take the name for a test case.
    __test__ = False

    address = forms.EmailField(
        label=_("Send a test to"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
