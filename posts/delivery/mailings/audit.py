"""What all verbs on a mailing share: how one is refused, and the line it leaves in the audit."""

from posts.delivery import restored
from posts.delivery.models import Mailing, MailingEvent
from posts.delivery.states import Who
from subscribers.saying import sentence, sentence_of

MACHINE = "machine"


class DeliveryRefused(Exception):
    """It cannot be done now; the text says why and what to do, for the screen."""


def audit(mailing: Mailing, *, by: str, action: str, detail: str = "") -> None:
    """Who did what; when is written by the database row itself. In the verb's transaction."""
    MailingEvent.objects.create(mailing=mailing, by=by, action=action, detail=detail)


def people(count: int) -> str:
    """`1 person`, `1,204 people`, in the detail of a line."""
    return sentence_of(count, "%(number)s person", "%(number)s people")


def who(by: str) -> Who:
    """The machine under its own name, or a person under hers."""
    return Who.MACHINE if by == MACHINE else Who.PERSON


def check_not_folded(mailing: Mailing) -> None:
    """Refuse what needs to know who got it, where that was forgotten."""
    if mailing.totals is not None:
        raise DeliveryRefused(
            sentence(
                "Who got this mailing is no longer known: it is older than the days set "
                "in the settings of sending. Only its numbers are kept."
            )
        )


def check_open() -> None:
    """Refuse while mailing is shut, after the site came back from a backup."""
    if back := restored.shut():
        raise DeliveryRefused(restored.why_shut(back))


def check_not_mailed_since(post_id: int) -> None:
    """Refuse a post that may have been mailed between a backup and its return."""
    if restored.is_uncertain(post_id):
        raise DeliveryRefused(restored.why_uncertain(post_id))
