"""What providers and mailboxes reported after the hand-over, stored as it came."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscribers.saying import SentenceField

__all__ = ["ProviderEvent"]


class ProviderEvent(models.Model):
    """One webhook call or one bounce mail, raw; applied to the ledger by a worker."""

    provider = models.CharField(max_length=20)
    digest = models.BinaryField(
        max_length=32, unique=True, help_text=_("SHA-256 of the body: a repeat changes nothing.")
    )
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    problem = SentenceField(blank=True, help_text=_("Why it could not be applied."))

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        indexes = [
            # The worker looks only at what is still to be applied.
            models.Index(
                fields=["id"], condition=Q(applied_at__isnull=True), name="events_to_apply"
            ),
            # The few that stay as they came, for a person to look at.
            models.Index(fields=["id"], condition=~Q(problem=""), name="events_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.pk}"
