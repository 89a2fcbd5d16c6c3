"""How fast mail may leave: what is in force, what was used, and the form to change it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from posts.delivery.rate import limits, texts
from posts.delivery.rate.queries import sending_settings, standing
from posts.delivery.transports import name_of_current
from posts.desk.permissions import settings_only, signed_in
from posts.desk.sending import SendingForm, coming_days, save
from posts.desk.together import SettingsPart, answer, done


def _form(data: Any = None) -> SendingForm:
    by_domain = name_of_current() in limits.COUNT_BY_DOMAIN
    return SendingForm(data, instance=sending_settings(), by_domain=by_domain)


def _shown(form: SendingForm) -> dict[str, Any]:
    now = standing(name_of_current())
    return {
        "form": form,
        "mistakes": [form[name] for name in form.errors],
        "in_force": texts.in_force(now),
        "used": texts.used(now),
        "coming": coming_days(sending_settings(), limits.day_of(now.now)),
    }


PACE = SettingsPart(
    key="pace",
    template="desk/parts/sending.html",
    alone="desk/sending.html",
    build=lambda _request: _shown(_form()),
).register()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@settings_only
def sending(request: HttpRequest) -> HttpResponse:
    """`/admin/sending/`"""
    form = _form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        save(form, user=signed_in(request))
        said = [(messages.SUCCESS, _("Saved. Letters go by it within five seconds."))]
        return done(request, PACE, said, redirect("desk:sending"))
    status, title = (422 if form.is_bound else 200), _("Sending letters")
    return answer(request, PACE, _shown(form), title=title, icon="mail", status=status)
