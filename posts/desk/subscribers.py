"""The list of subscribers. It stays quick with half a million of them."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Prefetch, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView

from subscribers.models import Newsletter, Subscriber, Subscription

COUNTED = 10_000


class BoundedPaginator(WagtailPaginator):
    """Counts no further than it pays: nobody turns to page 10,000."""

    @cached_property
    def count(self) -> int:
        return int(self.object_list[: COUNTED + 1].count())

    @cached_property
    def items_count_label(self) -> str:
        if self.count > COUNTED:
            return gettext("more than %(count)s subscribers") % {"count": f"{COUNTED:,}"}
        return str(super().items_count_label)


class SubscriberFilterSet(WagtailFilterSet):
    """By newsletter and by status, both of the same subscription."""

    newsletter = django_filters.ModelChoiceFilter(
        label=_("Newsletter"),
        queryset=Newsletter.objects.all(),
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"),
        choices=Subscription.Status.choices,
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Subscriber
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
        subscriptions = Subscription.objects.all()
        if newsletter := self.form.cleaned_data.get("newsletter"):
            subscriptions = subscriptions.filter(newsletter=newsletter)
        if status := self.form.cleaned_data.get("status"):
            subscriptions = subscriptions.filter(status=status)
        if newsletter or status:
            queryset = queryset.filter(pk__in=subscriptions.values("subscriber"))
        return queryset


class SubscriptionsColumn(Column):
    """To which newsletters, and how each stands: in words, since colour is not enough."""

    cell_template_name = "desk/subscriptions_cell.html"

    def get_value(self, instance: Subscriber) -> list[Subscription]:
        return list(instance.subscriptions.all())


class SubscriberIndexView(IndexView):
    """`/admin/subscribers/`"""

    model = Subscriber
    page_title = _("Subscribers")
    header_icon = "group"
    index_url_name = "desk:subscribers"
    index_results_url_name = "desk:subscriber_results"
    inspect_url_name = "desk:subscriber"
    results_template_name = "desk/subscriber_results.html"
    any_permission_required = ["view", "change"]
    paginator_class = BoundedPaginator
    paginate_by = 50
    filterset_class = SubscriberFilterSet
    search_fields = ["address"]
    list_display = ["email"]
    verbose_name = _("subscriber")
    verbose_name_plural = _("subscribers")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "email",
                label=_("Address"),
                get_url=self.get_inspect_url,
                classname="title desk-breaks",
            ),
            Column("name", label=_("Name"), classname="desk-wide"),
            SubscriptionsColumn("subscriptions", label=_("Newsletters")),
            DateColumn("created_at", label=_("Since"), width="14%", classname="desk-wide"),
        ]

    def get_base_queryset(self) -> QuerySet[Subscriber]:
        subscriptions = Subscription.objects.select_related("newsletter").order_by("newsletter_id")
        return Subscriber.objects.prefetch_related(Prefetch("subscriptions", subscriptions))

    def order_queryset(self, queryset: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
        return queryset.order_by("-pk")

    def search_queryset(self, queryset: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
        """By how the address begins: that can use an index, `contains` cannot."""
        if not self.is_searching:
            return queryset
        return queryset.filter(address__startswith=self.search_query.strip().lower())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["counted"] = COUNTED
        return context
