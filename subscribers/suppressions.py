"""Who may lift what keeps an address from being mailed.

| what speaks against it           | lifted by                                                |
|----------------------------------|----------------------------------------------------------|
| a bounce                         | the reader, by signing up and confirming; or the desk    |
| a complaint, or her erasure      | the reader only                                          |
| a hand-made block in the desk    | the desk only: it may be meant against whoever signs up  |
| anything a foreign list says     | the reader; of a bounce or a block, the desk, too        |
"""

from django.db import transaction
from django.db.models import Q

from subscribers.models import SoftBounces, Subscriber, Suppression
from subscribers.preferences.models import Change
from subscribers.queries import STANDS_AGAINST_HER, speaks_against

Reason = Suppression.Reason

LIFTED = "lifted"  # as the change is called
_BY_THE_DESK = Q(reason__in=(Reason.BOUNCED, Reason.MANUAL))


def of(address: str) -> list[Suppression]:
    """What speaks against a normalised address, oldest first."""
    return list(speaks_against(address).order_by("pk"))


def hold_what_she_lifts(address: str) -> list[int]:
    """Lock what her own confirmation takes away, and return it for `take_away`.

    Locked before her mails and subscriptions, as whoever suppresses does.
    """
    rows = speaks_against(address).select_for_update()
    return list(rows.exclude(STANDS_AGAINST_HER).order_by("pk").values_list("pk", flat=True))


def take_away(held: list[int], person: Subscriber) -> None:
    """Her mailbox answered: what was learned of it before is over."""
    if held:
        Suppression.objects.filter(pk__in=held).delete()
        SoftBounces.objects.filter(subscriber=person).delete()


def can_be_lifted(rows: list[Suppression]) -> bool:
    """Whether the desk may lift all of it; the rest only she herself can."""
    return bool(rows) and all(row.reason in (Reason.BOUNCED, Reason.MANUAL) for row in rows)


def lift(*, person: Subscriber, why: str, source: str, by: str) -> bool:
    """Take bounces and hand-made blocks away, with the reason on record. False: there are none.

    She gets nothing by that alone: what ended stays ended until she is asked again and confirms.
    """
    with transaction.atomic():
        found = speaks_against(person.address).select_for_update().filter(_BY_THE_DESK)
        rows = list(found.order_by("pk"))
        if not rows:
            return False
        take_away([row.pk for row in rows], person)
        Change.objects.bulk_create(
            Change(
                subscriber=person,
                what=LIFTED,
                before=row.reason,
                after=why[:320],
                source=source[:200],
                by=by[:150],
            )
            for row in rows
        )
    return True
