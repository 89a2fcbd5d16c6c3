"""A mailing while it goes out and after: what happens now, what comes next, what one can do."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from posts.delivery import actions
from posts.delivery.models import Delivery, Mailing
from posts.delivery.queries import report
from posts.delivery.transports.outbox import Outbox
from posts.delivery.verbs import DeliveryRefused
from posts.desk import words
from posts.desk.queries import all_mailings, troubled, ways_out
from posts.desk.screens import User, may_publish, publishers_only, screen
from posts.desk.steering import offers

Verb = Callable[..., object]
VERBS: dict[str, tuple[Verb, dict[str, Any]]] = {
    "pause": (actions.pause, {}),
    "resume": (actions.resume, {}),
    "cancel": (actions.cancel, {}),
    "retry-failed": (actions.retry_failed, {}),
    "resend-doubts": (actions.settle_doubts, {"resend": True}),
    "leave-doubts": (actions.settle_doubts, {"resend": False}),
}


class MailingIndexView(BaseListingView):
    """`/admin/mailings/`: newest first. States only; counting each would be a query a row."""

    page_title = _("Mailings")
    header_icon = "mail"
    paginate_by = 50
    index_url_name = "desk:mailings"
    results_template_name = "desk/mailing_results.html"
    columns = [
        TitleColumn(
            "title",
            label=_("Post"),
            accessor=lambda mailing: mailing.post.title if mailing.post else _("A deleted post"),
            get_url=lambda mailing: reverse("desk:mailing", args=[mailing.pk]),
        ),
        Column("newsletter", label=_("Newsletter"), classname="desk-wide"),
        Column("candidates", label=_("People")),
        Column("get_state_display", label=_("State")),
        DateColumn("created_at", label=_("Started"), width="14%"),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_publish(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_base_queryset(self) -> QuerySet[Mailing]:
        return all_mailings()


@require_safe
@never_cache
@publishers_only
def detail(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """`/admin/mailings/<id>/`"""
    mailing = _find(mailing_id)
    found = report(mailing)
    ways = ways_out(mailing)
    return screen(
        request,
        "desk/mailing.html",
        title=mailing.post.title if mailing.post else str(_("A deleted post")),
        icon="mail",
        trail=((reverse("desk:mailings"), str(_("Mailings"))),),
        crumb=str(_("Mailing")),
        mailing=mailing,
        report=found,
        progress=words.progress(found, ways),
        rows=words.rows(found, ways),
        in_outbox=Outbox.name in ways and getattr(request.user, "is_staff", False),
        reasons=words.reasons(found),
        refused=troubled(mailing, Delivery.State.REFUSED),
        doubts=troubled(mailing, Delivery.State.IN_DOUBT),
        events=mailing.events.order_by("-pk"),
        offers=offers(found) if _may_steer(request.user, mailing) else [],
        look=_look(found),
    )


@require_safe
@never_cache
@publishers_only
def progress(request: HttpRequest, mailing_id: int) -> JsonResponse:
    """The numbers and the sentences again, for the page that is open."""
    mailing = _find(mailing_id)
    found = report(mailing)
    shown = words.progress(found, ways_out(mailing))
    return JsonResponse(
        {
            **found.as_json(),
            "percent": shown.percent,
            "label": shown.label,
            "now": shown.now,
            "next": shown.next,
            "moving": shown.moving,
            "look": _look(found),
        }
    )


@require_POST
@publishers_only
def act(request: HttpRequest, mailing_id: int, verb: str) -> HttpResponse:
    """Pause, resume, cancel, retry, settle: one verb of delivery, then back to the page."""
    mailing = _find(mailing_id)
    if verb not in VERBS:
        raise Http404
    if not _may_steer(request.user, mailing):
        raise PermissionDenied
    action, choice = VERBS[verb]
    try:
        action(mailing=mailing, by=request.user.get_username(), **choice)
    except DeliveryRefused as error:
        messages.error(request, str(error))
    return redirect("desk:mailing", mailing.pk)


def _find(mailing_id: int) -> Mailing:
    return get_object_or_404(all_mailings(), pk=mailing_id)


def _may_steer(user: User, mailing: Mailing) -> bool:
    """Who may publish the post may steer its mailing; a deleted post's, whoever owns the site."""
    if mailing.post is None:
        return bool(getattr(user, "is_superuser", False))
    return bool(mailing.post.permissions_for_user(user).can_publish())


def _look(found: Any) -> str:
    """Changes when more than numbers changed: then an open page fetches all of itself anew."""
    marks = (found.state, found.problem, found.left_out.keys(), found.accounted)
    troubles = [bool(found.deliveries[name]) for name in ("refused", "in_doubt")]
    return "|".join(str(mark) for mark in (*marks, *troubles))
