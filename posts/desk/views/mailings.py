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

from posts.delivery.mailings import control as steer
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.cached_report import recent
from posts.delivery.mailings.followups import catch_up
from posts.delivery.mailings.queries import Report, report
from posts.delivery.mailings.schedule import undo_seconds
from posts.delivery.models import Mailing
from posts.delivery.transports.outbox import Outbox
from posts.desk import actions, texts
from posts.desk.forms import WhenForm
from posts.desk.frame import screen
from posts.desk.history import history
from posts.desk.offers import offers
from posts.desk.outcome import concerns, numbers, outcome
from posts.desk.permissions import User, may_publish, publishers_only, signed_in
from posts.desk.plain import told
from posts.desk.queries import (
    all_mailings,
    may_be_corrected,
    newcomers,
    others_of_post,
    posts_of_digest,
    ways_out,
)
from subscribers import saying

# While it goes out, the sentence beside the bar says its pace.
NOT_BEGUN = (Mailing.State.SCHEDULED, Mailing.State.HELD)
STILL_TO_GO = (Mailing.State.SCHEDULED, Mailing.State.HELD, Mailing.State.PAUSED)
# A verb does it, and may answer another mailing that is to be shown.
Verb = Callable[[Mailing, HttpRequest], Mailing | None]


def _plain(action: Callable[..., object], **choice: Any) -> Verb:
    def verb(mailing: Mailing, request: HttpRequest) -> None:
        action(mailing=mailing, by=signed_in(request).get_username(), **choice)

    return verb


def _undo(mailing: Mailing, request: HttpRequest) -> None:
    leave = "leave_unpublished" in request.POST
    actions.undo(mailing=mailing, user=signed_in(request), leave_unpublished=leave)


def _start_now(mailing: Mailing, request: HttpRequest) -> None:
    actions.start_now(mailing=mailing, user=signed_in(request))


def _reschedule(mailing: Mailing, request: HttpRequest) -> None:
    form = WhenForm(request.POST)
    if not form.is_valid():
        said = [str(text) for texts in form.errors.values() for text in texts]
        raise DeliveryRefused(
            _("The time was not changed. %(why)s") % {"why": " ".join(dict.fromkeys(said))}
        )
    actions.reschedule(mailing=mailing, at=form.cleaned_data["at"], user=signed_in(request))


def _catch_up(mailing: Mailing, request: HttpRequest) -> Mailing:
    made, created = catch_up(
        first=mailing, by=signed_in(request).get_username(), hold=undo_seconds()
    )
    if not created:
        messages.info(request, _("They are being emailed already; this press changed nothing."))
    return made


VERBS: dict[str, Verb] = {
    "undo": _undo,
    "start-now": _start_now,
    "reschedule": _reschedule,
    "catch-up": _catch_up,
    "pause": _plain(steer.pause),
    "resume": _plain(steer.resume),
    "cancel": _plain(steer.cancel),
    "retry-failed": _plain(steer.retry_failed),
    "resend-doubts": _plain(steer.settle_doubts, resend=True),
    "leave-doubts": _plain(steer.settle_doubts, resend=False),
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
            accessor="title",
            get_url=lambda mailing: reverse("desk:mailing", args=[mailing.pk]),
        ),
        Column("newsletter", label=_("Newsletter"), classname="desk-wide"),
        Column("candidates", label=_("People")),
        Column("get_state_display", label=_("State")),
        Column("get_kind_display", label=_("Kind"), classname="desk-wide"),
        DateColumn("created_at", label=_("Asked for"), width="14%"),
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
    mailing = find(mailing_id)
    found = report(mailing)
    ways = ways_out(mailing)
    return screen(
        request,
        "desk/mailing.html",
        title=mailing.title,
        icon="mail",
        trail=((reverse("desk:mailings"), str(_("Mailings"))),),
        crumb=str(_("Mailing")),
        mailing=mailing,
        digest_posts=posts_of_digest(mailing),
        report=found,
        progress=texts.progress(found, ways),
        rows=texts.rows(found, ways),
        outcome=outcome(found, ways) if found.state not in NOT_BEGUN else None,
        in_outbox=Outbox.name in ways and getattr(request.user, "is_staff", False),
        reasons=texts.reasons(found),
        time_left=texts.time_left(found),
        pace=texts.pace(found) if found.state in STILL_TO_GO else "",
        asks_first=bool(mailing.problem) and found.state == Mailing.State.SCHEDULED,
        history=history(mailing),
        others=others_of_post(mailing),
        look=_look(found),
        **_choices(found, may_steer=may_steer(request.user, mailing)),
    )


def _choices(found: Report, *, may_steer: bool) -> dict[str, Any]:
    """What wants a person, and what one can do now."""
    if not may_steer:
        return {"concerns": concerns(found, [])[0]}
    offered = offers(
        found,
        goes_live=actions.goes_live_with(found.mailing) is not None,
        newcomers=newcomers(found),
    )
    mine, others = concerns(found, offered)
    return {
        "concerns": mine,
        "offers": others,
        "may_undo": found.state == Mailing.State.HELD,
        "may_correct": may_be_corrected(found),
    }


@require_safe
@never_cache
@publishers_only
def progress(request: HttpRequest, mailing_id: int) -> JsonResponse:
    """The numbers and the sentences again, for the page that is open."""
    mailing = find(mailing_id)
    counted = recent(mailing)
    found = counted.report
    shown = texts.progress(found, ways_out(mailing))
    return JsonResponse(
        {
            **found.as_json(),
            "figures": numbers(found),
            "percent": shown.percent,
            "label": texts.as_of(shown.label, counted.as_of),
            "now": shown.now,
            "next": shown.next,
            "moving": shown.moving,
            "left": texts.time_left(found) if found.state == Mailing.State.HELD else "",
            "look": _look(found),
        }
    )


@require_POST
@publishers_only
def act(request: HttpRequest, mailing_id: int, verb: str) -> HttpResponse:
    """Pause, resume, cancel, retry, settle: one verb of delivery, then back to the page."""
    mailing = find(mailing_id)
    if verb not in VERBS:
        raise Http404
    if not may_steer(request.user, mailing):
        raise PermissionDenied
    shown: Mailing | None = None
    try:
        shown = VERBS[verb](mailing, request)
    except DeliveryRefused as error:
        messages.error(request, str(told(saying.of(error)).said))
    return redirect("desk:mailing", (shown or mailing).pk)


def find(mailing_id: int) -> Mailing:
    """The mailing of that number, or not found."""
    return get_object_or_404(all_mailings(), pk=mailing_id)


def may_steer(user: User, mailing: Mailing) -> bool:
    """Who may publish the post may steer its mailing; a digest's, whoever may publish at all; a
    deleted post's, whoever owns the site."""
    if mailing.kind == Mailing.Kind.DIGEST:
        return may_publish(user)
    if mailing.post is None:
        return bool(getattr(user, "is_superuser", False))
    return bool(mailing.post.permissions_for_user(user).can_publish())


def _look(found: Any) -> str:
    """Changes when more than numbers changed: then an open page fetches all of itself anew."""
    marks = (found.state, found.problem, found.left_out.keys(), found.accounted)
    troubles = [bool(found.deliveries[name]) for name in ("refused", "in_doubt", "bounced")]
    return "|".join(str(mark) for mark in (*marks, *troubles))
