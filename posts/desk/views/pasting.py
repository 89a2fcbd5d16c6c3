"""What an open letter cannot do alone with what is pasted into it: read a long text, keep a
picture. Nothing of the letter itself is stored here."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.permissions import policy_registry

from posts.content.flowing import flowing
from posts.content.importing import ImportRefused, fetch, named_by_content, read_post
from posts.desk.letter import held

LONGEST = 500_000  # characters
_MARKDOWN = ("](", "**", "\n#", "\n> ", "\n```", "\n- ", "\n* ")


@require_POST
def text(request: HttpRequest) -> JsonResponse:
    """`/admin/paste/text/`: `text`, plain or Markdown, as our importer reads it: the blocks of it
    as the editor in the browser holds them. 422 where it is none; it is then pasted as it stands.
    """
    words = request.POST.get("text", "")
    if len(words) > LONGEST:
        return _refused(_("This is too long for one letter."))
    with TemporaryDirectory() as folder:
        is_markdown = any(sign in f"\n{words}" for sign in _MARKDOWN)
        file = Path(folder) / ("pasted.md" if is_markdown else "pasted.txt")
        file.write_text(words)
        try:
            # With a title of its own, so that one in the text stays where it is.
            letter = read_post(file, title="Pasted")
        except ImportRefused as error:
            return _refused(str(error))
    return JsonResponse({"blocks": [held(block) for block in flowing(letter.blocks, apart=())]})


@require_POST
def picture(request: HttpRequest) -> JsonResponse:
    """`/admin/paste/picture/`: `file`, and the words that stand for it, if there were any; kept
    among the pictures. The block of it as the editor holds it, or 422 with what is wrong."""
    return _kept(request, request.FILES.get("file"))


@require_POST
def far_picture(request: HttpRequest) -> JsonResponse:
    """`/admin/paste/far-picture/`: as `picture`, of one that is elsewhere on the web, at `address`.

    It is only asked for where the writer said so: whoever has it learns that we asked.
    """
    _collection(request)
    address = request.POST.get("address", "")
    try:
        content = fetch(address)
        name = named_by_content(Path(urlsplit(address).path).name or "picture", content)
    except (OSError, ValueError, Pillow.DecompressionBombError):
        return _refused(_("it cannot be had from there, or is no picture"))
    return _kept(request, SimpleUploadedFile(name, content))


def _collection(request: HttpRequest) -> Any:
    """Where this person may put pictures."""
    policy = policy_registry.get_by_type(get_image_model())
    if not policy.user_has_permission(request.user, "add"):
        raise PermissionDenied
    return policy.collections_user_has_permission_for(request.user, "add").first()


def _kept(request: HttpRequest, file: Any) -> JsonResponse:
    model: Any = get_image_model()
    image = model(uploaded_by_user=request.user)
    name = Path(getattr(file, "name", "")).stem
    data = {"title": name or _("Pasted picture"), "collection": _collection(request).pk}
    form = get_image_form(model)(data, {"file": file}, instance=image, user=request.user)
    if not form.is_valid():
        return _refused(" ".join(error for errors in form.errors.values() for error in errors))
    kept = form.save()
    shown = {"image": kept.pk, "alt_text": request.POST.get("alt_text", ""), "decorative": False}
    return JsonResponse({"blocks": [held({"type": "image", "value": {"image": shown}})]})


def _refused(message: str) -> JsonResponse:
    return JsonResponse({"message": message}, status=422)
