"""A list of what will happen by itself."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from posts.desk.frame import screen
from posts.desk.permissions import publishers_only
from posts.desk.planned import planned


@require_safe
@never_cache
@publishers_only
def index(request: HttpRequest) -> HttpResponse:
    """`/admin/mailings/planned/`"""
    return screen(
        request,
        "desk/planned.html",
        title=_("What is planned"),
        icon="calendar-alt",
        trail=((reverse("desk:mailings"), _("Mailings")),),
        plans=planned(),
        zone=timezone.get_current_timezone_name(),
    )
