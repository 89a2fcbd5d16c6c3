"""Lists on their way in: an import is a row, so that it survives whoever works on it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from subscribers.models import Newsletter
from subscribers.saying import SentenceField

__all__ = ["ImportJob"]


class ImportJob(models.Model):
    """One uploaded file. Its rows are taken in chunks; what was committed is never redone.

    Files lie in SHARED_DIR/imports and go when the import is over, the rejects when they are old.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("Being looked at")
        ASKED = "asked", _("Waits for your answers")
        CHECKED = "checked", _("Waits for your word")
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Stopped")
        CANCELLED = "cancelled", _("Cancelled")

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200, help_text=_("As it was uploaded."))
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64, help_text=_("Of the file: it must not change."))
    size = models.PositiveBigIntegerField(default=0, help_text=_("Bytes."))
    confirmed = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True, help_text=_("Where they agreed."))
    mapping = models.JSONField(
        default=dict, help_text=_("What the person said the columns and their values mean.")
    )
    state = models.CharField(max_length=12, choices=State, default=State.CHECKING)
    done_rows = models.PositiveBigIntegerField(default=0, help_text=_("Committed so far."))
    counts = models.JSONField(default=dict)
    preview = models.JSONField(
        default=dict, help_text=_("What a dry run found, and what it has to ask.")
    )
    problem = SentenceField(blank=True)
    lease_until = models.DateTimeField(null=True)
    by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"
