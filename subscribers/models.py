"""Who may hear from us, and the proof of it."""

import secrets
import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from subscribers.languages import of_the_site


def new_token() -> uuid.UUID:
    """128 random bits. (uuid4 would fix six of them; RFC 8058 tokens want all.)"""
    return uuid.UUID(bytes=secrets.token_bytes(16))


class Newsletter(models.Model):
    """A named stream of posts that one can subscribe to."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("about once a week")
        FORTNIGHTLY = "fortnightly", _("about every two weeks")
        MONTHLY = "monthly", _("about once a month")
        SOMETIMES = "sometimes", _("now and then")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    rhythm = models.CharField(
        _("how often it comes"),
        max_length=12,
        choices=Rhythm,
        blank=True,
        help_text=_("Said where one subscribes."),
    )
    from_name = models.CharField(_("sender name"), max_length=120)
    from_email = models.EmailField(_("sender address"))
    reply_to = models.EmailField(_("reply to"), blank=True)
    postal_address = models.TextField(
        _("postal address"),
        blank=True,
        help_text=_("Shown at the end of every mail. The law in most countries asks for it."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")

    def __str__(self) -> str:
        return self.name


class Subscriber(models.Model):
    """One address, and how its reader wants to be written to."""

    class Edition(models.TextChoices):
        FULL = "full", _("The whole post")
        SHORT = "short", _("The short version")
        STEP = "step", _("Just the one small step")

    class Format(models.TextChoices):
        HTML = "html", _("Formatted")
        TEXT = "text", _("Plain text")

    class Pace(models.TextChoices):
        EACH = "each", _("Each post")
        WEEKLY = "weekly", _("Once a week")
        MONTHLY = "monthly", _("Once a month")

    email = models.CharField(max_length=320, help_text=_("As typed."))
    address = models.CharField(
        max_length=254,
        unique=True,
        help_text=_("Normalised: lower case, ASCII domain (IDNA 2008)."),
    )
    name = models.CharField(max_length=120, blank=True)
    locale = models.CharField(max_length=12, default=of_the_site)
    edition = models.CharField(max_length=8, choices=Edition, default=Edition.FULL)
    format = models.CharField(max_length=8, choices=Format, default=Format.HTML)
    pace = models.CharField(max_length=8, choices=Pace, default=Pace.EACH)
    large_text = models.BooleanField(default=False)
    discreet = models.BooleanField(default=False)
    resting_until = models.DateField(
        null=True, blank=True, help_text=_("Mail goes on that day. 9999-12-31: when she says so.")
    )
    resting_since = models.DateTimeField(
        null=True, blank=True, help_text=_("Until the catch-up after her rest has been mailed.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            # The desk's lists of the few who chose otherwise. Nobody else costs an entry.
            models.Index(
                fields=["edition", "id"], condition=~models.Q(edition="full"), name="by_edition"
            ),
            models.Index(fields=["pace", "id"], condition=~models.Q(pace="each"), name="by_pace"),
            models.Index(
                fields=["id"], condition=models.Q(resting_until__isnull=False), name="who_rests"
            ),
            # Who came since Monday: a few at the end, for which nobody reads all before them.
            models.Index(fields=["created_at"], name="by_arrival"),
        ]

    def __str__(self) -> str:
        return self.email


class Subscription(models.Model):
    """One person's tie to one newsletter."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for confirmation")
        ACTIVE = "active", _("Subscribed")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BOUNCED = "bounced", _("Bounced")
        COMPLAINED = "complained", _("Complained")

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions", db_index=False
    )
    newsletter = models.ForeignKey(
        Newsletter, on_delete=models.PROTECT, related_name="subscriptions", db_index=False
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    # Not a status: somebody who unsubscribed stays so until she herself confirms, whoever
    # types her address into the form meanwhile, and an import must still see that she left.
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When she asked for it, until she confirms.")
    )
    # Two tokens, one purpose each: the header's acts on POST at once (RFC 8058), the body's
    # opens a page that asks first, since mails are forwarded and friends press links.
    header_token = models.UUIDField(default=new_token, unique=True, editable=False)
    body_token = models.UUIDField(default=new_token, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # No foreign key: its check would stop a table of a million rows while it is added.
    brought_by = models.BigIntegerField(
        null=True, editable=False, help_text=_("The import that began it, if one did.")
    )

    # Wagtail keeps an index of references between rows; for ours it would cost five statements
    # an insert. An attribute says no, without importing Wagtail here.
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "newsletter"], name="subscribed_once"),
        ]
        indexes = [
            # The audience of a mailing, in the order in which it is cut into batches.
            models.Index(fields=["newsletter", "status", "subscriber"], name="audience"),
            # Who came with a list. Who came by herself costs no entry.
            models.Index(
                fields=["brought_by", "subscriber"],
                condition=models.Q(brought_by__isnull=False),
                name="by_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} · {self.newsletter}"


class AppendOnlyError(Exception):
    """Raised when somebody tries to change what is kept as evidence."""


class AppendOnlyQuerySet(models.QuerySet["ConsentEvent"]):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnlyError("A consent event is evidence; write a new one.")


class ConsentEvent(models.Model):
    """What a person agreed to, when, where and in which words. Append-only."""

    class Kind(models.TextChoices):
        SIGNED_UP = "signed_up", _("Signed up")
        CONFIRMED = "confirmed", _("Confirmed")
        IMPORTED = "imported", _("Imported")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        RESUBSCRIBED = "resubscribed", _("Undid the unsubscribe")
        BOUNCED = "bounced", _("Bounced")
        COMPLAINED = "complained", _("Complained")

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="consent_events"
    )
    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=16, choices=Kind)
    wording = models.TextField(blank=True, help_text=_("The words that were shown."))
    wording_version = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=200, blank=True, help_text=_("Page, file or command."))
    by = models.CharField(
        max_length=150, blank=True, help_text=_("The reader, her mail program, a user, a command.")
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.subscriber_id} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnlyError("A consent event is evidence; write a new one.")
        super().save(*args, **kwargs)


