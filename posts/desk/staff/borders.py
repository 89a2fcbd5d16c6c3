"""Wagtail's own screens of people and groups, and what of them is closed.

Accounts are made by invitation and changed under “People at the desk”. Wagtail's screens would let
whoever has a stolen session set anybody's password, and its actions on many switch accounts off.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin.auth import require_admin_access
from wagtail.users import wagtail_hooks

from posts.desk.again import asked_again
from posts.desk.permissions import owners_only, writers_only
from posts.desk.staff import sittings

__all__ = ["around_wagtails_own", "close_bulk_actions"]

_CLOSED = "wagtailusers_users"
# What is chosen from while one writes, and what tells of letters that are written: a helper, who
# looks after readers, has no business there, and Wagtail lets in whoever may come to the desk.
_OF_WRITERS = frozenset(
    {
        *("file_chooser", "sound_chooser", "wagtailimages_chooser", "post_listing"),
        *("wagtailadmin_api", "wagtailadmin_pages", "wagtailadmin_workflows"),
        "wagtailadmin_reports",
    }
)
_OF_WRITERS_BY_NAME = ("wagtailadmin_choose_page", "wagtailadmin_tag_autocomplete")
# The owner's: what groups may. A site, a collection or a workflow opens nothing of readers'.
_ASKED = "wagtailusers_groups"


def close_bulk_actions() -> None:
    """Importing their hooks has registered them, once; there is no public way to take one back."""
    theirs = f"{wagtail_hooks.__package__}.views.bulk_actions"
    hooks._hooks["register_bulk_action"] = [
        (hook, order)
        for hook, order in hooks._hooks.get("register_bulk_action", [])
        if not hook.__module__.startswith(theirs)
    ]


def around_wagtails_own(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, the last one: knows which view was found."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or not request.path.startswith("/admin/"):
            return None
        if match.namespace == _CLOSED:
            closed: HttpResponseBase = _elsewhere(request, *args, **kwargs)
            return closed
        if match.namespace == _ASKED:
            guarded = require_admin_access(owners_only(asked_again(view)))
            answer: HttpResponseBase = guarded(request, *args, **kwargs)
            return answer
        if request.user.is_authenticated:
            sittings.seen(request)
        within = match.namespaces[0] if match.namespaces else ""
        if within in _OF_WRITERS or str(match.url_name).startswith(_OF_WRITERS_BY_NAME):
            written: HttpResponseBase = require_admin_access(writers_only(view))(
                request, *args, **kwargs
            )
            return written
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


@require_admin_access
@owners_only
def _elsewhere(request: HttpRequest, pk: int | str | None = None) -> HttpResponse:
    return redirect("desk:team")
