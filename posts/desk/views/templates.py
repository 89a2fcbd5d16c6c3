"""Templates: a post kept to begin others with, taken back, and what an empty letter begins with."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.images import get_image_model

from posts.content import starters
from posts.content.letter_templates import LetterTemplate, keep, take_back
from posts.content.models import PostPage
from posts.content.words import all_words
from posts.desk.frame import screen
from posts.desk.letter import held
from posts.desk.permissions import signed_in, writers_only
from posts.desk.queries import write_url


class TemplateForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What you call it"),
        max_length=80,
        help_text=gettext_lazy("It stands above an empty letter, under this name."),
    )


@require_safe
@writers_only
def index(request: HttpRequest) -> HttpResponse:
    """`/admin/templates/`: those that were kept."""
    return screen(
        request,
        "desk/templates.html",
        title=_("Templates"),
        icon="copy",
        trail=((reverse("post_listing:index"), _("Posts")),),
        kept=LetterTemplate.objects.defer("body").select_related("post"),
        write_url=write_url(request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def keep_post(request: HttpRequest, post_id: int) -> HttpResponse:
    """`/admin/posts/<id>/template/`: keep a post, as it is saved last."""
    stored = get_object_or_404(PostPage, pk=post_id)
    if not stored.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    post = stored.get_latest_revision_as_object()
    kept = LetterTemplate.objects.filter(post=stored).first()
    form = TemplateForm(request.POST or None, initial={"name": kept.name if kept else post.title})
    is_empty = not all_words(post.body.raw_data).strip()
    if request.method == "POST" and form.is_valid() and not is_empty:
        user = signed_in(request)
        name = form.cleaned_data["name"]
        keep(post=post, name=name, by=user.get_username(), user=user)
        messages.success(request, _("“%(name)s” is kept as a template.") % {"name": name})
        return redirect("desk:templates")
    return screen(
        request,
        "desk/keep_template.html",
        title=_("Keep as a template"),
        icon="copy",
        trail=(
            (reverse("post_listing:index"), _("Posts")),
            (reverse("wagtailadmin_pages:edit", args=[post.pk]), post.title),
        ),
        status=422 if request.method == "POST" else 200,
        form=form,
        kept=kept,
        is_empty=is_empty,
        edit_url=reverse("wagtailadmin_pages:edit", args=[post.pk]),
    )


@require_POST
@writers_only
def drop(request: HttpRequest, template_id: int) -> HttpResponse:
    """Take a template back. A second press finds it gone, as it should be."""
    template = LetterTemplate.objects.select_related("post").filter(pk=template_id).first()
    if template is not None:
        user = signed_in(request)
        take_back(template=template, by=user.get_username(), user=user)
        messages.success(
            request,
            _("“%(name)s” is no template any more. No post was changed.") % {"name": template.name},
        )
    return redirect("desk:templates")


@require_safe
@writers_only
def text(request: HttpRequest, beginning: str) -> JsonResponse:
    """`/admin/templates/<beginning>/text/`: the blocks of one, as the editor holds them: of the
    starting set by its name and `?language=`, or of a kept one by its number."""
    if beginning.isdecimal() and len(beginning) < 10:
        kept = get_object_or_404(LetterTemplate, pk=int(beginning))
        blocks = _with_their_pictures(kept.body)
    else:
        found = starters.beginning_of(beginning, request.GET.get("language", ""))
        if found is None:
            raise Http404(_("There is no such template in this language."))
        blocks = found
    return JsonResponse({"blocks": [held(block) for block in blocks]})


def _with_their_pictures(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those whose picture was deleted since."""
    ids = {one["value"]["image"]["image"] for one in blocks if one["type"] == "image"}
    there = set(get_image_model().objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [
        one for one in blocks if one["type"] != "image" or one["value"]["image"]["image"] in there
    ]
