"""The ledger: what goes to whom, and what is known about it. Plain Django.

The database is the truth and the batches are the queue; the broker is only the doorbell.
"""

import secrets
from array import array
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscribers.models import Newsletter, Subscriber
from subscribers.saying import SentenceField

__all__ = [
    "Batch",
    "Delivery",
    "Digest",
    "DigestPost",
    "Heartbeat",
    "Letter",
    "LetterVariant",
    "Mailing",
    "MailingEvent",
    "TransportStatus",
]


def new_slot_key() -> str:
    return f"slot{secrets.token_hex(8)}"


class Letter(models.Model):
    """The frozen email of one post. What differs per recipient is a slot (see `letters`)."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="+")
    slot_key = models.CharField(max_length=24, default=new_slot_key, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"letter {self.pk}"


class LetterVariant(models.Model):
    """The letter for one combination of what its readers chose; `html` is empty for text only."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="variants")
    edition = models.CharField(max_length=8, default=Subscriber.Edition.FULL)
    format = models.CharField(max_length=8, default=Subscriber.Format.HTML)
    locale = models.CharField(max_length=12, default="en")
    discreet = models.BooleanField(default=False)
    large_text = models.BooleanField(default=False)
    subject = models.CharField(max_length=255)
    headers = models.JSONField(help_text=_("Header name to value, in order; slots allowed."))
    text = models.TextField()
    html = models.TextField(blank=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "edition", "format", "locale", "discreet", "large_text"],
                name="one_variant_per_choice",
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.edition} {self.format}"


class Mailing(models.Model):
    """One letter going to one audience, once."""

    class Kind(models.TextChoices):
        FIRST = "first", _("First mailing")
        CORRECTION = "correction", _("Correction")
        CATCH_UP = "catch_up", _("Catch-up")
        DIGEST = "digest", _("Digest")

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        HELD = "held", _("Held for undo")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        CANCELLED = "cancelled", _("Cancelled")
        FINISHED = "finished", _("Finished")

    id = models.AutoField(primary_key=True)  # four bytes: it stands in every delivery
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.FIRST)
    post = models.ForeignKey(
        "posts.PostPage", null=True, on_delete=models.SET_NULL, related_name="mailings"
    )
    # Frozen when it starts; what is only scheduled has none yet.
    letter = models.OneToOneField(Letter, null=True, on_delete=models.PROTECT)
    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="mailings")
    state = models.CharField(max_length=12, choices=State, default=State.SENDING)
    candidates = models.PositiveIntegerField(default=0)
    problem = SentenceField(blank=True, help_text=_("Why it is not going on, in plain words."))
    starts_at = models.DateTimeField(null=True, help_text=_("When scheduled or held: until when."))
    spread_seconds = models.PositiveIntegerField(
        default=0, help_text=_("Over how long it is spread; 0: as fast as it goes.")
    )
    subject = models.CharField(max_length=255, blank=True, help_text=_("Instead of the post's."))
    note = models.TextField(blank=True, help_text=_("What a correction says before the post."))
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    segment = models.JSONField(
        null=True, help_text=_("The rule of its audience, as it was when it started.")
    )
    segment_name = models.CharField(max_length=120, blank=True)
    totals = models.JSONField(
        null=True, help_text=_("What its deliveries came to, once their rows are folded away.")
    )
    folded_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(
        null=True, help_text=_("Taken back before anything was attempted: as if never asked for.")
    )

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        constraints = [
            # A second first mailing is impossible, whoever asks, however often.
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(kind="first", undone_at__isnull=True),
                name="one_first_mailing_per_post",
            )
        ]

    def __str__(self) -> str:
        return f"mailing {self.pk}"

    @property
    def title(self) -> str:
        """What it is called on screens: by its post; by what its posts are a digest of; or by its
        subject, when its post was deleted."""
        if self.kind != self.Kind.DIGEST and self.post is not None:
            return str(self.post.title)
        return str(self.subject or _("A deleted post"))

    @property
    def began_at(self) -> datetime:
        """When it began to go out, or will."""
        return self.starts_at or self.created_at


class Digest(models.Model):
    """The posts of a week or a month in one mailing; or, for those whose rest is over, what they
    missed. Unique, so that two beats make one."""

    class Cadence(models.TextChoices):
        WEEKLY = "weekly", _("Weekly")
        MONTHLY = "monthly", _("Monthly")
        RETURN = "return", _("After a rest")

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="+")
    cadence = models.CharField(max_length=8, choices=Cadence)
    period = models.DateField(help_text=_("Its first day; after a rest, the day it ended."))
    mailing = models.OneToOneField(
        Mailing, null=True, on_delete=models.CASCADE, related_name="digest"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "cadence", "period"],
                # After a rest those who missed different posts get different mails; there it is
                # `resting_since`, cleared in the same transaction, that lets nobody get two.
                condition=~Q(cadence="return"),
                name="one_digest_per_period",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cadence} digest of {self.period}"


