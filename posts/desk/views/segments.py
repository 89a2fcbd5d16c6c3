"""Growth, segments and tags."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from posts.desk.frame import screen
from posts.desk.growth import day, drawn
from posts.desk.permissions import MAY_CHANGE_PEOPLE, MAY_SEE_PEOPLE, permission_needed, signed_in
from posts.desk.segment_forms import SegmentForm, condition_lines
from posts.desk.staff.notes import note
from posts.desk.texts import people
from subscribers.figures.queries import counted_at, growth, standings
from subscribers.models import Newsletter, Subscription
from subscribers.saying import sentence
from subscribers.segments import actions, rules
from subscribers.segments.models import Segment, Tag
from subscribers.segments.queries import live_count

PERIODS = (30, 90, 365)


def _trail() -> tuple[tuple[str, str], ...]:
    return ((reverse("desk:subscribers"), _("Subscribers")),)


# --- Growth -----------------------------------------------------------------------------------


@require_safe
@permission_needed(MAY_SEE_PEOPLE)
def figures(request: HttpRequest) -> HttpResponse:
    """`/admin/subscribers/growth/`"""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else PERIODS[0]
    newsletter = Newsletter.objects.filter(slug=request.GET.get("newsletter", "")).first()
    grown = growth(days=days, newsletter=newsletter.pk if newsletter else None)
    rows = [(day(piece), piece) for piece in reversed(grown.pieces) if piece.joined or piece.left]
    return screen(
        request,
        "desk/figures.html",
        title=_("Growth"),
        icon="group",
        trail=_trail(),
        counted_at=counted_at(),
        growth=grown,
        drawn=drawn(grown),
        rows=rows,
        days=days,
        periods=PERIODS,
        newsletter=newsletter,
        newsletters=Newsletter.objects.all(),
        statuses=[str(label) for label in Subscription.Status.labels],
        standings=[(one, list(counts.values())) for one, counts in standings()],
    )


# --- Segments ---------------------------------------------------------------------------------


@require_safe
@permission_needed(MAY_SEE_PEOPLE)
def segments(request: HttpRequest) -> HttpResponse:
    """`/admin/subscribers/segments/`"""
    found = [
        (segment, rules.in_words(segment.rule), people(live_count(segment)))
        for segment in Segment.objects.select_related("newsletter")
    ]
    return screen(
        request,
        "desk/segments.html",
        title=_("Segments"),
        icon="group",
        trail=_trail(),
        segments=found,
        may_change=request.user.has_perm(MAY_CHANGE_PEOPLE),
    )


@require_http_methods(["GET", "POST"])
@permission_needed(MAY_CHANGE_PEOPLE)
def segment(request: HttpRequest, segment_id: int | None = None) -> HttpResponse:
    """A segment's rule. “How many?” counts and keeps nothing; “Save” keeps it."""
    known = get_object_or_404(Segment, pk=segment_id) if segment_id else None
    if request.method == "GET":
        return _segment_page(request, known, _form(known), condition_lines(segment=known))
    form, lines = SegmentForm(request.POST), condition_lines(request.POST)
    counts = request.POST.get("press") == "count"
    if counts:
        form.fields["name"].required = False  # she may ask how many before she finds a name
    if not (form.is_valid() and lines.is_valid()):
        return _segment_page(request, known, form, lines, status=422)
    asked: dict[str, Any] = {
        "name": form.cleaned_data["name"],
        "newsletter": form.cleaned_data["newsletter"],
        "rule": {
            form.cleaned_data["join"]: [c for line in lines if (c := line.condition()) is not None]
        },
    }
    try:
        if counts:
            trial = Segment(**{**asked, "rule": rules.clean(asked["rule"])})
            return _segment_page(request, known, form, lines, counted=people(live_count(trial)))
        saved = actions.save_segment(**asked, segment=known, by=signed_in(request).get_username())
    except (actions.SegmentRefused, rules.RuleRefused) as error:
        return _segment_page(request, known, form, lines, problem=error.message, status=422)
    note("desk.segment.saved", by=signed_in(request), on=saved)
    messages.success(
        request,
        _("“%(segment)s” is saved: %(people)s are in it now.")
        % {"segment": saved, "people": people(live_count(saved))},
    )
    return redirect("desk:segments")


def _form(known: Segment | None) -> SegmentForm:
    if known is None:
        return SegmentForm(initial={"newsletter": Newsletter.objects.first()})
    join = next(iter(known.rule), "all")
    return SegmentForm(
        initial={"name": known.name, "newsletter": known.newsletter_id, "join": join}
    )


def _segment_page(
    request: HttpRequest,
    known: Segment | None,
    form: SegmentForm,
    lines: Any,
    *,
    status: int = 200,
    **shown: str,
) -> HttpResponse:
    return screen(
        request,
        "desk/segment.html",
        title=known.name if known else _("A new segment"),
        icon="group",
        trail=(*_trail(), (reverse("desk:segments"), _("Segments"))),
        status=status,
        segment=known,
        form=form,
        lines=lines,
        **shown,
    )


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
def delete_segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Forget a rule."""
    found = get_object_or_404(Segment, pk=segment_id)
    note("desk.segment.deleted", by=signed_in(request), on=found)
    actions.delete_segment(segment=found, by=signed_in(request).get_username())
    messages.success(request, _("The segment “%s” is deleted; its people are as before.") % found)
    return redirect("desk:segments")


# --- Tags -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission_needed(MAY_SEE_PEOPLE)
def tags(request: HttpRequest) -> HttpResponse:
    """`/admin/subscribers/tags/`: GET shows them, POST makes one."""
    if request.method == "POST":
        return _change_tag(request, None)
    return screen(
        request,
        "desk/tags.html",
        title=_("Tags"),
        icon="tag",
        trail=_trail(),
        tags=Tag.objects.all(),
        may_change=request.user.has_perm(MAY_CHANGE_PEOPLE),
    )


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
def tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Rename or delete a tag."""
    return _change_tag(request, get_object_or_404(Tag, pk=tag_id))


def _change_tag(request: HttpRequest, known: Tag | None) -> HttpResponse:
    by, name = signed_in(request).get_username(), request.POST.get("name", "")
    try:
        if not signed_in(request).has_perm(MAY_CHANGE_PEOPLE):
            raise actions.SegmentRefused(_("You may look at tags, and not change them."))
        if known is None:
            made = actions.create_tag(name=name, by=by)
            note("desk.tag.changed", by=signed_in(request), on=made)
            message = _("The tag “%s” is there.") % made
        elif request.POST.get("press") == "delete":
            note("desk.tag.changed", by=signed_in(request), on=known, detail=sentence("Deleted"))
            count = actions.delete_tag(tag=known, by=by)
            message = _("The tag is deleted; %s had it.") % people(count)
        else:
            actions.rename_tag(tag=known, name=name, by=by)
            note("desk.tag.changed", by=signed_in(request), on=known)
            message = _("The tag is called “%s” now.") % known
        messages.success(request, message)
    except actions.SegmentRefused as error:
        messages.error(request, error.message)
    return redirect("desk:tags")
