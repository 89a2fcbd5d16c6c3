"""Moving in at the desk: an upload is a row, so that it survives whoever works on it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from subscribers.models import Newsletter
from subscribers.saying import SentenceField

__all__ = ["MoveIn"]


class MoveIn(models.Model):
    """One export of another system. Its letters are taken one by one; what came is never redone.

    Its lists of people are imports of their own (`subscribers.lists.jobs`), whose numbers are in
    `lists`, in the order of the export; 0 for one that was refused. The export lies in
    SHARED_DIR/moves and goes when it is over; what could not be carried over stays there for a
    month.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("Being looked at")
        CHECKED = "checked", _("Waits for your word")
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Stopped")
        CANCELLED = "cancelled", _("Cancelled")

    system = models.CharField(max_length=20)
    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="+")
    old_address = models.URLField(blank=True)
    fetch_pictures = models.BooleanField(default=False)
    file_name = models.CharField(max_length=200, help_text=_("As it was uploaded."))
    path = models.CharField(max_length=100)
    state = models.CharField(max_length=12, choices=State, default=State.CHECKING)
    posts = models.PositiveIntegerField(default=0, help_text=_("How many are in it."))
    done = models.PositiveIntegerField(default=0)
    lists = models.JSONField(default=list)
    preview = models.JSONField(default=dict, help_text=_("What a look at it found."))
    counts = models.JSONField(default=dict)
    problem = SentenceField(blank=True)
    lease_until = models.DateTimeField(null=True)
    by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"
