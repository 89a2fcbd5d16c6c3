"""What the API remembers of calls: the answers to those that may be repeated."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from posts.desk.programs.models import ProgramToken

__all__ = ["KeptAnswer"]


class KeptAnswer(models.Model):
    """What a call with an idempotency key was answered, for a day. It names no reader."""

    token = models.ForeignKey(ProgramToken, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the key that was sent."))
    asked = models.CharField(max_length=64, help_text=_("SHA-256 of what was asked with it."))
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        constraints = [
            # Of two calls with one key at once the second waits here, and gets the first's answer.
            models.UniqueConstraint(fields=["token", "digest"], name="answered_once"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
