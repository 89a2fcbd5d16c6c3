"""Tokens by which other programs call this site."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["ProgramToken"]


class ProgramToken(models.Model):
    """One for each program. It acts for whoever made it, and ends with her being an owner."""

    name = models.CharField(_("name"), max_length=80)
    digest = models.BinaryField(max_length=32, unique=True, help_text=_("A keyed hash of it."))
    hint = models.CharField(max_length=4, help_text=_("Its last letters, to tell it by."))
    scopes = models.JSONField(help_text=_("Keys of `programs.scopes`."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    made_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, help_text=_("To the hour."))
    revoked_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return self.name
