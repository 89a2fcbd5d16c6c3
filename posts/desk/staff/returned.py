"""After a return from a backup: who may come in is as it was then, until an owner has looked.

What was taken after the backup stands in no backup: a role, an account, a second step, another
program that was told no more. It comes back, and nobody can know that. So an owner is shown who may
what and says that it is right. That she looked is a line of the log, as of anything else.

Ways in that count once do not come back (`management.backup.tables` leaves them out, `restoring`
voids recovery codes), and no link for a new password from before opens anything (`resets.TOKENS`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse
from wagtail.models import ModelLogEntry

from posts.content.models import SiteSettings
from posts.delivery import restored
from posts.delivery.check import Check
from posts.delivery.restored import Restoration
from posts.delivery.webhooks.models import WebhookEndpoint
from posts.desk.staff import factors, roles
from posts.desk.staff.notes import note
from subscribers.saying import sentence

__all__ = ["LOOKED", "ReturnedPerson", "checks", "confirm", "looked", "people", "programs"]

LOOKED = "desk.restored.people"


@dataclass(frozen=True, slots=True)
class ReturnedPerson:
    """Somebody who came back with the backup, and what she may."""

    user: User
    role: str
    has_step: bool


def people() -> list[ReturnedPerson]:
    """Who may most comes first; closed accounts last."""
    rows = User.objects.prefetch_related("groups")
    with_step = factors.people_with_step()
    return [
        ReturnedPerson(user, roles.role_name(user), user.pk in with_step)
        for user in rows.order_by("-is_active", "-is_superuser", "first_name", "pk")
    ]


def programs() -> int:
    """How many addresses of other programs are told what happens here."""
    return WebhookEndpoint.objects.filter(is_on=True).count()


def looked(back: Restoration) -> ModelLogEntry | None:
    """The line of whoever looked first after this return."""
    lines = ModelLogEntry.objects.filter(action=LOOKED, timestamp__gte=back.restored_at)
    return lines.select_related("user").order_by("pk").first()


def confirm(*, by: User) -> bool:
    """She looked, and it is right. False: there was no return, or somebody looked already."""
    back = restored.latest()
    if back is None or looked(back) is not None:
        return False
    note(LOOKED, by=by, on=SiteSettings.load())
    return True


def checks() -> Iterator[Check]:
    """For the owner's first page."""
    back = restored.latest()
    if back is not None and looked(back) is None:
        yield Check(
            "returned",
            "warning",
            sentence(
                "This site came back from a backup of %(taken)s, and so did who may what at the "
                "desk: whatever you took from somebody after that counts again.",
                taken=back.taken_at,
            ),
            sentence("Look who may come in"),
            reverse("desk:restored") + "#people-heading",
        )
