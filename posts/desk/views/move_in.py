"""Bringing letters from elsewhere: choose, upload, look at what would come, bring it in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from posts.content.importing import ImportRefused
from posts.desk.again import asked_again
from posts.desk.frame import screen, settings_trail
from posts.desk.permissions import owners_only, signed_in
from posts.desk.staff.notes import note
from posts.moving_in import moves
from posts.moving_in.models import MoveIn
from posts.moving_in.sources.registry import SYSTEMS
from subscribers import saying
from subscribers.lists.models import ImportJob
from subscribers.lists.records import ListRefused
from subscribers.models import Newsletter
from subscribers.ring import ring

State = MoveIn.State
_SHOWN = 30  # lines of what cannot be carried over
_LETTERS = (
    ("published", gettext_lazy("Published, and emailed to nobody")),
    ("drafts", gettext_lazy("Drafts")),
    ("there_already", gettext_lazy("Here already")),
    ("refused", gettext_lazy("Not brought: something is wrong with it")),
)


class MoveInForm(forms.Form):
    """Where the letters come from, and the file."""

    system = forms.ChoiceField(
        label=gettext_lazy("Where do your letters come from?"),
        choices=[("", "—"), *((one.name, one.title) for one in SYSTEMS.values())],
        error_messages={"required": gettext_lazy("Choose where they come from.")},
    )
    file = forms.FileField(
        label=gettext_lazy("What it exported"),
        help_text=gettext_lazy(
            "Nothing is published and nobody is added: you see first what comes."
        ),
        error_messages={
            "required": gettext_lazy("Choose the file that was exported."),
            "empty": gettext_lazy("This file is empty. Export it once more."),
        },
    )
    newsletter = forms.ModelChoiceField(
        Newsletter.objects.all(), label=gettext_lazy("Newsletter"), empty_label=None
    )
    fetch_pictures = forms.BooleanField(
        required=False,
        label=gettext_lazy("Fetch pictures that are not in the file"),
        help_text=gettext_lazy("They are asked for at the place where they are now, once."),
    )
    old_address = forms.URLField(
        required=False,
        assume_scheme="https",
        max_length=200,
        label=gettext_lazy("Address of the old site"),
        help_text=gettext_lazy("Only Ghost does not tell it: its pictures are fetched from there."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@owners_only
def index(request: HttpRequest) -> HttpResponse:
    """`/admin/move-in/`"""
    is_sent = request.method == "POST"
    form = MoveInForm(request.POST, request.FILES) if is_sent else MoveInForm()
    if is_sent and form.is_valid():
        said = form.cleaned_data
        try:
            move = moves.receive(
                pieces=said["file"].chunks(),
                file_name=said["file"].name,
                system=said["system"],
                newsletter=said["newsletter"],
                old_address=said["old_address"],
                fetch_pictures=said["fetch_pictures"],
                by=signed_in(request).get_username(),
            )
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            note("desk.move.brought", by=signed_in(request), on=move)
            ring("posts.moving_in.tasks.work_on_move", move.pk)
            return redirect("desk:move", move.pk)
    return screen(
        request,
        "desk/move_in.html",
        title=_("Bring your letters from elsewhere"),
        icon="upload",
        trail=settings_trail(),
        status=422 if is_sent else 200,
        form=form,
        systems=[(one.title, one.files) for one in SYSTEMS.values()],
        moves=MoveIn.objects.all()[:20],
    )


@require_safe
@never_cache
@owners_only
def detail(request: HttpRequest, move_id: int) -> HttpResponse:
    """`/admin/move-in/<id>/`: what would come, then the progress, then what came."""
    return _page(request, _find(move_id))


def _page(
    request: HttpRequest, move: MoveIn, *, problem: str = "", status: int = 200
) -> HttpResponse:
    found = move.preview if move.state in (State.CHECKED, State.RUNNING) else move.counts
    counts = found.get("counts", {})
    return screen(
        request,
        "desk/move.html",
        title=_("From %(system)s: %(file)s")
        % {"system": SYSTEMS[move.system].title, "file": move.file_name},
        icon="upload",
        trail=(*settings_trail(), (reverse("desk:move_in"), _("Bring your letters"))),
        crumb=_("What comes"),
        status=status,
        move=move,
        system=SYSTEMS[move.system].title,
        problem=problem,
        source=request.POST.get("source", ""),
        moving=move.state in (State.CHECKING, State.RUNNING),
        percent=100 * move.done // move.posts if move.posts else 0,
        letters=[(text, counts.get(name, 0)) for name, text in _LETTERS] if counts else [],
        read=counts.get("read", 0),
        pages=counts.get("pages", 0),
        pictures=counts.get("pictures", 0),
        lists=list(map(_list, moves.lists_of(move))),
        lines=found.get("lines", 0),
        first=[[saying.heard(one) for one in line] for line in found.get("first", [])[:_SHOWN]],
        has_report=moves.report_of(move).exists(),
    )


def _list(job: ImportJob) -> dict[str, Any]:
    """A list of people, as the page names it: how many would come, or came."""
    is_over = job.state in (ImportJob.State.RUNNING, ImportJob.State.FINISHED)
    totals = job.counts if is_over else job.preview.get("totals", {})
    return {"job": job, "asked": job.state == ImportJob.State.ASKED, **totals}


@require_POST
@owners_only
@asked_again
def confirm(request: HttpRequest, move_id: int) -> HttpResponse:
    """Let it begin, on her word that the people in it agreed, or by asking each."""
    move = _find(move_id)
    consent = request.POST.get("consent", "")
    try:
        if consent not in ("agreed", "ask") and any(move.lists):
            raise ListRefused(_("Choose whether these people agreed already."))
        begun = moves.confirm(
            move=move,
            confirmed=consent == "agreed",
            source=request.POST.get("source", ""),
            by=signed_in(request).get_username(),
        )
    except ListRefused as refusal:
        return _page(request, move, problem=refusal.message, status=422)
    if begun:
        note("desk.move.confirmed", by=signed_in(request), on=move)
        ring("posts.moving_in.tasks.work_on_move", move.pk)
    return redirect("desk:move", move.pk)


@require_POST
@owners_only
def cancel(request: HttpRequest, move_id: int) -> HttpResponse:
    """Stop it; what came already stays."""
    move = _find(move_id)
    if moves.cancel(move=move, by=signed_in(request).get_username()):
        note("desk.move.cancelled", by=signed_in(request), on=move)
        messages.success(request, _("Stopped. The uploaded file was deleted."))
    return redirect("desk:move", move_id)


@require_safe
@never_cache
@owners_only
def report(request: HttpRequest, move_id: int) -> FileResponse:
    """What could not be carried over, all of it."""
    path = moves.report_of(_find(move_id))
    if not path.exists():
        raise Http404
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename="not-carried-over.csv",
        content_type="text/csv; charset=utf-8",
    )


def _find(move_id: int) -> MoveIn:
    return get_object_or_404(MoveIn.objects.select_related("newsletter"), pk=move_id)
