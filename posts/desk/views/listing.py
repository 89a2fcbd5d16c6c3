"""The list of people, and what is done to many of them at once."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from posts.desk import bulk, finding
from posts.desk.models import BulkWork
from posts.desk.people_forms import EXPORT, BulkForm, SoughtForm
from posts.desk.screens import permission_needed, screen, signed_in
from posts.desk.words import people
from subscribers.lists.cells import neutralised
from subscribers.lists.exporter import BYTE_ORDER_MARK, as_csv
from subscribers.ring import ring_on_commit
from subscribers.segments.actions import SegmentRefused, create_tag
from subscribers.segments.models import Tag

MAY_CHANGE = "subscribers.change_subscriber"
COLUMNS = ("address", "name", "newsletters", "language", "edition", "format", "pace", "since")


@require_safe
@permission_needed("subscribers.view_subscriber")
def index(request: HttpRequest) -> HttpResponse:
    """`/admin/subscribers/`"""
    return _list(request, SoughtForm(request.GET))


@require_POST
@permission_needed("subscribers.view_subscriber")
def act(request: HttpRequest) -> HttpResponseBase:
    """What is to be done: asks first, then notes it and lets a worker do it."""
    sought_form, form = SoughtForm(request.POST), BulkForm(request.POST)
    if not form.is_valid():
        problem = " ".join(str(e) for errors in form.errors.values() for e in errors)
        return _list(request, sought_form, problem=problem, status=422)
    sought, ids = sought_form.sought(), form.chosen()
    if sought_form.errors and ids is None:
        # A field that says nothing would mean more people than were looked at.
        return _list(request, sought_form, problem=_("Correct the fields above first."), status=422)
    if form.cleaned_data["verb"] == EXPORT:
        return _download(sought, ids)
    if not request.user.has_perm(MAY_CHANGE):
        raise PermissionDenied
    if "sure" not in request.POST:
        return _ask(request, form, sought, ids)
    return _begin(request, form, sought, ids)


def _list(
    request: HttpRequest, form: SoughtForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    sought = form.sought()
    found = finding.page(sought, after=_number(request, "after"), before=_number(request, "before"))
    return screen(
        request,
        "desk/subscribers.html",
        title=_("Subscribers"),
        icon="group",
        status=status,
        form=form,
        people=found.people,
        narrow=sought.is_narrow,
        alphabetical=bool(sought.prefix),
        count_words=_count_words(found.count, sought),
        next_url=_turned(form, after=found.after),
        back_url=_turned(form, before=found.before),
        carried=_carried(form),
        tags=Tag.objects.all(),
        verbs=BulkForm.base_fields["verb"].choices,  # type: ignore[attr-defined]
        whos=BulkForm.base_fields["who"].choices,  # type: ignore[attr-defined]
        may_change=request.user.has_perm(MAY_CHANGE),
        works=BulkWork.objects.order_by("-pk")[:3],
        problem=problem,
        ticked=set(request.POST.getlist("ids")),
    )


def _count_words(number: int, sought: finding.Sought) -> str:
    if number > (most := finding.counted_to(sought)):
        return _("More than %s people") % f"{most:,}"
    exact = finding.count_is_exact(sought)
    return people(number) if exact else _("At most %s") % people(number)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _carried(form: SoughtForm) -> list[tuple[str, str]]:
    """What is sought, as it was typed, for the next page and for the press."""
    return [(name, form.data[name]) for name in form.fields if form.data.get(name)]


def _turned(form: SoughtForm, **edge: int | None) -> str:
    ((name, number),) = edge.items()
    if number is None:
        return ""
    address = reverse("desk:subscribers")
    return f"{address}?{urlencode([*_carried(form), (name, number)])}"


def _ask(
    request: HttpRequest, form: BulkForm, sought: finding.Sought, ids: list[int] | None
) -> HttpResponse:
    """How many it is, counted to the last one: this page is opened once, not each day."""
    number = bulk.chosen(sought, ids).count()
    return screen(
        request,
        "desk/bulk.html",
        title=_("To many people at once"),
        icon="group",
        trail=((reverse("desk:subscribers"), _("Subscribers")),),
        verb=form.cleaned_data["verb"],
        verb_words=BulkWork.Verb(form.cleaned_data["verb"]).label,
        tag=form.cleaned_data["tag"],
        everybody=ids is None and not sought.is_narrow,
        number=number,
        number_words=people(number),
        carried=[
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken"
        ],
    )


def _begin(
    request: HttpRequest, form: BulkForm, sought: finding.Sought, ids: list[int] | None
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
        value = sought.newsletter
    expected = bulk.chosen(sought, ids).count()
    bulk.begin(verb=verb, sought=sought, ids=ids, value=value, expected=expected, by=by)
    ring_on_commit("posts.desk.tasks.bulk_work")
    messages.success(
        request,
        _("It has begun, for %s. Below the list you see how far it is.") % people(expected),
    )
    return redirect("desk:subscribers")


def _download(sought: finding.Sought, ids: list[int] | None) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(sought, ids), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="subscribers.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(sought: finding.Sought, ids: list[int] | None) -> Iterator[str]:
    yield BYTE_ORDER_MARK + as_csv([COLUMNS])
    for chunk in bulk.in_chunks(sought, ids):
        yield as_csv(map(neutralised, _row(one)) for one in chunk)


def _row(person: Any) -> list[str]:
    ties = [f"{tie.newsletter.slug}: {tie.status}" for tie in person.subscriptions.all()]
    return [
        person.email,
        person.name,
        "; ".join(ties),
        person.locale,
        person.edition,
        person.format,
        person.pace,
        person.created_at.isoformat(),
    ]
