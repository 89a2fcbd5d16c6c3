"""One subscriber: how they want to be written to, and what they agreed to, when and where."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from posts.desk.screens import permission_needed, screen
from subscribers import actions
from subscribers.models import Subscriber, Subscription


@require_safe
@permission_needed("subscribers.view_subscriber")
def detail(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """`/admin/subscribers/<id>/`"""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    return screen(
        request,
        "desk/subscriber.html",
        title=person.email,
        icon="user",
        trail=((reverse("desk:subscribers"), _("Subscribers")),),
        crumb=_("Subscriber"),
        person=person,
        subscriptions=person.subscriptions.select_related("newsletter").order_by("newsletter_id"),
        events=person.consent_events.select_related("newsletter").order_by("-pk"),
        may_change=request.user.has_perm("subscribers.change_subscriber"),
    )


@require_POST
@permission_needed("subscribers.change_subscriber")
def unsubscribe(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Take a reader off one newsletter, as they asked by mail or in person."""
    subscription = get_object_or_404(
        Subscription.objects.select_related("subscriber", "newsletter"), pk=subscription_id
    )
    ended = actions.unsubscribe(
        subscription=subscription, by=request.user.get_username(), source="/admin/subscribers/"
    )
    if ended:
        messages.success(
            request,
            _("%(address)s no longer gets “%(newsletter)s”.")
            % {"address": subscription.subscriber.email, "newsletter": subscription.newsletter},
        )
    return redirect("desk:subscriber", subscription.subscriber_id)
