"""How fast mail may leave: what the writer set, and what was used of it."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Allowance", "SendingSettings"]


class SendingSettings(models.Model):
    """What the writer decides about sending. One row, for the transport in use."""

    undo_seconds = models.PositiveSmallIntegerField(
        _("time to undo"), default=60, help_text=_("Seconds after pressing “Publish and email”.")
    )
    per_second = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0.01)])
    per_hour = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    per_day = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    per_domain_per_minute = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("To the addresses of one provider, such as gmail.com. For plain SMTP only."),
    )
    warm_up_since = models.DateField(
        null=True, blank=True, help_text=_("The first day of a warm-up; empty: none.")
    )
    warm_up_first_day = models.PositiveIntegerField(
        default=50, validators=[MinValueValidator(1)], help_text=_("Mails on the first day.")
    )
    warm_up_growth = models.FloatField(
        default=1.5, validators=[MinValueValidator(1.01)], help_text=_("Times more on each day.")
    )
    keep_days = models.PositiveSmallIntegerField(
        default=365,
        validators=[MinValueValidator(7)],
        help_text=_("Days after which who got a mailing is forgotten, and only totals stay."),
    )

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return "sending settings"


class Allowance(models.Model):
    """A token bucket, shared by all workers: of a transport, or of one domain through it.

    In the database, not in Redis, also where there is one: what was used today must survive a
    flush, and a worker asks about once a second for many messages at a time.
    """

    name = models.CharField(
        max_length=280, unique=True, help_text=_("transport or transport:domain")
    )
    tokens = models.FloatField(default=0)
    filled_at = models.DateTimeField()
    hour = models.DateTimeField(null=True, help_text=_("The hour that `hour_used` counts."))
    hour_used = models.PositiveIntegerField(default=0)
    day = models.DateField(null=True, help_text=_("The day that `day_used` counts."))
    day_used = models.PositiveIntegerField(default=0)
    # Of those, our own mails, such as one that asks to confirm. They have a share of their own.
    own_hour_used = models.PositiveIntegerField(default=0)
    own_day_used = models.PositiveIntegerField(default=0)
    own_wanted_at = models.DateTimeField(null=True, help_text=_("When one asked in vain."))
    own_had_last = models.BooleanField(default=False, help_text=_("The last token was theirs."))
    bulk_wanted_at = models.DateTimeField(null=True, help_text=_("When a mailing asked last."))
    slow_rate = models.FloatField(null=True, help_text=_("Per second, since we were throttled."))
    slow_since = models.DateTimeField(null=True)
    deferred_until = models.DateTimeField(
        null=True, help_text=_("When all that were put off for this domain have had their turn.")
    )

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return self.name
