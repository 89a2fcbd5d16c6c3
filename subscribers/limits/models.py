"""How often something was asked for lately, and domains from which nobody may sign up."""

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["BlockedDomain", "DoorSetting", "EmbeddingSite", "Tally", "WaitingSignUp"]


class Tally(models.Model):
    """How often `key` occurred in the window that began at `window`; swept when it is over.

    The key is a keyed hash: neither an address nor a network stands here. Where there is Redis
    the tallies live there, and this table stays empty.
    """

    key = models.BinaryField(max_length=16)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "window"], name="one_tally_per_window"),
        ]
        indexes = [models.Index(fields=["window"], name="old_tallies")]

    def __str__(self) -> str:
        return f"{self.count} since {self.window:%H:%M}"


class WaitingSignUp(models.Model):
    """A sign-up as it was typed, until a worker takes it up some moments later.

    So the answer to a form is one insert whoever the address belongs to: neither its words nor
    the time it takes tell who is on the list. The row is the queue; a broker that is down loses
    nothing.
    """

    email = models.CharField(max_length=320, help_text="As typed.")
    address = models.CharField(max_length=254, help_text="Normalised.")
    newsletters = models.JSONField(help_text="Ids; none: she wants the link to her own page.")
    wording_version = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=150)
    locale = models.CharField(max_length=12)
    network = models.CharField(max_length=43, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"sign-up {self.pk}"


class BlockedDomain(models.Model):
    """Addresses at this domain (ASCII, lower case), or below it, cannot sign up."""

    domain = models.CharField(_("domain"), max_length=253, unique=True)
    by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("blocked domain")
        verbose_name_plural = _("blocked domains")

    def __str__(self) -> str:
        return self.domain


class DoorSetting(models.Model):
    """Who may sign up from now on. Append-only: the last row is in force, and all of them tell who
    changed it when."""

    class Mode(models.TextChoices):
        OPEN = "open", _("Everybody can sign up")
        PROVEN = "proven", _("Only browsers that do the sum, which needs JavaScript")
        CLOSED = "closed", _("Nobody can sign up for now")

    mode = models.CharField(max_length=8, choices=Mode)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"{self.mode} since {self.at:%Y-%m-%d %H:%M}, by {self.by}"


class EmbeddingSite(models.Model):
    """A site of the writer's on which our sign-up form stands, as browsers name it: scheme, host,
    and a port that is not the usual one."""

    origin = models.CharField(max_length=270, unique=True)
    by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.origin
