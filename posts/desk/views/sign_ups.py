"""Who may sign up at the moment: the switch for a flood."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from posts.desk.frame import screen, settings_trail
from posts.desk.permissions import settings_only, signed_in
from subscribers.limits import sign_up_mode


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@settings_only
def sign_ups(request: HttpRequest) -> HttpResponse:
    """`/admin/sign-ups/`"""
    chosen = request.POST.get("mode", "")
    if request.method == "POST" and chosen in sign_up_mode.Mode.values:
        mode = sign_up_mode.Mode(chosen)
        if sign_up_mode.set_mode(mode=mode, by=signed_in(request).get_username()):
            messages.success(request, _("From now on: %s.") % mode.label)
        return redirect("desk:sign_ups")
    return screen(
        request,
        "desk/sign_ups.html",
        title=_("Sign-ups"),
        trail=settings_trail(),
        icon="group",
        status=422 if request.method == "POST" else 200,
        is_missing=request.method == "POST",
        modes=sign_up_mode.Mode.choices,
        mode=sign_up_mode.mode(),
        history=sign_up_mode.history(),
    )
