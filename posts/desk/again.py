"""Asking for the password, or a passkey, again before what a stolen session must not do."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from posts.desk import typed_secrets
from posts.desk.forms import TOO_MANY_TRIES
from posts.desk.frame import door
from posts.desk.permissions import View, signed_in
from posts.desk.sample import is_sample
from posts.desk.staff import factors
from posts.desk.throttle import AttemptKind, wait_before

__all__ = ["GRACE", "asked_again", "note", "why_not"]

# So long after the last time nobody is asked.
GRACE = timedelta(minutes=5)
_KEY = "asked_again_at"
PASSWORD, PASSKEY, LOOKED = "again", "again_passkey", "again_looked"
_OURS = (PASSWORD, PASSKEY, LOOKED, "csrfmiddlewaretoken")


def note(request: HttpRequest) -> None:
    """She showed just now who she is."""
    request.session[_KEY] = timezone.now().timestamp()


def _is_fresh(request: HttpRequest) -> bool:
    age = timezone.now().timestamp() - float(request.session.get(_KEY, 0))
    return 0 <= age < GRACE.total_seconds()


def asked_again(
    view: View | None = None, *, when: Callable[[HttpRequest], bool] = lambda request: True
) -> Any:
    """Decorator, inside of the guard: the view is called once she showed who she is.

    What was posted is carried along: in the page, but for passwords and keys, which stay in the
    session (`typed_secrets`). Files are not: ask before a file is chosen. `when`: for which
    requests. The view sees our fields beside its own.
    """
    if view is None:
        return lambda view: asked_again(view, when=when)

    @wraps(view)
    @sensitive_post_parameters()
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        tried = PASSWORD in request.POST or PASSKEY in request.POST
        if not typed_secrets.restore(request) and tried:
            return _too_late(request)
        if not when(request) or _is_fresh(request) or _needs_none(request):
            return view(request, *args, **kwargs)
        problem = why_not(request) if tried else ""
        if not tried or problem:
            return _ask(request, problem)
        note(request)
        if LOOKED in request.POST:
            return redirect(request.get_full_path())
        return view(request, *args, **kwargs)

    return asked


def why_not(request: HttpRequest) -> str:
    """Empty if what was posted is the password or a passkey of whoever is signed in; else what to
    say. Tries are counted with those of the sign-in, so that this is no way to guess more often."""
    person = signed_in(request)
    seconds = wait_before(request, kind=AttemptKind.SIGN_IN, account=person.get_username())
    if seconds:
        return str(TOO_MANY_TRIES % {"minutes": max(1, round(seconds / 60))})
    if answer := request.POST.get(PASSKEY):
        fits = factors.passkey_fits(request, user=person, answer=answer)
        return "" if fits else _("That passkey was not taken. Try once more, or use your password.")
    if not person.has_usable_password():
        return _("This account has no password yet. Make one first, then come back.")
    if not person.check_password(request.POST.get(PASSWORD, "")):
        return _("That is not the password of this account.")
    return ""


def _needs_none(request: HttpRequest) -> bool:
    """The sample's owner has no password, and the sample nothing that is anybody's."""
    person = signed_in(request)
    return not person.has_usable_password() and is_sample()


def _too_late(request: HttpRequest) -> HttpResponse:
    """The page that asked stood open for long. Half of a form must not be taken for the whole."""
    messages.error(
        request,
        _(
            "Nothing was changed. That took long, so the password or key that you typed was "
            "dropped: please type it once more."
        ),
    )
    return redirect(request.get_full_path())


def _ask(request: HttpRequest, problem: str) -> HttpResponse:
    person, is_post = signed_in(request), request.method == "POST"
    names = [name for name in (request.POST if is_post else ()) if name not in _OURS]
    shown = [name for name in names if not typed_secrets.is_secret(name)]
    carried = [(name, value) for name in shown for value in request.POST.getlist(name)]
    if mark := typed_secrets.keep(request, {*names} - {*shown}, of=shown):
        carried.append((typed_secrets.MARK, mark))
    if not is_post or LOOKED in request.POST:
        carried.append((LOOKED, "1"))
    passkeys = factors.passkeys_work_here() and factors.has_passkey(person)
    context = {
        "problem": problem,
        "carried": carried,
        "passkeys": passkeys,
        "has_password": person.has_usable_password(),
        "address": request.get_full_path(),
        "files": bool(request.FILES),
    }
    return door(request, "desk/again.html", context, status=403 if is_post else 200)
