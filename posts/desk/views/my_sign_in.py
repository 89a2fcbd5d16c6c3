"""How she signs in herself: her second steps, and where she is signed in now."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from posts.content.models import SiteSettings
from posts.delivery.way_out.sealing import Unsealable
from posts.desk.again import asked_again
from posts.desk.frame import screen
from posts.desk.models import DeskSession
from posts.desk.permissions import signed_in
from posts.desk.staff import factors, sittings
from posts.desk.staff.notes import note
from subscribers.saying import sentence


@require_safe
@never_cache
def my_sign_in(request: HttpRequest) -> HttpResponse:
    """`/admin/my-sign-in/`"""
    person = signed_in(request)
    try:
        codes = len(factors.codes_left(person))
    except Unsealable:
        codes = 0
    here = sittings.key_of(request)
    return screen(
        request,
        "desk/my_sign_in.html",
        title=_("How you sign in"),
        icon="lock",
        steps=[(step, _kind(step), str(step)) for step in factors.steps_of(person)],
        codes=codes,
        few_codes=codes < 4,
        passkeys=factors.passkeys_work_here(),
        required=SiteSettings.load().second_step_required,
        sittings=[(row, sittings.told(row), row.key == here) for row in sittings.open_ones(person)],
        has_password=person.has_usable_password(),
    )


def _kind(step: Authenticator) -> str:
    return (
        sentence("Passkey")
        if step.type == factors.Type.WEBAUTHN
        else sentence("App that shows codes")
    )


@require_POST
@asked_again
def remove_step(request: HttpRequest, step_id: int) -> HttpResponse:
    """Take one of her own away. Whoever must have one keeps the last."""
    person = signed_in(request)
    step = get_object_or_404(factors.steps_of(person), pk=step_id)
    is_last = factors.steps_of(person).count() == 1
    if is_last and SiteSettings.load().second_step_required:
        messages.error(
            request,
            _("Nothing was changed: everybody here needs a second step. Add another one first."),
        )
        return redirect("desk:my_sign_in")
    note("desk.step.removed", by=person, on=person, detail=_kind(step))
    factors.take_away(step)
    sittings.end_others(request, person)
    messages.success(request, _("Taken away. You were signed out everywhere else."))
    return redirect("desk:my_sign_in")


@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of her own."""
    person = signed_in(request)
    hers = DeskSession.objects.filter(user=person, pk=session_id)
    if sittings.end(hers.exclude(key=sittings.key_of(request))):
        note("desk.sessions.ended", by=person, on=person)
        messages.success(request, _("Ended. Whoever was signed in there has to sign in again."))
    return redirect("desk:my_sign_in")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of hers but this one."""
    person = signed_in(request)
    number = sittings.end_others(request, person)
    if number:
        note("desk.sessions.ended", by=person, on=person)
    messages.success(
        request,
        ngettext("%d other session was ended.", "%d other sessions were ended.", number) % number,
    )
    return redirect("desk:my_sign_in")
