"""What only the desk keeps: how an owner comes in, and what is done to many people at once."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = [
    "BulkWork",
    "DeskInvitation",
    "DeskSession",
    "OneTimeAddress",
    "SiteExport",
    "WaitingReset",
]


class OneTimeAddress(models.Model):
    """Signs `user` in, or without a user lets the first owner set an account up. Used once."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"one-time address until {self.expires_at:%Y-%m-%d %H:%M}"


class DeskInvitation(models.Model):
    """Somebody is asked to work at the desk. The link in her mail makes her account, once."""

    email = models.CharField(max_length=150)
    role = models.CharField(max_length=40, help_text=_("A key of `staff.roles`."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class DeskSession(models.Model):
    """Where somebody is signed in, so that she sees it and can end it. No address is kept: the
    device in two words, and when it was last used."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.CharField(max_length=40, unique=True, help_text=_("As `sessions.stored` has it."))
    browser = models.CharField(max_length=30, blank=True)
    system = models.CharField(max_length=30, blank=True)
    began_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    # Of a device from which she never came before; a worker mails her, see `staff.notices`.
    notice_due = models.BooleanField(default=False)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"session {self.pk}"


class WaitingReset(models.Model):
    """Somebody typed this address to make a new password, and a worker will mail to it if it is an
    account's. The row is the queue: see `resets`."""

    email = models.CharField(max_length=254)
    asked_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"password reset {self.pk}"


class BulkWork(models.Model):
    """Something done to everybody who matches, a few hundred at a time. The row is the queue: a
    worker that goes away leaves `done_to`, and the next one goes on there."""

    class Verb(models.TextChoices):
        TAG = "tag", _("Tag")
        UNTAG = "untag", _("Take a tag off")
        UNSUBSCRIBE = "unsubscribe", _("Unsubscribe")
        SUPPRESS = "suppress", _("Never mail again")
        ERASE = "erase", _("Erase")

    verb = models.CharField(max_length=12, choices=Verb)
    found = models.JSONField(help_text=_("By what they were found; see `finding.Sought`."))
    ids = models.JSONField(null=True, help_text=_("Those who were ticked, instead."))
    value = models.BigIntegerField(null=True, help_text=_("The tag, or the newsletter to leave."))
    by = models.CharField(max_length=150)
    up_to = models.BigIntegerField(help_text=_("The last id at the press: no later reader."))
    done_to = models.BigIntegerField(default=0)
    expected = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, db_index=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"{self.verb} {self.expected} people, by {self.by}"


class SiteExport(models.Model):
    """An archive of the whole site that somebody asked for; see `exporting`."""

    by = models.CharField(max_length=150)
    whole = models.BooleanField(
        default=False, help_text=_("The copy of the site shows posts for subscribers.")
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    lease_until = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True, help_text=_("Or too old, and deleted."))
    size = models.PositiveBigIntegerField(default=0, help_text=_("Bytes."))
    problem = models.TextField(blank=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"export {self.pk}, by {self.by}"

    @property
    def is_under_way(self) -> bool:
        return self.ready_at is None and not self.problem

    @property
    def can_be_fetched(self) -> bool:
        return self.ready_at is not None and self.fetched_at is None
