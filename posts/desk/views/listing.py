"""The list of people, and what is done to many of them at once."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from posts.desk import bulk, search
from posts.desk.again import asked_again
from posts.desk.frame import screen
from posts.desk.models import BulkWork
from posts.desk.people_forms import EXPORT, BulkForm, FiltersForm
from posts.desk.permissions import MAY_CHANGE_PEOPLE, MAY_SEE_PEOPLE, permission_needed, signed_in
from posts.desk.staff.notes import note, note_number
from posts.desk.texts import people
from subscribers import saying
from subscribers.lists.cells import neutralised
from subscribers.lists.exporter import BYTE_ORDER_MARK, as_csv
from subscribers.models import Newsletter
from subscribers.ring import ring_on_commit
from subscribers.saying import sentence_of
from subscribers.segments.actions import SegmentRefused, create_tag
from subscribers.segments.models import Tag

COLUMNS = ("address", "name", "newsletters", "language", "edition", "format", "pace", "since")


@require_safe
@permission_needed(MAY_SEE_PEOPLE)
def index(request: HttpRequest) -> HttpResponse:
    """`/admin/subscribers/`"""
    return _list(request, FiltersForm(request.GET))


def _asks(request: HttpRequest) -> bool:
    """Addresses leave, or people are forgotten for good."""
    verb = request.POST.get("verb", "")
    return verb == EXPORT or (verb == BulkWork.Verb.ERASE and "sure" in request.POST)


@require_POST
@permission_needed(MAY_SEE_PEOPLE)
@asked_again(when=_asks)
def act(request: HttpRequest) -> HttpResponseBase:
    """What is to be done: asks first, then notes it and lets a worker do it."""
    filters_form, form = FiltersForm(request.POST), BulkForm(request.POST)
    if not form.is_valid():
        problem = " ".join(str(e) for errors in form.errors.values() for e in errors)
        return _list(request, filters_form, problem=problem, status=422)
    filters, ids = filters_form.filters(), form.chosen()
    if filters_form.errors and ids is None:
        # A field that says nothing would mean more people than were looked at.
        return _list(
            request, filters_form, problem=_("Correct the fields above first."), status=422
        )
    if form.cleaned_data["verb"] == EXPORT:
        if (newsletter := Newsletter.objects.order_by("pk").first()) is not None:
            count = bulk.chosen(filters, ids).count()
            by = signed_in(request)
            note_number("desk.exported", by=by, on=newsletter, number=count)
        return _download(filters, ids)
    if not request.user.has_perm(MAY_CHANGE_PEOPLE):
        raise PermissionDenied
    if "sure" not in request.POST:
        return _ask(request, form, filters, ids)
    return _begin(request, form, filters, ids)


def _list(
    request: HttpRequest, form: FiltersForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    filters = form.filters()
    found = search.page(filters, after=_id_in(request, "after"), before=_id_in(request, "before"))
    return screen(
        request,
        "desk/subscribers.html",
        title=_("Subscribers"),
        icon="group",
        status=status,
        form=form,
        people=found.people,
        narrow=filters.is_narrow,
        alphabetical=bool(filters.prefix),
        count_text=_count_text(found.count, filters),
        next_url=_turned(form, after=found.after),
        back_url=_turned(form, before=found.before),
        carried=_carried(form),
        tags=Tag.objects.all(),
        verbs=BulkForm.base_fields["verb"].choices,  # type: ignore[attr-defined]
        whos=BulkForm.base_fields["who"].choices,  # type: ignore[attr-defined]
        may_change=request.user.has_perm(MAY_CHANGE_PEOPLE),
        works=BulkWork.objects.order_by("-pk")[:3],
        problem=problem,
        ticked=set(request.POST.getlist("ids")),
    )


def _count_text(count: int, filters: search.Filters) -> str:
    if count > (most := search.counted_to(filters)):
        return _("More than %s people") % intcomma(most)
    exact = search.count_is_exact(filters)
    return people(count) if exact else _("At most %s") % people(count)


def _id_in(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _carried(form: FiltersForm) -> list[tuple[str, str]]:
    """What is sought, as it was typed, for the next page and for the press."""
    return [(name, form.data[name]) for name in form.fields if form.data.get(name)]


def _turned(form: FiltersForm, **edge: int | None) -> str:
    ((name, count),) = edge.items()
    if count is None:
        return ""
    address = reverse("desk:subscribers")
    return f"{address}?{urlencode([*_carried(form), (name, count)])}"


def _ask(
    request: HttpRequest, form: BulkForm, filters: search.Filters, ids: list[int] | None
) -> HttpResponse:
    """How many it is, counted to the last one: this page is opened once, not each day."""
    count = bulk.chosen(filters, ids).count()
    return screen(
        request,
        "desk/bulk.html",
        title=_("To many people at once"),
        icon="group",
        trail=((reverse("desk:subscribers"), _("Subscribers")),),
        verb=form.cleaned_data["verb"],
        verb_text=BulkWork.Verb(form.cleaned_data["verb"]).label,
        tag=form.cleaned_data["tag"],
        everybody=ids is None and not filters.is_narrow,
        count=count,
        people_text=people(count),
        carried=[
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken"
        ],
    )


def _begin(
    request: HttpRequest, form: BulkForm, filters: search.Filters, ids: list[int] | None
) -> HttpResponse:
    by, verb = signed_in(request).get_username(), form.cleaned_data["verb"]
    value = None
    try:
        if verb in ("tag", "untag"):
            value = create_tag(name=form.cleaned_data["tag"], by=by).pk
    except SegmentRefused as error:
        messages.error(request, error.message)
        return redirect("desk:subscribers")
    if verb == "unsubscribe":
        value = filters.newsletter
    expected = bulk.chosen(filters, ids).count()
    work = bulk.begin(verb=verb, filters=filters, ids=ids, value=value, expected=expected, by=by)
    who = sentence_of(expected, "%(number)s person", "%(number)s people")
    detail = saying.listed([saying.from_label(BulkWork.Verb(verb).label), who], ": ")
    note("desk.bulk", by=signed_in(request), on=work, detail=detail)
    ring_on_commit("posts.desk.tasks.bulk_work")
    messages.success(
        request,
        _("It has begun, for %s. Below the list you see how far it is.") % people(expected),
    )
    return redirect("desk:subscribers")


def _download(filters: search.Filters, ids: list[int] | None) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(filters, ids), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="subscribers.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(filters: search.Filters, ids: list[int] | None) -> Iterator[str]:
    yield BYTE_ORDER_MARK + as_csv([COLUMNS])
    for chunk in bulk.in_chunks(filters, ids):
        yield as_csv(map(neutralised, _row(one)) for one in chunk)


def _row(person: Any) -> list[str]:
    subscriptions = [
        f"{subscription.newsletter.slug}: {subscription.status}"
        for subscription in person.subscriptions.all()
    ]
    return [
        person.email,
        person.name,
        "; ".join(subscriptions),
        person.locale,
        person.edition,
        person.format,
        person.pace,
        person.created_at.isoformat(),
    ]
