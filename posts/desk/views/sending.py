"""How fast mail may leave: what is in force, what was used, and the form to change it."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from posts.delivery.rate import limits, texts
from posts.delivery.rate.queries import sending_settings, standing
from posts.delivery.transports import name_of_current
from posts.desk.frame import screen, settings_trail
from posts.desk.permissions import settings_only
from posts.desk.sending import SendingForm, coming_days, save


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@settings_only
def sending(request: HttpRequest) -> HttpResponse:
    """`/admin/sending/`"""
    transport = name_of_current()
    form = SendingForm(
        request.POST if request.method == "POST" else None,
        instance=sending_settings(),
        by_domain=transport in limits.COUNT_BY_DOMAIN,
    )
    if form.is_bound and form.is_valid():
        assert isinstance(request.user, User)  # noqa: S101 (who is not signed in never comes here)
        save(form, user=request.user)
        messages.success(request, _("Saved. The workers go by it within five seconds."))
        return redirect("desk:sending")
    now = standing(transport)
    return screen(
        request,
        "desk/sending.html",
        title=_("Sending letters"),
        trail=settings_trail(),
        icon="mail",
        status=422 if form.is_bound else 200,
        form=form,
        mistakes=[form[name] for name in form.errors],
        in_force=texts.in_force(now),
        used=texts.used(now),
        coming=coming_days(sending_settings(), limits.day_of(now.now)),
    )
