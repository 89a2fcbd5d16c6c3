"""“Take everything with you”: asked for, made by a worker, fetched once."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from posts.content.models import SiteSettings
from posts.desk import exporting
from posts.desk.again import asked_again
from posts.desk.frame import screen, settings_trail
from posts.desk.permissions import owners_only, signed_in
from posts.desk.staff.notes import note


@require_safe
@never_cache
@owners_only
def take_along(request: HttpRequest) -> HttpResponse:
    """`/admin/take-along/`"""
    return screen(
        request,
        "desk/take_along.html",
        title=_("Take everything with you"),
        trail=settings_trail(),
        icon="download",
        row=exporting.latest(),
    )


@require_POST
@never_cache
@owners_only
@asked_again
def take_along_ask(request: HttpRequest) -> HttpResponseBase:
    """Have it made."""
    exporting.ask(by=signed_in(request).get_username(), whole="whole" in request.POST)
    return redirect("desk:take_along")


@require_POST
@never_cache
@owners_only
@asked_again
def take_along_fetch(request: HttpRequest) -> HttpResponseBase:
    """The archive, once."""
    row = exporting.latest()
    file = exporting.fetch(row=row) if row is not None else None
    if file is None:
        messages.error(request, _("It was fetched already, or is too old. Have it made once more."))
        return redirect("desk:take_along")
    note("desk.site.exported", by=signed_in(request), on=SiteSettings.load())
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"my-letters-{timezone.localdate():%Y-%m-%d}.zip",
        content_type="application/zip",
    )
