"""Where readers find the site: said by the owner, and asked there before it counts."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.log_actions import log

from posts.content.address import what_is_wrong_with
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.site_address import choose_address
from posts.delivery.mailings.start import reached_by_nobody
from posts.desk import first_steps
from posts.desk.address import AddressForm
from posts.desk.again import asked_again
from posts.desk.permissions import owners_only, signed_in
from posts.desk.staff import factors
from posts.desk.together import SettingsPart, answer, done


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@owners_only
@asked_again(when=lambda request: request.method == "POST")
def address(request: HttpRequest) -> HttpResponse:
    """`/admin/setup/address/`"""
    if request.method != "POST" or settings.SITE_URL_IS_FIXED:
        return _page(request, _form())
    form = _form(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    chosen = form.cleaned_data["address"]
    if problem := what_is_wrong_with(chosen):
        return _page(request, form, problem=problem, status=422)
    try:
        site = choose_address(to=chosen)
    except DeliveryRefused as error:
        return _page(request, form, problem=str(error), status=409)
    log(instance=site, action="wagtail.edit", user=request.user)
    said = _("Saved. This site answered at %(address)s, and every link leads there from now on.")
    told = [(messages.SUCCESS, said % {"address": chosen})]
    return done(request, ADDRESS, told, first_steps.onward(request, "desk:address"))


def _form(data: Any = None) -> AddressForm:
    return AddressForm(data, now="" if reached_by_nobody() else settings.SITE_URL)


def _page(
    request: HttpRequest, form: AddressForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = _shown(request, form, problem=problem)
    title = _("Where readers find you")
    return answer(request, ADDRESS, context, title=title, icon="globe", status=status)


def _shown(request: HttpRequest, form: AddressForm, *, problem: str = "") -> dict[str, Any]:
    return {
        "form": form,
        "mistakes": [field for field in form if field.errors],
        "problem": problem,
        "now": settings.SITE_URL,
        "nobody": reached_by_nobody(),
        "fixed": settings.SITE_URL_IS_FIXED,
        "here": f"http://{request.get_host()}",
        "passkeys": factors.anybody_has_passkeys(),
        "no_password": not signed_in(request).has_usable_password(),
    }


ADDRESS = SettingsPart(
    key="address",
    template="desk/parts/address.html",
    alone="desk/address.html",
    build=lambda request: _shown(request, _form()),
).register()
