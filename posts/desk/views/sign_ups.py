"""Who may sign up at the moment: the switch for a flood."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from posts.desk.permissions import settings_only, signed_in
from posts.desk.together import SettingsPart, answer, done
from subscribers.limits import sign_up_mode


def _shown(*, is_missing: bool = False) -> dict[str, Any]:
    return {
        "is_missing": is_missing,
        "modes": sign_up_mode.Mode.choices,
        "mode": sign_up_mode.mode(),
        "history": sign_up_mode.history(),
    }


SIGN_UPS = SettingsPart(
    key="sign-ups",
    template="desk/parts/sign_ups.html",
    alone="desk/sign_ups.html",
    build=lambda _request: _shown(),
).register()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@settings_only
def sign_ups(request: HttpRequest) -> HttpResponse:
    """`/admin/sign-ups/`"""
    chosen, is_post = request.POST.get("mode", ""), request.method == "POST"
    if is_post and chosen in sign_up_mode.Mode.values:
        mode = sign_up_mode.Mode(chosen)
        said = [(messages.SUCCESS, _("From now on: %s.") % mode.label)]
        if not sign_up_mode.set_mode(mode=mode, by=signed_in(request).get_username()):
            said = [(messages.INFO, _("Nothing was changed: it was so before."))]
        return done(request, SIGN_UPS, said, redirect("desk:sign_ups"))
    shown, status = _shown(is_missing=is_post), 422 if is_post else 200
    return answer(request, SIGN_UPS, shown, title=_("Sign-ups"), icon="group", status=status)
