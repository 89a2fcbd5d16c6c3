"""The report of a mailing: numbers, charts, one reader, and the list of all as a file."""

from collections.abc import Iterator
from datetime import tzinfo

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from posts.delivery.models import Mailing
from posts.delivery.rate.queries import sending_settings
from posts.delivery.reporting.export import RecipientRow, everybody
from posts.delivery.reporting.leaving import left_since
from posts.delivery.reporting.lookup import look_up
from posts.delivery.reporting.tally import tally
from posts.delivery.reporting.timeline import timeline
from posts.desk import report_texts
from posts.desk.again import asked_again
from posts.desk.charts import charts
from posts.desk.did_they_get_it import answer
from posts.desk.frame import Crumb, screen
from posts.desk.permissions import MAY_SEE_PEOPLE, permission_needed, publishers_only, signed_in
from posts.desk.queries import all_mailings, ways_out
from posts.desk.staff.notes import note
from posts.desk.texts import is_moving
from subscribers.addresses import AddressRefused, normalise
from subscribers.lists.cells import neutralised
from subscribers.lists.exporter import BYTE_ORDER_MARK, as_csv

COLUMNS = ("address", "state", "reason", "attempts", "changed_at", "words")


@require_safe
@never_cache
@publishers_only
def detail(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """`/admin/mailings/<id>/report/`"""
    mailing = _find(mailing_id)
    found = tally(mailing)
    leaving = left_since(mailing, started=found.started)
    later = {**found.later, "left": [(at, 1) for at in leaving.times]}
    return screen(
        request,
        "desk/report.html",
        title=_title(mailing),
        icon="mail",
        trail=_trail(mailing)[:-1],
        crumb=_("Report"),
        mailing=mailing,
        found=found,
        folded=found.report.mailing.totals is not None,
        keep_days=sending_settings().keep_days,
        states=report_texts.states(found, ways_out(mailing)),
        attempts=report_texts.attempts(found),
        going_out=charts(timeline({"accepted": found.accepted}, started=found.started)),
        coming_back=charts(timeline(later, started=found.started, finest=found.unit)),
        leaving=leaving,
        moving=is_moving(found.report),
        may_see_readers=_may_see_readers(request),
    )


@sensitive_post_parameters("address")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@publishers_only
@permission_needed(MAY_SEE_PEOPLE)
def reader(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """“Did they get it?” Changes nothing, and is a POST all the same: an address in a query
    string would stay behind in logs and histories."""
    mailing = _find(mailing_id)
    typed = request.POST.get("address", "").strip()
    said, problem = None, ""
    if request.method == "POST":
        try:
            said = answer(look_up(mailing, normalise(typed)), mailing)
        except AddressRefused as error:
            problem = error.message
    return screen(
        request,
        "desk/report_reader.html",
        title=_title(mailing),
        icon="mail",
        trail=_trail(mailing),
        crumb=_("One reader"),
        status=422 if problem else 200,
        mailing=mailing,
        typed=typed,
        said=said,
        problem=problem,
    )


@never_cache
@publishers_only
@permission_needed(MAY_SEE_PEOPLE)
@require_POST
@asked_again
def deliveries(request: HttpRequest, mailing_id: int) -> StreamingHttpResponse:
    """`/admin/mailings/<id>/report/deliveries.csv`: a row for each recipient.

    It begins with a byte order mark: whoever opens it is a writer with a spreadsheet, and without
    it Excel takes UTF-8 for something else.
    """
    mailing = _find(mailing_id)
    note("desk.exported", by=signed_in(request), on=mailing.newsletter, detail=_title(mailing))
    return StreamingHttpResponse(
        _csv(mailing),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{_filename(mailing)}"'},
    )


def _csv(mailing: Mailing) -> Iterator[str]:
    yield BYTE_ORDER_MARK + as_csv([COLUMNS])
    zone = timezone.get_current_timezone()  # asked for once, not a million times
    for lines in everybody(mailing):
        yield as_csv(_cells(line, zone) for line in lines)


def _cells(line: RecipientRow, zone: tzinfo) -> tuple[str | int, ...]:
    """What others wrote is kept from being a formula; the rest are words of our own."""
    address, state, reason, attempts, at, words = line
    when = at.astimezone(zone).isoformat(timespec="seconds") if at else ""
    return neutralised(address), state, neutralised(reason), attempts, when, neutralised(words)


def _filename(mailing: Mailing) -> str:
    if mailing.kind == Mailing.Kind.DIGEST:
        slug = slugify(mailing.title)
    else:
        slug = slugify(mailing.post.slug) if mailing.post else ""
    return f"{slug or f'mailing-{mailing.pk}'}-{timezone.localdate():%Y-%m-%d}-deliveries.csv"


def _find(mailing_id: int) -> Mailing:
    return get_object_or_404(all_mailings(), pk=mailing_id)


def _title(mailing: Mailing) -> str:
    return mailing.title


def _trail(mailing: Mailing) -> tuple[Crumb, ...]:
    return (
        (reverse("desk:mailings"), _("Mailings")),
        (reverse("desk:mailing", args=[mailing.pk]), _("Mailing")),
        (reverse("desk:report", args=[mailing.pk]), _("Report")),
    )


def _may_see_readers(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "has_perm", bool)(MAY_SEE_PEOPLE))
