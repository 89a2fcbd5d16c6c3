"""What somebody at the desk does for one person, who asked for it by mail or at a table."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from django.db import transaction

from subscribers import actions, own_mails
from subscribers.addresses import Address
from subscribers.models import Newsletter, Subscriber, Subscription, TransactionalMail
from subscribers.preferences.actions import note
from subscribers.queries import asked_for, is_suppressed, may_come_back, subscribed_to
from subscribers.ring import ring_on_commit

AGAIN_AFTER = timedelta(hours=1)
MOST = 6  # together with those she caused herself, until she answers

Confirm = TransactionalMail.Kind.CONFIRM
LEFT = (
    Subscription.Status.UNSUBSCRIBED,
    Subscription.Status.BOUNCED,
    Subscription.Status.COMPLAINED,
)


class AddOutcome(StrEnum):
    """What adding a person to one newsletter came to."""

    ADDED = "added"
    ASKED = "asked"  # a mail asks her
    ASKED_LATELY = "asked lately"  # she has a mail that asks already, or had enough of them
    ALREADY = "already"
    LEFT = "left"  # her last word stands; only her own yes brings her back
    BLOCKED = "blocked"  # the address must not be mailed


def ask_again(*, person: Subscriber, source: str, by: str) -> bool:
    """Mail her once more the link to confirm what she asked for, on record. False: there is
    nothing to confirm, one went within the hour, she had too many, or must not be mailed."""
    with transaction.atomic():
        mail = own_mails.locked(person, Confirm)
        if not asked_for(person) or not may_come_back(person.address):
            return False
        most = min(mail.times + 1, MOST)
        if not own_mails.ask_on(mail, again_after=AGAIN_AFTER, most=most):
            return False
        note(person, [("confirmation mail", "", "")], source=source, by=by)
        ring_on_commit("subscribers.tasks.mail_subscriber", person.pk)
    return True


def add(
    *,
    address: Address,
    name: str,
    newsletters: Sequence[Newsletter],
    consent: str,
    source: str,
    by: str,
    she_asks: bool = True,
) -> list[tuple[Newsletter, AddOutcome]]:
    """Add a person. `consent`: where she gave it; empty: a mail asks her to confirm. `she_asks`:
    somebody knows that she wants it now. A program or a list does not: who once said no, and is on
    it still, is not even asked."""
    with transaction.atomic():
        comes_back = she_asks and not consent
        if not (may_come_back if comes_back else _may_be_mailed)(address.normalised):
            return [(newsletter, AddOutcome.BLOCKED) for newsletter in newsletters]
        known = Subscriber.objects.filter(address=address.normalised).first()
        came = dict.fromkeys([] if not known or comes_back else _left(known), AddOutcome.LEFT)
        has = {newsletter.pk for newsletter in subscribed_to(known)} if known else set()
        fresh = [one for one in newsletters if one.pk not in has and one.pk not in came]
        if fresh:
            came |= _add(address, fresh, consent, source=source, by=by)
        if name:
            Subscriber.objects.filter(address=address.normalised, name="").update(name=name)
    return [(newsletter, came.get(newsletter.pk, AddOutcome.ALREADY)) for newsletter in newsletters]


def _left(person: Subscriber) -> list[int]:
    """Newsletters to which she, or her mailbox, said no."""
    ties = person.subscriptions.filter(status__in=LEFT)
    return list(ties.values_list("newsletter", flat=True))


def _may_be_mailed(address: str) -> bool:
    return not is_suppressed(address)


def _add(
    address: Address, newsletters: Sequence[Newsletter], consent: str, *, source: str, by: str
) -> dict[int, AddOutcome]:
    if consent:
        return {
            newsletter.pk: _add_with_consent(address, newsletter, consent, by=by)
            for newsletter in newsletters
        }
    actions.sign_up(address=address, newsletters=newsletters, words=None, source=source, by=by)
    waits = TransactionalMail.objects.filter(
        subscriber__address=address.normalised, kind=Confirm, due_at__isnull=False
    ).exists()
    outcome = AddOutcome.ASKED if waits else AddOutcome.ASKED_LATELY
    return {newsletter.pk: outcome for newsletter in newsletters}


def _add_with_consent(
    address: Address, newsletter: Newsletter, consent: str, *, by: str
) -> AddOutcome:
    row = actions.add_confirmed(address=address, newsletter=newsletter, source=consent, by=by)
    return AddOutcome.LEFT if row is None else AddOutcome.ADDED


def confirmations(person: Subscriber, ties: Sequence[Subscription]) -> TransactionalMail | None:
    """The mail that asks her to confirm, while something waits for her answer; else None."""
    if not any(tie.asked_at for tie in ties):
        return None
    return person.transactional_mails.filter(kind=Confirm).first()
