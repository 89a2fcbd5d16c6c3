"""The outbox: what would have left, as its readers would have got it."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from posts.delivery.transports import name_of_current
from posts.delivery.transports.outbox import Outbox
from posts.desk import outbox
from posts.desk.frame import screen
from posts.desk.permissions import staff_only

PER_PAGE = 50


@require_safe
@staff_only
def index(request: HttpRequest) -> HttpResponse:
    """`/admin/outbox/`: newest first, or those to one recipient."""
    query = request.GET.get("q", "").strip()
    found = outbox.addressed_to(query) if query else outbox.entries()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
    return screen(
        request,
        "desk/outbox.html",
        title=_("Outbox"),
        icon="mail",
        page=page,
        letters=outbox.summarise_all(page.object_list),
        query=query,
        total=len(found),
        is_transport=name_of_current() == Outbox.name,
    )


@require_safe
@staff_only
def detail(request: HttpRequest, name: str) -> HttpResponse:
    """One letter: its header, its text, and its HTML in a frame of its own."""
    letter = outbox.read(_entry(name))
    return screen(
        request,
        "desk/outbox_letter.html",
        title=letter.header("subject") or _("A letter without a subject"),
        icon="mail",
        trail=((reverse("desk:outbox"), _("Outbox")),),
        crumb=_("Letter"),
        letter=letter,
    )


@require_safe
@staff_only
@xframe_options_sameorigin
def html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, for the frame."""
    content = outbox.read(_entry(name)).html
    if not content:
        raise Http404
    # Links would open inside the frame, where no page of ours lets itself be shown.
    content = content.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(content, headers={"Content-Security-Policy": _policy()})


def _policy() -> str:
    """A letter is somebody's HTML: it may be looked at, but may not run, send or load anything of
    others. Links open beside the desk."""
    return (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        f"img-src data: {settings.SITE_URL} 'self'; style-src 'unsafe-inline'"
    )


@require_safe
@staff_only
def download(request: HttpRequest, name: str) -> FileResponse:
    """The file as it is, for a mail program."""
    entry = _entry(name)
    return FileResponse(
        open(entry.path, "rb"),
        as_attachment=True,
        filename=entry.name.partition(":")[0].removesuffix(".eml") + ".eml",
        content_type="message/rfc822",
    )


def _entry(name: str) -> outbox.OutboxFile:
    entry = outbox.find(name)
    if entry is None:
        raise Http404
    return entry
