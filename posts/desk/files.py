"""`/admin/files/`: what letters enclose, to be found again, renamed and replaced.

Into a letter they come by its own choosers (see `posts.content.enclosures.choosers`).
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import Page
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy

from posts.content.enclosures.forms import EnclosureForm
from posts.content.enclosures.models import Enclosure
from posts.content.enclosures.within import about


class _AsForLetters(BasePermissionPolicy):
    """Who may write letters may add to the files. One may stand in a letter that is out already, so
    only who may publish changes or deletes it."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        policy = policy_registry.get_by_type(Page)
        return bool(policy.user_has_permission(user, _of_letters(action)))

    def users_with_any_permission(self, actions: Any) -> QuerySet[Any]:
        policy = policy_registry.get_by_type(Page)
        found: QuerySet[Any] = policy.users_with_any_permission(list(map(_of_letters, actions)))
        return found


def _of_letters(action: str) -> str:
    return "publish" if action in ("change", "delete") else "add"


register_permission_policy(Enclosure, _AsForLetters(Enclosure))


class FileDeleteView(DeleteView):
    """One that stands in a letter stays: the letter would have a hole."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.usage.count():
            messages.error(
                request,
                _(
                    "“%(name)s” stands in a letter, so it stays, and nothing was changed. Take it "
                    "out of the letter first, or put another file in its place here."
                )
                % {"name": self.object},
            )
            return redirect(self.get_success_url())
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class FileViewSet(ModelViewSet):
    model = Enclosure
    name = "files"
    icon = "doc-full"
    delete_view_class = FileDeleteView
    copy_view_enabled = False
    search_fields = ["title"]
    list_display = [
        "title",
        Column("about", label=_("Kind and size"), accessor=about),
        DateColumn("kept_at", label=_("Kept since"), classname="desk-wide"),
    ]
    panels = [
        HelpPanel(template="desk/file_now.html"),
        FieldPanel("file"),
        FieldPanel("title"),
    ]

    def get_form_class(self, for_update: bool = False) -> Any:
        return EnclosureForm
