"""What the owner chose at the desk."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["WayOut"]


class WayOut(models.Model):
    """The way out that was chosen at the desk. One row; none, while nobody has chosen."""

    sealed = models.TextField(help_text=_("The whole of it, written as EMAIL_URL is; encrypted."))
    shown = models.JSONField(
        default=dict, help_text=_("What of it is no secret, for the form, by the name of its field")
    )
    changed_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"way out of {self.changed_at:%Y-%m-%d %H:%M}"
