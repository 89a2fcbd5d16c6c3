"""The first steps that are settings: names, and the look with its preview."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from posts.content import colour
from posts.content.models import SiteSettings
from posts.desk import first_steps
from posts.desk.frame import screen, settings_trail
from posts.desk.look import COLOURS, LookForm
from posts.desk.names import NamesForm
from posts.desk.permissions import settings_only, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@settings_only
def names(request: HttpRequest) -> HttpResponse:
    """`/admin/setup/names/`"""
    person = signed_in(request)
    form = NamesForm(request.POST if request.method == "POST" else None, user=person)
    if form.is_bound and form.is_valid():
        form.save(user=person)
        messages.success(request, _("Saved. Your next letter and every page say so."))
        return first_steps.onward(request, "desk:names")
    return _page(request, "desk/names.html", _("Names"), "edit", form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@settings_only
def look(request: HttpRequest) -> HttpResponse:
    """`/admin/setup/look/`"""
    form = LookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        form.save(user=signed_in(request))
        messages.success(request, _("Saved. Your pages look like that from now on."))
        return first_steps.onward(request, "desk:look")
    shown = form["accent"].value() or form.site.accent
    return _page(
        request, "desk/look.html", _("Look"), "view", form=form, colours=COLOURS, shown=shown
    )


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


def _page(
    request: HttpRequest, template: str, title: str, icon: str, *, form: Any, **context: Any
) -> HttpResponse:
    return screen(
        request,
        template,
        title=title,
        icon=icon,
        trail=settings_trail(),
        form=form,
        mistakes=[field for field in form if field.errors],
        status=422 if form.is_bound else 200,
        **context,
    )
