"""Numbers counted ahead, so that no page reads a million rows."""

from django.db import models

from subscribers.models import Newsletter, Subscription

__all__ = ["Counted", "DailyFigure", "Standing"]


class DailyFigure(models.Model):
    """How many came to a newsletter on one day, and how many left it."""

    newsletter = models.ForeignKey(
        Newsletter, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.DateField()
    joined = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["newsletter", "day"], name="one_figure_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: +{self.joined} −{self.left}"


class Standing(models.Model):
    """How many people have one status in a newsletter."""

    newsletter = models.ForeignKey(
        Newsletter, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    status = models.CharField(max_length=12, choices=Subscription.Status)
    number = models.PositiveIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["newsletter", "status"], name="one_standing_a_status"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.status}"


class Counted(models.Model):
    """When the numbers were counted last. One row, which is the lock too."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"counted at {self.at}"
