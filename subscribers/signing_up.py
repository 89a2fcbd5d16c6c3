"""A sign-up by a form, wherever the form stands: how many may ask, and the wish that is kept."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from subscribers import waiting, wording
from subscribers.addresses import Address
from subscribers.forms import SignUpForm
from subscribers.limits import throttle
from subscribers.limits.network import network_of

READER = "the reader"


def may_ask(request: HttpRequest, address: Address, *, proven: bool) -> throttle.ThrottleAnswer:
    return throttle.allow(
        kind=throttle.RequestKind.SIGN_UP,
        address=address,
        network=network_of(request),
        proven=proven,
    )


def ask(request: HttpRequest, form: SignUpForm, *, source: str) -> None:
    """`source`: where she agreed."""
    waiting.ask(
        address=form.cleaned_data["email"],
        newsletters=form.cleaned_data["newsletter"],
        words=wording.shown(request.POST.get("wording", "")),
        source=source,
        by=READER,
        locale=get_language() or settings.LANGUAGE_CODE,
        network=network_of(request),
    )
