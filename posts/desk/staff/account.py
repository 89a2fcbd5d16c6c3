"""Her account page: Wagtail's, for whoever has one name, and with a password that ends what is
open elsewhere."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.account import NameEmailForm
from wagtail.admin.views.account import AccountView, BaseSettingsPanel

from posts.desk.again import asked_again
from posts.desk.permissions import signed_in
from posts.desk.staff import sittings
from posts.desk.staff.notes import note

__all__ = ["account"]


class OneNameForm(NameEmailForm):
    """Accounts of ours have one name, which Django keeps as the first."""

    first_name = forms.CharField(required=True, max_length=150, label=gettext_lazy("Your name"))
    last_name = forms.CharField(
        required=False,
        max_length=150,
        label=gettext_lazy("Last name"),
        help_text=gettext_lazy("May stay empty."),
    )


class _Account(AccountView):
    """`/admin/account/`"""

    def get_panels(self) -> list[BaseSettingsPanel]:
        panels: list[BaseSettingsPanel] = super().get_panels()
        for panel in panels:
            if panel.form_class is NameEmailForm:
                panel.form_class = OneNameForm
        return panels

    def post(self, request: HttpRequest) -> HttpResponseBase:
        person = signed_in(request)
        with transaction.atomic():
            # Wagtail saves the whole account: as it is now, or a role that was taken a moment ago
            # would come back. Whoever takes one waits for us.
            User.objects.select_for_update().get(pk=person.pk)
            person.refresh_from_db()
            before = person.password
            answer: HttpResponseBase = super().post(request)
        now = User.objects.get(pk=person.pk)
        if now.password != before:
            note("desk.password", by=now, on=now)
            if sittings.end_others(request, now):
                messages.info(request, _("You were signed out everywhere else."))
        return answer


def _changes_ways_in(request: HttpRequest) -> bool:
    """Whoever changes the address could have a new password mailed there."""
    typed: Any = request.POST.get("name_email-email", request.user.email)  # type: ignore[union-attr]
    return request.method == "POST" and str(typed).strip() != request.user.email  # type: ignore[union-attr]


account = asked_again(_Account.as_view(), when=_changes_ways_in)
