"""The second step of signing in, and making one: an app's code, a passkey, recovery codes.

These screens stand outside of Wagtail's sign-in: who takes the step is nobody yet.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from posts.delivery.way_out.sealing import Unsealable, seal, unseal
from posts.desk import again
from posts.desk.forms import TOO_MANY_TRIES
from posts.desk.frame import door
from posts.desk.language import speaking_to
from posts.desk.staff import factors, halfway, sittings
from posts.desk.staff.arriving import arrived
from posts.desk.staff.forms import AppForm, CodeForm
from posts.desk.staff.notes import note
from posts.desk.throttle import AttemptKind, wait_before
from subscribers.saying import sentence

_PURPOSE = b"passalong: a second step that is being made"
View = Callable[..., HttpResponseBase]


def onward(request: HttpRequest) -> str:
    """Where she wanted to go, if that is here; else home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else reverse("wagtailadmin_home")


def _for_halfway(view: View) -> View:
    """Who gave her password and has a second step to take; `person=` is she."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = halfway.person_halfway(request)
        if person is None:
            return redirect(onward(request))  # who is not in at all is asked to sign in there
        if not factors.steps_of(person).exists():
            return redirect("make_step")
        with speaking_to(person):
            return view(request, *args, person=person, **kwargs)

    return guarded


def _for_setting_up(view: View) -> View:
    """Who is in, and is asked again; or who may come in only once she has a second step."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User):
            if not request.user.has_perm("wagtailadmin.access_admin"):
                raise PermissionDenied
            call = view if getattr(view, "only_a_challenge", False) else again.asked_again(view)
            with speaking_to(request.user):
                answer: HttpResponseBase = call(request, *args, person=request.user, **kwargs)
            return answer
        person = halfway.person_halfway(request)
        if person is None or factors.steps_of(person).exists():
            return redirect_to_login(request.get_full_path(), reverse("wagtailadmin_login"))
        with speaking_to(person):
            return view(request, *args, person=person, **kwargs)

    return guarded


# --- Taking the step ----------------------------------------------------------------------


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@_for_halfway
def second_step(request: HttpRequest, *, person: User) -> HttpResponse:
    """`/admin/second-step/`"""
    if request.method != "POST":
        return _ask(request, person)
    if seconds := wait_before(request, kind=AttemptKind.STEP, account=person.get_username()):
        minutes = max(1, round(seconds / 60))
        return _ask(request, person, problem=str(TOO_MANY_TRIES % {"minutes": minutes}))
    try:
        problem = _why_not(request, person)
    except Unsealable:
        problem = _(
            "Your codes cannot be read any more, since the secret of this site was changed. "
            "Whoever looks after its machine can let you in."
        )
    if problem:
        return _ask(request, person, problem=problem)
    halfway.take_step(request, person)
    arrived(request, person)
    if factors.has_lost_codes(person):
        messages.warning(
            request,
            format_html(
                '{} <a href="{}">{}</a>',
                _("This site came back from a backup, so your recovery codes no longer count."),
                reverse("recovery_codes"),
                _("Make new ones"),
            ),
        )
    return redirect(onward(request))


def _why_not(request: HttpRequest, person: User) -> str:
    if answer := request.POST.get(again.PASSKEY):
        fits = factors.passkey_fits(request, user=person, answer=answer)
        return "" if fits else _("That passkey was not taken. Try once more, or use a code.")
    form = CodeForm(request.POST)
    if form.is_valid() and factors.code_fits(user=person, code=form.cleaned_data["code"]):
        return ""
    return _("That code does not fit, or was used already. Wait for the next one, and type that.")


def _ask(request: HttpRequest, person: User, *, problem: str = "") -> HttpResponse:
    kinds = set(factors.steps_of(person).values_list("type", flat=True))
    context = {
        "form": CodeForm(),
        "has_app": factors.Type.TOTP in kinds,
        "passkeys": factors.Type.WEBAUTHN in kinds and factors.passkeys_work_here(),
        "next": onward(request),
        "problem": problem,
    }
    return door(request, "desk/second_step.html", context, status=422 if problem else 200)


