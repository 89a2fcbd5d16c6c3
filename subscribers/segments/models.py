"""Tags that people carry, and segments: audiences that a rule describes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from subscribers.models import Newsletter, Subscriber

__all__ = ["CareEvent", "Segment", "Tag", "Tagging"]


class Tag(models.Model):
    """A word that a writer ties to people. Readers see it in their export."""

    name = models.CharField(max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings", db_index=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="taggings")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "subscriber"], name="tagged_once"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.subscriber_id}"


class Segment(models.Model):
    """A part of a newsletter's subscribers, by rule; who is in it is asked anew each time."""

    name = models.CharField(max_length=120, unique=True)
    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="segments")
    rule = models.JSONField(default=dict, help_text=_("See `segments.rules`."))
    created_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CareEvent(models.Model):
    """Who changed a tag, a segment or many people at once, and when. Append-only.

    It names people by number, never by address: those go when somebody is erased.
    """

    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    action = models.CharField(max_length=24)
    detail = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.action} by {self.by}"
