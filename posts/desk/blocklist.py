"""Domains from which nobody may sign up, as the writer keeps them."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.model import ModelViewSet

from subscribers.addresses import AddressRefused, normalise
from subscribers.limits.models import BlockedDomain


class BlockedDomainForm(WagtailAdminModelForm):
    """Takes what one has at hand: a domain, one with an @ before it, a whole address."""

    domain = forms.CharField(
        label=_("Domain"),
        help_text=_(
            "Like example.org. Nobody with an address there or below it (mail.example.org) can "
            "sign up from now on. Whoever is subscribed already stays subscribed."
        ),
    )

    def clean_domain(self) -> str:
        typed = self.cleaned_data["domain"].strip().rpartition("@")[2]
        try:
            return normalise(f"a@{typed}").normalised.rpartition("@")[2]
        except AddressRefused as refusal:
            message = _("This is not a domain. It looks like example.org.")
            raise forms.ValidationError(message) from refusal

    def save(self, commit: bool = True) -> Any:
        self.instance.by = self.for_user.get_username() if self.for_user else ""
        return super().save(commit=commit)

    class Meta:
        model = BlockedDomain
        fields: ClassVar = ["domain"]


class BlockedDomainViewSet(ModelViewSet):
    """`/admin/blocked-domains/`, below Settings."""

    model = BlockedDomain
    name = "blocked-domains"
    icon = "lock"
    add_to_reference_index = False
    copy_view_enabled = False
    ordering = ["domain"]
    list_display = [
        "domain",
        Column("by", label=_("Blocked by"), classname="desk-wide"),
        DateColumn("created_at", label=_("Since")),
    ]
    panels = [FieldPanel("domain")]

    def get_form_class(self, for_update: bool = False) -> type[BlockedDomainForm]:
        return BlockedDomainForm
