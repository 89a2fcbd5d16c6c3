"""Whom we tell of what happens, and what is still to be told."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

__all__ = ["WebhookEndpoint", "WebhookMessage"]


def new_message_id() -> str:
    return f"msg_{secrets.token_hex(13)}"


class WebhookEndpoint(models.Model):
    """An address of another program, and of what it is told."""

    url = models.CharField(max_length=500)
    events = models.JSONField(help_text=_("Names of `webhooks.events`."))
    with_address = models.BooleanField(
        default=False, help_text=_("Whether it is told the addresses of readers.")
    )
    sealed = models.TextField(help_text=_("Its secret, encrypted."))
    is_on = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    failing_since = models.DateTimeField(null=True, help_text=_("Since when nothing arrived."))
    stopped_at = models.DateTimeField(
        null=True, help_text=_("When it was switched off because nothing arrived.")
    )
    notice_due = models.BooleanField(default=False, help_text=_("The owner is to be told so."))

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"endpoint {self.pk}"


class WebhookMessage(models.Model):
    """One thing to tell one endpoint. The row is the queue; its id is the same at each attempt.

    It holds ids only: a reader's address is looked up when it is sent, so that nobody who was
    erased meanwhile is told of.
    """

    id = models.CharField(primary_key=True, max_length=40, default=new_message_id, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    event = models.CharField(max_length=40)
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    # Moved ahead before an attempt: should that die in the middle, the message is due again then.
    due_at = models.DateTimeField(null=True, help_text=_("Empty: there is nothing to do."))
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.PositiveSmallIntegerField(null=True, help_text=_("Status of the last one."))
    problem = models.CharField(max_length=20, blank=True, help_text=_("Why the last one failed."))
    arrived_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="webhook_due"),
            models.Index(fields=["endpoint", "-created_at"], name="webhook_lately"),
        ]

    def __str__(self) -> str:
        return self.id
