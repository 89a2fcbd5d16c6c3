"""Pictures as they come from cameras: refused where they would fill the memory, made smaller where
no page needs them so large, and only then kept.

How many pixels there are stands at the beginning of a file, and Pillow asks before one is decoded
(see `pictures`): 14 kB can hold more than a gigabyte.
"""

from io import BytesIO
from threading import Lock
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

__all__ = ["LONGEST", "PictureForm", "scaled_down"]

# Twice the width of the largest that a page shows, so that a part of a picture can be cut out.
LONGEST = 3_000  # pixels of the longer side
# What is kept of a file in each form; another becomes a JPEG, as HEIC does.
_QUALITY: dict[str, dict[str, Any]] = {
    "PNG": {"optimize": True},
    "WEBP": {"quality": 90},
    "AVIF": {"quality": 85},
    "JPEG": {"quality": 90},
}
_BROKEN = (OSError, SyntaxError, ValueError)  # what Pillow raises of files that are cut off
_SAVE_ANEW = _("This picture is broken. Please save it anew.")
# One at a time: fifty million pixels are 200 MB while they are worked on.
_turn = Lock()


def scaled_down(file: Any) -> Any:
    """The uploaded picture no longer than `LONGEST`, upright and without what its camera wrote
    beside it; the file itself where it is small enough, or moves. Raises ValidationError for a
    broken one."""
    with _turn, Image.open(file) as picture:
        if max(picture.size) <= LONGEST or getattr(picture, "is_animated", False):
            file.seek(0)
            return file
        form = picture.format if picture.format in _QUALITY else "JPEG"
        try:
            smaller = _smaller(picture, keep_clear=form != "JPEG")
        except _BROKEN as error:
            raise ValidationError(_SAVE_ANEW) from error
    out = BytesIO()
    profile = picture.info.get("icc_profile")
    smaller.save(out, form, **_QUALITY[form], **({"icc_profile": profile} if profile else {}))
    stem, _dot, ending = str(file.name).rpartition(".")
    name = f"{stem}.jpg" if form == "JPEG" and ending.lower() not in ("jpg", "jpeg") else file.name
    kind = f"image/{form.lower()}"
    return InMemoryUploadedFile(out, "file", name, kind, out.getbuffer().nbytes, None)


def _smaller(picture: Image.Image, *, keep_clear: bool) -> Image.Image:
    if picture.mode in ("P", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
    upright = ImageOps.exif_transpose(picture)
    if upright.mode == "RGBA" and not keep_clear:
        upright = upright.convert("RGB")
    upright.info = {}
    return upright


class PictureField(WagtailImageField):
    """Wagtail's field, for which a file that ends in the middle is a fault of ours."""

    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(data)
        except _BROKEN as error:
            raise ValidationError(_SAVE_ANEW) from error


class PictureForm(BaseImageForm):
    """Wagtail's form of a picture (`WAGTAILIMAGES_IMAGE_FORM_BASE`), which keeps it scaled down."""

    file = PictureField(label=_("File"), widget=forms.FileInput)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        return scaled_down(file) if "file" in self.changed_data and file else file
