"""The few forms of the desk."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm, PasswordResetForm

from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.followups import LONGEST_SUBJECT
from posts.delivery.mailings.spread import HOUR
from posts.delivery.mailings.times import on_her_clock
from posts.desk import resets
from posts.desk.texts import people
from posts.desk.throttle import AttemptKind, wait_before
from subscribers.segments.models import Segment
from subscribers.segments.queries import live_count

MOST_TESTS = 5
TOO_MANY_TRIES = _(
    "There were too many tries. Please wait %(minutes)d minutes. Whoever looks after the machine "
    "of this site can let you in at once with a link."
)


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

    def clean(self) -> dict[str, Any]:
        """Ask whether one more try is allowed before a password is looked at."""
        account = self.cleaned_data.get("username") or ""
        if account and self.request is not None:
            seconds = wait_before(self.request, kind=AttemptKind.SIGN_IN, account=account)
            if seconds:
                raise ValidationError(TOO_MANY_TRIES % {"minutes": max(1, round(seconds / 60))})
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class ResetForm(PasswordResetForm):
    """Asks for a mail with which one makes a new password; answers every address alike."""

    def save(self, request: HttpRequest | None = None, **_: Any) -> None:
        """Have a worker look whose address it is. What is asked too often causes no mail."""
        email: str = self.cleaned_data["email"]
        if request is None or wait_before(request, kind=AttemptKind.RESET, account=email):
            return
        resets.ask(email)


class OwnerForm(forms.Form):
    """Who runs this site. `person`: whose account it is, where there is one."""

    person: User | None = None

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
        same = get_user_model().objects.filter(username__iexact=email)
        if any(account != self.person for account in same):
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

    address = forms.CharField(
        label=_("Send a test to"),
        max_length=1_000,
        help_text=format_lazy(
            _("One address, or up to {most} with commas between them."), most=MOST_TESTS
        ),
        widget=forms.TextInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )

    def clean_address(self) -> list[str]:
        typed = self.cleaned_data["address"].replace(";", ",").replace(",", " ").split()
        addresses = list(dict.fromkeys(typed))
        if len(addresses) > MOST_TESTS:
            raise ValidationError(
                _("That are %(n)d addresses; a test goes to at most %(most)d.")
                % {"n": len(addresses), "most": MOST_TESTS}
            )
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(
                    _("“%s” is no email address. Is it written as it should be?") % address
                ) from None
        return addresses


class SegmentField(forms.ModelChoiceField):  # type: ignore[type-arg] # takes none at run time
    """Segments, each with how many are in it now."""

    def label_from_instance(self, obj: Any) -> str:
        return _("%(segment)s: %(people)s") % {"segment": obj, "people": people(live_count(obj))}


class SpreadForm(forms.Form):
    """To whom a mailing goes, and how fast."""

    segment = SegmentField(
        label=_("To whom"),
        queryset=Segment.objects.none(),
        required=False,
        empty_label=_("Everybody who is subscribed"),
        help_text=_(
            "A segment uses up the post’s first mailing: the others read it on the web only. "
            "“Email it to who came since” then reaches who came into the segment, nobody else."
        ),
    )

    spread = forms.TypedChoiceField(
        label=_("How fast"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [
            (0, _("As fast as it goes")),
            (1 * HOUR, _("Evenly over 1 hour")),
            *[(hours * HOUR, _("Evenly over %d hours") % hours) for hours in (2, 4, 8, 12, 24, 48)],
        ],
    )

    has_segments = False

    def offer_segments(self, newsletter_id: int) -> None:
        """Those of one newsletter; without any there is nothing to choose."""
        segments = Segment.objects.filter(newsletter_id=newsletter_id).select_related("newsletter")
        field = self.fields["segment"]
        assert isinstance(field, SegmentField)  # noqa: S101 for the type checker
        field.queryset = segments
        self.has_segments = segments.exists()

    def clean_spread(self) -> int:
        return self.cleaned_data["spread"] or 0


class WhenForm(forms.Form):
    """A day and an hour on the writer's clock, as her account or else the site has it, whatever
    zone her browser is in."""

    date = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time"].label = _("Time (%s)") % timezone.get_current_timezone_name()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "date" in cleaned and "time" in cleaned:
            try:
                cleaned["at"] = on_her_clock(datetime.combine(cleaned["date"], cleaned["time"]))
            except DeliveryRefused as error:
                self.add_error("time", str(error))
        return cleaned


class LaterForm(WhenForm, SpreadForm):
    """When and how fast."""

    field_order = ["date", "time", "segment", "spread"]


class UndoForm(forms.Form):
    """What becomes of a post that was to go live with its mailing."""

    leave_unpublished = forms.BooleanField(
        label=_("Don’t publish the post at that time either"), required=False
    )


class CorrectionForm(forms.Form):
    """What a correction says before the post."""

    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    note = forms.CharField(
        label=_("Your note"),
        max_length=5_000,
        help_text=_(
            "What was wrong, and what is right. It stands before the post; a blank line makes a "
            "new paragraph."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
