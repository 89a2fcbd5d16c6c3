"""Changing one's address: it happens when the old mailbox and the new one have both said yes.

Nothing here tells whether the new address is somebody's already, or may not be mailed: the page
says the same, and only the mailbox itself learns it.

The unsubscribe links in mails that lie in the old mailbox go on working. Such a link must never
end, and she may have moved those mails along; whoever else presses one causes a mail to her new
address that says so, with a way back.

What ended only because the old mailbox was gone begins again with the new one's yes. What she
ended herself, or never began, does not.
"""

import uuid
from datetime import timedelta
from enum import Enum

from django.db import IntegrityError, transaction
from django.utils import timezone

from subscribers import own_mails, suppressions, wording
from subscribers.actions import record
from subscribers.addresses import Address
from subscribers.models import ConsentEvent, Subscriber, Subscription, TransactionalMail
from subscribers.preferences.actions import locked, note
from subscribers.preferences.models import AddressChange
from subscribers.preferences.queries import find_change
from subscribers.queries import is_only_gone, is_suppressed, may_come_back
from subscribers.ring import ring_on_commit

MOST_A_DAY = 3  # each writes to a mailbox that may be a stranger's

Kind = TransactionalMail.Kind
Event = ConsentEvent.Kind
Status = Subscription.Status

# Neither a yes nor a no of hers.
_SAYS_NOTHING = (Event.SIGNED_UP, Event.BOUNCED)


class TooOften(Exception):
    """She asked for several changes today; each of them writes to another mailbox."""


class Step(Enum):
    """What pressing the button in one of the two mailboxes came to."""

    WAITING = "waiting"  # for the other mailbox
    DONE = "done"
    OVER = "over"  # too late, or it cannot be done any more


def ask(
    *, person: Subscriber, address: Address, source: str, by: str, correction: bool = False
) -> bool:
    """Ask both mailboxes. A wish before this one is dropped, and its links with it. False: she is
    written to there already.

    The same mailbox in another spelling (Ada@ for ada@) is done at once: there is nobody to ask.
    A `correction` is the writer's, who was told: the old mailbox, which may be gone, is told of
    it, and the new one asked.
    """
    now = timezone.now()
    with transaction.atomic():
        person = locked(person)
        if person.address == address.normalised:
            return _spell(person, address.typed, source=source, by=by)
        AddressChange.objects.filter(subscriber=person).delete()
        AddressChange.objects.create(
            subscriber=person,
            email=address.typed,
            address=address.normalised,
            asked_at=now,
            old_confirmed_at=now if correction else None,
        )
        for kind in (Kind.NEW_ADDRESS, Kind.OLD_ADDRESS):
            if not own_mails.ask(person, kind, again_after=timedelta(0), most=MOST_A_DAY):
                raise TooOften
        ring_on_commit("subscribers.tasks.mail_subscriber", person.pk)
    return True


def _spell(person: Subscriber, typed: str, *, source: str, by: str) -> bool:
    if person.email == typed:
        return False
    note(person, [("email", person.email, typed)], source=source, by=by)
    Subscriber.objects.filter(pk=person.pk).update(email=typed)
    return True


def agree(*, seed: uuid.UUID, source: str, by: str) -> Step:
    """One of the two mailboxes says yes; the second makes it happen."""
    now = timezone.now()
    with transaction.atomic():
        found = find_change(seed)
        if found is None:
            return Step.OVER
        # Person before wish, as `ask` locks them. Who comes second finds the wish gone.
        person = (
            Subscriber.objects.select_for_update(no_key=True).filter(pk=found.subscriber_id).first()
        )
        change = AddressChange.objects.select_for_update().filter(pk=found.pk).first()
        if person is None or change is None:
            return Step.OVER
        if seed == change.old_token:
            change.old_confirmed_at = change.old_confirmed_at or now
        else:
            change.new_confirmed_at = change.new_confirmed_at or now
        change.save(update_fields=["old_confirmed_at", "new_confirmed_at"])
        if change.old_confirmed_at is None or change.new_confirmed_at is None:
            return Step.WAITING
        return _move(person, change, source=source, by=by)


def _move(person: Subscriber, change: AddressChange, *, source: str, by: str) -> Step:
    held = suppressions.hold_what_she_lifts(change.address)
    # Before the wish goes: that the writer stands for the old mailbox is read from it.
    may = _may_move(person.address, change)
    change.delete()
    if not may:
        return Step.OVER
    before, only_gone = person.address, is_only_gone(person.address)
    try:
        with transaction.atomic():
            Subscriber.objects.filter(pk=person.pk).update(
                email=change.email, address=change.address
            )
    except IntegrityError:  # somebody signed up with it in these days
        return Step.OVER
    suppressions.take_away(held, person)
    note(person, [("address", before, change.address)], source=source, by=by)
    # The limits are per mailbox, and this one had no link to her page yet.
    own_mails.allow_again(person, Kind.PREFERENCES)
    if only_gone:
        _begin_again(person, source=source, by=by)
    return Step.DONE


def _may_move(before: str, change: AddressChange) -> bool:
    """What she asks for herself, her yes from the new mailbox allows, as a sign-up would. What the
    writer corrects must be about a mailbox that is gone, or a slip, and about nothing else, also
    where somebody said no since it was asked for.
    """
    if change.is_a_correction:
        return is_only_gone(before) and not is_suppressed(change.address)
    return may_come_back(change.address)


def _begin_again(person: Subscriber, *, source: str, by: str) -> None:
    """What ended when the old mailbox was gone, of what she had agreed to."""
    ended = Subscription.objects.select_for_update().filter(
        subscriber=person, status=Status.BOUNCED
    )
    rows = [row for row in ended.order_by("pk") if had_agreed(row)]
    Subscription.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=Status.ACTIVE, asked_at=None
    )
    record(rows, Event.CONFIRMED, words=wording.ADDRESS, source=source, by=by)


def had_agreed(row: Subscription) -> bool:
    """Whether her last word on this newsletter is a yes, whatever bounced since.

    Who came with a list that told of no consent has the same event as who came with one that did.
    Only the former was asked by mail, so whoever was ever asked counts as the former.
    """
    last = (
        ConsentEvent.objects.filter(
            subscriber_id=row.subscriber_id, newsletter_id=row.newsletter_id
        )
        .exclude(kind__in=_SAYS_NOTHING)
        .order_by("-pk")
        .first()
    )
    if last is None:
        return False
    if last.kind == Event.IMPORTED:
        asked = TransactionalMail.objects.filter(subscriber=row.subscriber_id, kind=Kind.CONFIRM)
        return not asked.exists()
    return last.kind in (Event.CONFIRMED, Event.RESUBSCRIBED)
