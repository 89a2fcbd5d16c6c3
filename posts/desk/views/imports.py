"""Lists in and out: upload, preview, confirm, watch, fetch what was rejected; and the export."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from posts.desk import import_columns
from posts.desk.again import asked_again
from posts.desk.frame import screen
from posts.desk.permissions import MAY_CHANGE_PEOPLE, permission_needed, signed_in
from posts.desk.staff.notes import note
from subscribers import saying
from subscribers.lists import jobs
from subscribers.lists.columns import EMAIL
from subscribers.lists.encodings import LABELS
from subscribers.lists.exporter import BYTE_ORDER_MARK, export
from subscribers.lists.mapping import ColumnMapping
from subscribers.lists.models import ImportJob
from subscribers.lists.records import ListRefused
from subscribers.lists.statuses import LEFT
from subscribers.models import Newsletter
from subscribers.ring import ring

State = ImportJob.State
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_TEXTS = (
    ("added", gettext_lazy("Added")),
    ("updated", gettext_lazy("Updated: a name, a tag or a consent is new")),
    ("unchanged", gettext_lazy("Unchanged: here already, or twice in the file")),
    ("suppressed", gettext_lazy("Kept out: left, bounced or complained")),
    ("rejected", gettext_lazy("Rejected: something is wrong with the row")),
)
# What becomes of a row, and for whom the file itself says that she must not be mailed.
_OUTCOMES = {
    "added": gettext_lazy("Added"),
    "updated": gettext_lazy("Updated"),
    "unchanged": gettext_lazy("Unchanged"),
    "suppressed": gettext_lazy("Kept out"),
}
_STATUSES = {
    "active": gettext_lazy("may be mailed"),
    "pending": gettext_lazy("never agreed: asked by mail first"),
    "unsubscribed": gettext_lazy("left"),
    "bounced": gettext_lazy("mail came back"),
    "complained": gettext_lazy("complained"),
    "never": gettext_lazy("never to be mailed"),
}


class UploadForm(forms.Form):
    """The list, and where its people belong."""

    newsletter = forms.ModelChoiceField(
        Newsletter.objects.all(), label=gettext_lazy("Newsletter"), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("Nobody is added or mailed yet: you see first what would happen."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose the CSV file with your list."),
            "empty": gettext_lazy("This file is empty. Export your list once more."),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission_needed(MAY_CHANGE_PEOPLE)
def index(request: HttpRequest) -> HttpResponse:
    """`/admin/imports/`"""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            job = jobs.receive(
                pieces=upload.chunks(),
                file_name=upload.name,
                newsletter=form.cleaned_data["newsletter"],
                by=request.user.get_username(),
            )
        except ListRefused as refusal:
            form.add_error("file", refusal.message)
        else:
            note("desk.import.brought", by=signed_in(request), on=job)
            ring("subscribers.lists.tasks.work_on_import", job.pk)
            return redirect("desk:import", job.pk)
    return screen(
        request,
        "desk/imports.html",
        title=_("Import and export"),
        icon="upload",
        status=422 if request.method == "POST" else 200,
        form=form,
        jobs=ImportJob.objects.select_related("newsletter")[:50],
        newsletters=Newsletter.objects.all(),
    )


@require_safe
@never_cache
@permission_needed(MAY_CHANGE_PEOPLE)
def detail(request: HttpRequest, job_id: int) -> HttpResponse:
    """`/admin/imports/<id>/`: the preview, then the progress, then the result."""
    return _page(request, _find(job_id))


def _page(
    request: HttpRequest,
    job: ImportJob,
    *,
    problem: str = "",
    status: int = 200,
    mapping: ColumnMapping | None = None,
) -> HttpResponse:
    """`mapping`: answers that are not kept yet, since some are missing."""
    preview = job.preview
    totals = preview.get("totals", {}) if job.state == State.CHECKED else jobs.counted(job)
    whole = preview.get("totals", {}).get("read", 0)
    return screen(
        request,
        "desk/import.html",
        title=_("Import of %s") % job.file_name,
        icon="upload",
        trail=((reverse("desk:imports"), _("Import and export")),),
        crumb=_("Import"),
        status=status,
        job=job,
        problem=problem,
        source=request.POST.get("source", ""),
        moving=job.state in (State.CHECKING, State.RUNNING),
        percent=100 * job.done_rows // whole if whole else 0,
        whole=whole,
        totals=[(text, totals.get(name, 0)) for name, text in _TEXTS] if totals else [],
        read=totals.get("read", 0),
        added=totals.get("added", 0),
        people=preview if job.state == State.CHECKED else job.counts,
        encoding=LABELS.get(preview.get("encoding", ""), ""),
        delimiter=_DELIMITERS.get(preview.get("delimiter", ""), preview.get("delimiter", "")),
        has_rejects=jobs.rejects_of(job).exists(),
        rows=[_in_words(row) for row in preview.get("rows", [])],
        rejects=[
            (line, cells, saying.heard(why)) for line, cells, why in preview.get("rejects", [])
        ],
        **_asked(job, mapping or ColumnMapping.from_json(job.mapping)),
    )


def _in_words(row: list[str]) -> list[str]:
    """A row of the preview as a person reads it."""
    address, name, said, tags, outcome = row
    return [address, str(_OUTCOMES[outcome]), str(_STATUSES.get(said, "")), name, tags]


def _asked(job: ImportJob, mapping: ColumnMapping) -> dict[str, Any]:
    """What the page asks about columns, or lets one correct; nothing once it is decided."""
    if job.state not in (State.ASKED, State.CHECKED):
        return {}
    columns = import_columns.choices(job.preview, mapping, ColumnMapping.from_json(job.mapping))
    others = sorted((one for one in columns if not one.open), key=lambda one: not one.taken)
    addresses = job.preview.get("addresses", [])
    return {
        "readings": [
            (codec, LABELS[codec], ", ".join(names))
            for codec, names in job.preview.get("readings", [])
        ],
        "doubtful": [one for one in columns if one.open],
        "columns": others[: import_columns.MOST_COLUMNS],
        "unlisted": len(others[import_columns.MOST_COLUMNS :]),
        "addresses": [
            (one, mapping.roles.get(one.number) == EMAIL)
            for one in columns
            if one.number in addresses
        ],
        "everybody": [
            (name, text, name == mapping.everybody)
            for name, text in import_columns.EVERYBODYS.items()
        ],
        "nobody_is_mailed": mapping.everybody in LEFT,
        "named": job.preview.get("everybody", ""),
    }


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
def answer(request: HttpRequest, job_id: int) -> HttpResponse:
    """Say what the columns mean, and have the file looked at once more."""
    job = _find(job_id)
    before = ColumnMapping.from_json(job.mapping)
    mapping = import_columns.answered(request.POST, job.preview, before)
    if left := import_columns.unanswered(job.preview, mapping, before):
        problem = _("There is still no answer to: %s.") % "; ".join(left)
        return _page(request, job, problem=problem, status=422, mapping=mapping)
    if jobs.answer(job=job, mapping=mapping, by=request.user.get_username()):
        note("desk.import.answered", by=signed_in(request), on=job)
        ring("subscribers.lists.tasks.work_on_import", job.pk)
    return redirect("desk:import", job.pk)


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
@asked_again
def confirm(request: HttpRequest, job_id: int) -> HttpResponse:
    """Let it begin, on the person's word that these people agreed, or by asking each."""
    job = _find(job_id)
    consent = request.POST.get("consent", "")
    try:
        if consent not in ("agreed", "ask"):
            raise ListRefused(_("Choose whether these people agreed already."))
        begun = jobs.confirm(
            job=job,
            confirmed=consent == "agreed",
            source=request.POST.get("source", ""),
            by=request.user.get_username(),
        )
    except ListRefused as refusal:
        return _page(request, job, problem=refusal.message, status=422)
    if begun:
        note("desk.import.confirmed", by=signed_in(request), on=job)
        ring("subscribers.lists.tasks.work_on_import", job.pk)
    return redirect("desk:import", job.pk)


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
def cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop it; who was added already stays."""
    job = _find(job_id)
    if jobs.cancel(job=job, by=request.user.get_username()):
        note("desk.import.cancelled", by=signed_in(request), on=job)
        messages.success(request, _("Stopped. The uploaded file was deleted."))
    return redirect("desk:import", job_id)


@permission_needed(MAY_CHANGE_PEOPLE)
@require_POST
@asked_again
def rejects(request: HttpRequest, job_id: int) -> FileResponse:
    """The rows that were not taken, each with its reason in front."""
    job = _find(job_id)
    path = jobs.rejects_of(job)
    if not path.exists():
        raise Http404
    note("desk.exported", by=signed_in(request), on=job.newsletter)
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"{job.file_name.removesuffix('.csv')}-rejects.csv",
        content_type="text/csv; charset=utf-8",
    )


@never_cache
@permission_needed(MAY_CHANGE_PEOPLE)
@require_POST
@asked_again
def export_csv(request: HttpRequest, newsletter_id: int) -> StreamingHttpResponse:
    """Everybody of a newsletter, as the import reads it back. Begins with a byte order mark, for
    Excel."""
    newsletter = get_object_or_404(Newsletter, pk=newsletter_id)
    note("desk.exported", by=signed_in(request), on=newsletter)
    name = f"{newsletter.slug}-{timezone.localdate():%Y-%m-%d}-subscribers.csv"
    return StreamingHttpResponse(
        _pieces(newsletter),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _pieces(newsletter: Newsletter) -> Iterator[str]:
    yield BYTE_ORDER_MARK
    for piece, _people in export(newsletter):
        yield piece


def _find(job_id: int) -> ImportJob:
    return get_object_or_404(ImportJob.objects.select_related("newsletter"), pk=job_id)