class ConsentNetwork(models.Model):
    """From which network an event came, truncated (/24, /48); dropped after 30 days.

    Beside the event, which nobody may change.
    """

    event = models.OneToOneField(ConsentEvent, on_delete=models.CASCADE, related_name="network")
    network = models.CharField(max_length=43)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.network


class TransactionalMail(models.Model):
    """One kind of mail of our own to one person: whether one is due, and what went before.

    The row is the queue, so that a broker that is down loses nothing. See `mailer`.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Asks to confirm a sign-up")
        WELCOME = "welcome", _("Welcomes after the confirmation")
        ALREADY = "already", _("Says that she is subscribed already")
        PREFERENCES = "preferences", _("Leads to her preferences")
        OLD_ADDRESS = "old_address", _("Asks the old mailbox about a change of address")
        NEW_ADDRESS = "new_address", _("Asks the new mailbox about a change of address")
        GOODBYE = "goodbye", _("Says goodbye, with a way back")

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="transactional_mails", db_index=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    due_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True, help_text=_("When the last one was handed over."))
    times = models.PositiveSmallIntegerField(default=0, help_text=_("Since the last answer."))
    most = models.PositiveSmallIntegerField(
        default=3, help_text=_("Of those that ask to confirm: how many may leave till she answers.")
    )
    token = models.UUIDField(
        null=True, unique=True, editable=False, help_text=_("Of the link, where it has one.")
    )
    answered_at = models.DateTimeField(null=True, help_text=_("When the link was used."))

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            # The limits are counted per person and kind: there must be one row to count on.
            models.UniqueConstraint(fields=["subscriber", "kind"], name="one_row_per_kind_of_mail"),
        ]
        indexes = [
            # The sweep looks only at what is due, which is next to nothing.
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="mail_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.subscriber_id}"


class Suppression(models.Model):
    """A keyed hash of an address that must never be mailed again; survives erasure.

    One row for each thing that speaks against it: each is lifted by somebody else, see
    `suppressions`. As long as there is any, nothing is mailed.
    """

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("The address does not exist")
        COMPLAINED = "complained", _("The reader reported a mail as spam")
        ERASED = "erased", _("The reader asked to be erased")
        MANUAL = "manual", _("Entered by hand")

    class Origin(models.TextChoices):
        DELIVERY = "delivery", _("Mail of ours")
        LIST = "list", _("A list that was imported")
        DESK = "desk", _("Somebody in the desk")
        READER = "reader", _("The reader")
        UNKNOWN = "", _("Not noted")  # before it was

    address_hash = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=12, choices=Reason)
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.UNKNOWN, blank=True)
    source = models.CharField(max_length=200, blank=True, help_text=_("Page, file or command."))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Begins with the hash, by which all look it up.
            models.UniqueConstraint(
                fields=["address_hash", "reason", "origin"], name="suppressed_once_for_each_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{bytes(self.address_hash).hex()[:12]}… {self.reason}"


class SoftBounces(models.Model):
    """How often mail to a person came back for a passing reason since some last arrived."""

    subscriber = models.OneToOneField(
        Subscriber, on_delete=models.CASCADE, related_name="soft_bounces"
    )
    count = models.PositiveSmallIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"{self.count} to {self.subscriber_id}"


class Key(models.Model):
    """A secret that must outlive SECRET_KEY: changing that must not revive anyone."""

    name = models.CharField(max_length=40, unique=True)
    secret = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return self.name


# A table of contents for Django: the models of the other rooms, which need those above.
import subscribers.figures.models  # noqa: E402
import subscribers.limits.models  # noqa: E402
import subscribers.lists.models  # noqa: E402
import subscribers.preferences.models  # noqa: E402
import subscribers.segments.models  # noqa: E402, F401