@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    """`/admin/second-step/passkey/`: what the browser needs to use one of hers."""
    person = request.user if isinstance(request.user, User) else halfway.person_halfway(request)
    if person is None or not factors.has_passkey(person):
        raise PermissionDenied
    return JsonResponse(factors.options_to_use(request, person))


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """`/admin/second-step/leave/`: it was not she, or she has no code at hand."""
    logout(request)
    return redirect("wagtailadmin_login")


# --- Making one ---------------------------------------------------------------------------


@never_cache
@_for_setting_up
@require_safe  # inside: who is asked again posts her password here
def make_step(request: HttpRequest, *, person: User) -> HttpResponse:
    """`/admin/second-step/make/`: which kind."""
    return _page(request, "desk/make_step.html", passkeys=factors.passkeys_work_here())


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@_for_setting_up
def add_app(request: HttpRequest, *, person: User) -> HttpResponse:
    """`/admin/second-step/app/`"""
    form = AppForm(request.POST if "sealed" in request.POST else None)
    secret = _secret_in(form, person) if form.is_bound and form.is_valid() else ""
    if secret:
        if factors.add_app(user=person, secret=secret, code=form.cleaned_data["code"]):
            return _added(request, person, sentence("An app"))
        form.add_error("code", _("That is not what the app shows now. Type the next six digits."))
    secret = secret or factors.new_app_secret()
    drawn = segno.make(factors.app_url(person, secret), micro=False)
    return _page(
        request,
        "desk/add_app.html",
        status=422 if form.is_bound else 200,
        form=form,
        sealed=seal(f"{person.pk} {secret}", purpose=_PURPOSE),
        # Ours: segno draws it of the address above.
        picture=mark_safe(drawn.svg_inline(scale=5, border=2, light="#fff")),  # noqa: S308
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )


def _secret_in(form: AppForm, person: User) -> str:
    """Empty where the page was not made for her."""
    try:
        whose, _space, secret = unseal(form.cleaned_data["sealed"], purpose=_PURPOSE).partition(" ")
    except Unsealable:
        return ""
    return secret if whose == str(person.pk) else ""


def _only_a_challenge(view: View) -> View:
    view.only_a_challenge = True  # type: ignore[attr-defined]
    return view


@never_cache
@require_POST
@_for_setting_up
@_only_a_challenge
def new_passkey_options(request: HttpRequest, *, person: User) -> JsonResponse:
    """`/admin/second-step/new-passkey/options/`: what the browser needs to make one."""
    return JsonResponse(factors.options_to_make(request, person))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_for_setting_up
def add_passkey(request: HttpRequest, *, person: User) -> HttpResponse:
    """`/admin/second-step/new-passkey/`"""
    problem = ""
    if "passkey" in request.POST:
        name = request.POST.get("name", "").strip()[:60] or " · ".join(
            word for word in sittings.device_words(request) if word
        )
        answer = request.POST["passkey"]
        if factors.add_passkey(request, user=person, name=name or _("Passkey"), answer=answer):
            return _added(request, person, sentence("A passkey"))
        problem = _("The passkey was not taken. Try once more, or choose an app instead.")
    return _page(
        request,
        "desk/add_passkey.html",
        status=422 if problem else 200,
        passkeys=factors.passkeys_work_here(),
        problem=problem,
    )


def _added(request: HttpRequest, person: User, what: str) -> HttpResponse:
    """She has a second step, and took it by making it."""
    was_halfway = not isinstance(request.user, User)
    factors.ensure_codes(person)
    note("desk.step.added", by=person, on=person, detail=what)
    halfway.take_step(request, person)
    sittings.end_others(request, person)
    if was_halfway:
        arrived(request, person)
    again.note(request)
    return redirect("recovery_codes")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_for_setting_up
def recovery_codes(request: HttpRequest, *, person: User) -> HttpResponse:
    """`/admin/second-step/codes/`: those that are left; the button makes others."""
    if not factors.steps_of(person).exists():
        return redirect("make_step")
    if "new" in request.POST:
        factors.new_codes(person)
        note("desk.step.codes", by=person, on=person)
        return redirect("recovery_codes")
    try:
        codes = factors.codes_left(person)
    except Unsealable:
        codes = []
    return _page(request, "desk/recovery_codes.html", codes=codes)


def _page(
    request: HttpRequest, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    context["is_in"] = isinstance(request.user, User)
    return door(request, template, context, status=status)
