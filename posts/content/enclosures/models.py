"""A file or a sound that letters enclose."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from posts.content.enclosures.kinds import FileKind, kind_of

__all__ = ["Enclosure"]


def _place(instance: "Enclosure", filename: str) -> str:
    """Below the media folder. What it was called where it comes from is for nobody's disk."""
    return f"enclosures/{uuid4().hex}.{instance.ending}"


class Enclosure(models.Model):
    """As it was uploaded, once it was looked at (see `checking`)."""

    title = models.CharField(_("name"), max_length=255, help_text=_("By which you find it again."))
    file = models.FileField(_("file"), upload_to=_place, max_length=100)
    ending = models.CharField(max_length=4, editable=False)  # of `kinds.KINDS`
    size = models.PositiveBigIntegerField(editable=False)  # bytes
    seconds = models.PositiveIntegerField(null=True, editable=False)  # of a sound
    digest = models.CharField(max_length=64, editable=False)  # SHA-256 of its content, in hex
    kept_at = models.DateTimeField(_("kept since"), auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files and sounds")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> FileKind:
        return kind_of(self.ending)
