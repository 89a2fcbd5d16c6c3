"""The first steps that are settings: names, and the look with its preview."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from posts.content import colour
from posts.content.models import SiteSettings
from posts.desk import first_steps
from posts.desk.look import COLOURS, LookForm
from posts.desk.names import NamesForm
from posts.desk.permissions import settings_only, signed_in
from posts.desk.together import SettingsPart, answer, are_together, done


def _shown(form: Any, **more: Any) -> dict[str, Any]:
    return {"form": form, "mistakes": [field for field in form if field.errors], **more}


def _names(request: HttpRequest, data: Any = None) -> NamesForm:
    # On the settings screen the look stands beside it.
    alone = request.path == reverse("desk:names") and not are_together(request)
    return NamesForm(data, user=signed_in(request), with_look=alone)


def _look(form: LookForm) -> dict[str, Any]:
    shown = form["accent"].value() or form.site.accent
    return _shown(form, colours=COLOURS, shown=shown)


NAMES = SettingsPart(
    key="names",
    template="desk/parts/names.html",
    alone="desk/names.html",
    build=lambda request: _shown(_names(request)),
).register()
LOOK = SettingsPart(
    key="look",
    template="desk/parts/look.html",
    alone="desk/look.html",
    build=lambda _request: _look(LookForm()),
).register()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@settings_only
def names(request: HttpRequest) -> HttpResponse:
    """`/admin/setup/names/`"""
    form = _names(request, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        form.save(user=signed_in(request))
        said = [(messages.SUCCESS, _("Saved. Your next letter and every page say so."))]
        return done(request, NAMES, said, first_steps.onward(request, "desk:names"))
    status = 422 if form.is_bound else 200
    return answer(request, NAMES, _shown(form), title=_("Names"), icon="edit", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@settings_only
def look(request: HttpRequest) -> HttpResponse:
    """`/admin/setup/look/`"""
    form = LookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        form.save(user=signed_in(request))
        said = [(messages.SUCCESS, _("Saved. Your pages look like that from now on."))]
        return done(request, LOOK, said, first_steps.onward(request, "desk:look"))
    status = 422 if form.is_bound else 200
    return answer(request, LOOK, _look(form), title=_("Look"), icon="view", status=status)


@require_safe
@never_cache
@settings_only
@xframe_options_sameorigin
def look_preview(request: HttpRequest) -> HttpResponse:
    """A page of the site as `?accent=` and `?tagline=` would have it. Changes nothing."""
    site = SiteSettings.load(request_or_site=request)
    with suppress(ValueError):  # what is being typed still; then as it is saved
        site.accent = colour.normalised(request.GET.get("accent", ""))
    site.tagline = request.GET.get("tagline", site.tagline)[:200]
    return render(request, "desk/look_preview.html", {"accents": site.accents})


@require_POST
@settings_only
def put_away(request: HttpRequest) -> HttpResponse:
    """The first steps, for good; what they lead to stays under Settings."""
    SiteSettings.objects.update(first_steps_over=True)
    messages.success(request, _("Put away. Everything is under Settings."))
    return redirect("wagtailadmin_home")
