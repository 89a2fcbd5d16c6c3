"""Settings on one screen, and More."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from posts.desk import settings
from posts.desk.frame import screen
from posts.desk.permissions import owners_only


@require_safe
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """`/admin/setup/`"""
    sections = settings.sections(request)
    if not sections:
        raise PermissionDenied
    return screen(
        request, "desk/settings.html", title=_("Settings"), icon="cogs", sections=sections
    )


@require_safe
@never_cache
@owners_only
def more(request: HttpRequest) -> HttpResponse:
    """`/admin/more/`"""
    return screen(
        request,
        "desk/settings.html",
        title=_("More"),
        icon="dots-horizontal",
        sections=settings.more(),
    )
