"""Settings on one screen, and More."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from posts.desk import settings
from posts.desk.frame import screen
from posts.desk.permissions import owners_only
from posts.desk.together import settings_screen


@require_safe
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """`/admin/setup/`"""
    return settings_screen(request)


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
        sections=[
            (section.title, [(line, "", False) for line in section.lines])
            for section in settings.more()
        ],
    )
