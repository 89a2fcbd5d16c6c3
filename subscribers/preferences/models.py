"""What a reader changed about how she is written to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from subscribers.models import Subscriber, new_token

__all__ = ["AddressChange", "Change"]


class AddressChange(models.Model):
    """A wish to be written to elsewhere; it happens when both mailboxes have said yes."""

    subscriber = models.OneToOneField(
        Subscriber, on_delete=models.CASCADE, related_name="address_change"
    )
    email = models.CharField(max_length=320, help_text=_("The new one, as typed."))
    address = models.CharField(max_length=254, help_text=_("The new one, normalised."))
    old_token = models.UUIDField(default=new_token, unique=True, editable=False)
    new_token = models.UUIDField(default=new_token, unique=True, editable=False)
    old_confirmed_at = models.DateTimeField(null=True)
    new_confirmed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    @property
    def is_a_correction(self) -> bool:
        """The writer asked for it: she stands for the old mailbox, which is told and not asked."""
        return self.old_confirmed_at == self.asked_at

    def __str__(self) -> str:
        return f"address change of {self.subscriber_id}"


class Change(models.Model):
    """One thing that was changed about a person, by whom. Append-only; goes with the person."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=30, help_text=_("A field's name, `rest` or `export`."))
    before = models.CharField(max_length=320, blank=True)
    after = models.CharField(max_length=320, blank=True)
    source = models.CharField(max_length=200, blank=True, help_text=_("Page, file or command."))
    by = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.what} of {self.subscriber_id}"
