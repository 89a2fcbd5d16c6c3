"""A text that somebody has becomes a draft: upload, look at what it became, correct it, keep it."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from posts.content.blocks import BodyBlock
from posts.content.importing import (
    ENCLOSED_ENDINGS,
    ENDINGS,
    HELD,
    LONGEST_TITLE,
    ImportedPost,
    ImportRefused,
    PostPart,
    called,
    forget_language,
    guessed,
    keep_text,
    read_post,
    recognised,
)
from posts.content.richtext import PageLinks
from posts.desk import text_uploads
from posts.desk.frame import screen
from posts.desk.permissions import signed_in, writers_only
from subscribers.languages import of_the_site
from subscribers.models import Newsletter

_BODY = BodyBlock()
_CONTEXT = {"medium": "web", "share_url": "", "page_links": PageLinks(), "our_words": ""}


class _Files(forms.FileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Every file that was chosen."""
        clean = super().clean
        return [clean(file, initial) for file in data or [None]]


class TextForm(forms.Form):
    """The text, and its pictures."""

    chosen = _FilesField(
        label=gettext_lazy("Your text, and its pictures and files"),
        help_text=gettext_lazy(
            "A Word document, plain text, Markdown or HTML; or one of them with the pictures, "
            "worksheets and sounds that it names, chosen together or as a .zip. Nothing is "
            "published: you see first what it becomes."
        ),
        widget=_Files(attrs={"accept": ",".join((*ENDINGS, "image/*", *ENCLOSED_ENDINGS))}),
        error_messages={"required": gettext_lazy("Choose the file with your text.")},
    )


class KeepForm(forms.Form):
    """What a writer may say of her text before it is kept."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.POST_LANGUAGES)
    newsletter = forms.ModelChoiceField(
        Newsletter.objects.all(), label=gettext_lazy("Newsletter"), empty_label=None
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@writers_only
def upload(request: HttpRequest) -> HttpResponse:
    """`/admin/posts/import/`"""
    form = TextForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            name = text_uploads.receive(form.cleaned_data["chosen"], user=signed_in(request))
        except ImportRefused as refusal:
            form.add_error("chosen", str(refusal))
        else:
            return redirect("desk:imported_text", name)
    return screen(
        request,
        "desk/import_text.html",
        title=_("Import a text"),
        icon="upload",
        trail=((reverse("post_listing:index"), _("Posts")),),
        status=422 if request.method == "POST" else 200,
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@writers_only
def look(request: HttpRequest, name: str) -> HttpResponse:
    """`/admin/posts/import/<name>/`: what the text would become; a POST makes a draft of it."""
    path = text_uploads.find(name, user=signed_in(request))
    if path is None:
        raise Http404
    try:
        text = read_post(path)
    except ImportRefused as refusal:
        messages.error(request, str(refusal).replace(str(path), path.name))
        text_uploads.forget(path)
        return redirect("desk:import_text")
    finally:
        forget_language()
    said = {
        "title": text.title,
        "language": text.language or of_the_site(),
        "newsletter": Newsletter.objects.first(),
    }
    form = KeepForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        return _kept(request, text, path, form)
    return screen(
        request,
        "desk/imported_text.html",
        title=_("Look at what it became"),
        icon="upload",
        trail=((reverse("desk:import_text"), _("Import a text")),),
        status=422 if request.method == "POST" else 200,
        form=form,
        name=name,
        file_name=path.name,
        is_draft=text.about.is_draft,
        parts=[(at, part, called(part), _rendered(part)) for at, part in enumerate(text.parts)],
        chosen=request.POST.getlist("paragraph"),
        recognised=recognised(text),
        guessed=[*guessed(text, blocks=False), *_with_name(text.guesses, path)],
        losses=_with_name(text.losses, path),
    )


@require_POST
@writers_only
def drop(request: HttpRequest, name: str) -> HttpResponse:
    """Forget an upload that is not wanted."""
    if path := text_uploads.find(name, user=signed_in(request)):
        text_uploads.forget(path)
    return redirect("desk:import_text")


def _kept(request: HttpRequest, text: ImportedPost, path: Path, form: KeepForm) -> HttpResponse:
    ticked = request.POST.getlist("paragraph")
    places = {int(place) for place in ticked if place.isascii() and place.isdecimal()}
    user = signed_in(request)
    post, losses = keep_text(
        text.with_paragraphs(places).called(form.cleaned_data["title"]),
        language=form.cleaned_data["language"],
        newsletter=form.cleaned_data["newsletter"],
        by=user.get_username(),
        user=user,
    )
    text_uploads.forget(path)
    for loss in losses:
        messages.warning(request, str(loss))
    messages.success(request, _("It is a draft now, which nobody sees until you publish it."))
    return redirect("wagtailadmin_pages:edit", post.pk)


def _rendered(part: PostPart) -> SafeString | None:
    """As a page shows it; a picture or a file only gets there when it is kept."""
    if part.block["type"] in HELD:
        return None
    (child,) = _BODY.to_python([part.block])
    html: SafeString = child.render(_CONTEXT)
    return html


def _with_name(notes: tuple[str, ...], path: Path) -> list[str]:
    """As the writer calls her file."""
    return [str(note).replace(str(path), path.name) for note in notes]