class DigestPost(models.Model):
    """A post in a digest, in the order in which it stands there."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="posts")
    post = models.ForeignKey("posts.PostPage", on_delete=models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["digest", "post"], name="once_in_a_digest")]

    def __str__(self) -> str:
        return f"{self.post_id} in {self.digest_id}"


class MailingEvent(models.Model):
    """Who did what to a mailing, and when. Append-only."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150, help_text=_("A user name, or the command or machine."))
    action = models.CharField(max_length=24)
    detail = SentenceField(blank=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.action} by {self.by}"


class Batch(models.Model):
    """A frozen list of recipients: the unit of claiming. A finished batch never reopens."""

    class Purpose(models.TextChoices):
        FIRST = "first", _("First attempt")
        RETRY = "retry", _("Retry")
        RESEND = "resend", _("Resend, asked for by a person")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CLAIMED = "claimed", _("Claimed")
        FINISHED = "finished", _("Finished")

    id = models.AutoField(primary_key=True)  # four bytes: it stands in every delivery
    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="batches", db_index=False
    )
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.FIRST)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    recipients = models.BinaryField(
        help_text=_("Subscriber ids, 8 bytes each; dropped at the end.")
    )
    size = models.PositiveIntegerField()
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField(default=0)
    transport = models.CharField(max_length=20, blank=True, help_text=_("Of the last claim."))
    worker = models.CharField(max_length=120, blank=True, help_text=_("Host and process."))
    key = models.CharField(
        max_length=64, blank=True, help_text=_("Of the call that is replayed (idempotency key).")
    )
    key_until = models.DateTimeField(null=True, help_text=_("Until when the provider knows it."))
    finished_at = models.DateTimeField(null=True)
    announced = models.BinaryField(
        null=True,
        help_text=_(
            "While it is claimed: a byte a recipient, whom its worker may have begun and what came "
            "of it. Null: that worker does not say."
        ),
    )

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        indexes = [
            # Claiming, sweeping and counting look only at what is open, which stays small.
            models.Index(
                fields=["state", "not_before", "id"],
                condition=~Q(state="finished"),
                name="open_batches",
            ),
            models.Index(fields=["mailing", "state"], name="batches_of_a_mailing"),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk} of mailing {self.mailing_id}"

    @staticmethod
    def pack(ids: Sequence[int]) -> bytes:
        return array("q", ids).tobytes()

    def ids(self) -> list[int]:
        return array("q", bytes(self.recipients)).tolist()


class Delivery(models.Model):
    """One recipient of one mailing: the row that tells the truth.

    Rows appear when their batch is claimed; until then the recipient is `waiting` in the
    batch's list. No foreign key is checked, and none may ever point here: see `sending` of
    the design, a row must stay small and its writes cheap.
    """

    class State(models.IntegerChoices):
        ATTEMPTING = 1, "attempting"
        ACCEPTED = 2, "accepted"
        REFUSED = 3, "refused"
        RETRYING = 4, "retrying"
        IN_DOUBT = 5, "in_doubt"
        LEFT_OUT = 6, "left_out"
        DELIVERED = 7, "delivered"
        BOUNCED = 8, "bounced"
        COMPLAINED = 9, "complained"

    pk = models.CompositePrimaryKey("mailing_id", "subscriber_id")
    # The order keeps the row small: eight-byte columns first.
    subscriber_id = models.BigIntegerField()
    changed_at = models.DateTimeField()
    mailing = models.ForeignKey(
        Mailing, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    batch_id = models.IntegerField()
    state = models.PositiveSmallIntegerField(choices=State)
    attempt = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(
        max_length=24, blank=True, help_text=_("Why it was left out, or what kind of bounce.")
    )
    detail = SentenceField(null=True, help_text=_("The server's words."))

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"{self.mailing_id}/{self.subscriber_id} {self.get_state_display()}"


class TransportStatus(models.Model):
    """Whether the way out is open. One row per transport, shared by all workers."""

    name = models.CharField(max_length=20, unique=True)
    blocked_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text=_("In a row."))
    doubts = models.PositiveIntegerField(
        default=0, help_text=_("A balance with what was taken; see `status.too_many_doubts`.")
    )
    problem = SentenceField(blank=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When a worker was last seen looking for work."""

    worker = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(help_text=_("By the database's clock."))
    # What `hosts` compares. Defaults of the database: an older version writes here beside us.
    clock = models.DateTimeField(null=True, help_text=_("By its own clock, at that moment."))
    secret = models.CharField(max_length=16, blank=True, db_default="")
    version = models.CharField(max_length=12, blank=True, db_default="")
    queues = models.CharField(
        max_length=120, blank=True, db_default="", help_text=_("From which it takes, by spaces.")
    )

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"{self.worker} at {self.at}"


# Waiting recipients have no row, so this state has no number in the ledger.
WAITING = "waiting"
ALL_STATES = (WAITING, *(state.label for state in Delivery.State))
BATCH_SIZE: int = getattr(settings, "DELIVERY_BATCH_SIZE", 500)
LARGE_BATCH_SIZE = 2 * BATCH_SIZE  # of a mailing to very many, where nothing limits its pace
