"""What people, editors and machines can do to a subscription. Change and evidence together.

Every verb writes its consent events in the transaction of the change, and changes by
conditional UPDATE: whoever changed no row came second, and has nothing to record.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from subscribers import knowledge, listeners, objections, own_mails, suppressions, wording
from subscribers.addresses import Address
from subscribers.limits.models import WaitingSignUp
from subscribers.models import (
    ConsentEvent,
    ConsentNetwork,
    Newsletter,
    Subscriber,
    Subscription,
    Suppression,
    TransactionalMail,
)
from subscribers.preferences.models import AddressChange, Change
from subscribers.queries import address_hash, is_suppressed, may_come_back
from subscribers.ring import ring_on_commit

Status = Subscription.Status
Kind = ConsentEvent.Kind

UNDO_WITHIN = timedelta(days=7)

# What a subscription becomes when its address must not be mailed again.
_STATUS_AFTER = {
    Suppression.Reason.BOUNCED: (Status.BOUNCED, Kind.BOUNCED),
    Suppression.Reason.COMPLAINED: (Status.COMPLAINED, Kind.COMPLAINED),
    Suppression.Reason.ERASED: (Status.UNSUBSCRIBED, Kind.UNSUBSCRIBED),
    Suppression.Reason.MANUAL: (Status.UNSUBSCRIBED, Kind.UNSUBSCRIBED),
}
# Who tells us of it. A list says so itself, see `lists.extras`.
_ORIGIN_OF = {
    Suppression.Reason.BOUNCED: Suppression.Origin.DELIVERY,
    Suppression.Reason.COMPLAINED: Suppression.Origin.DELIVERY,
    Suppression.Reason.ERASED: Suppression.Origin.READER,
    Suppression.Reason.MANUAL: Suppression.Origin.DESK,
}


@dataclass(frozen=True)
class Confirmed:
    """The answer to a confirmation: what it started (nothing, when it came a second time)."""

    subscriber: Subscriber
    newsletters: list[Newsletter]


def sign_up(
    *,
    address: Address,
    newsletters: Sequence[Newsletter],
    words: wording.Wording | None,
    source: str,
    by: str,
    locale: str = "",
    network: str = "",
) -> None:
    """Note that somebody asks for newsletters at this address; a mail asks its owner.

    Returns nothing on purpose: whether the address is known, suppressed or new must not be
    visible to whoever typed it.
    """
    with transaction.atomic():
        person = _asking_person(address, locale)
        if person is not None:
            fresh = _note_wishes(person, newsletters)
            record(fresh, Kind.SIGNED_UP, words=words or "", source=source, by=by, network=network)
        # Rings for nobody too, so that the answer takes its time in every case.
        ring_on_commit("subscribers.tasks.mail_subscriber", person.pk if person else 0)


def _asking_person(address: Address, locale: str) -> Subscriber | None:
    # Who was erased or bounced may come back, but only herself: her confirmation lifts it.
    if not may_come_back(address.normalised):
        return None
    defaults = {"email": address.typed, **({"locale": locale} if locale else {})}
    person, _ = Subscriber.objects.get_or_create(address=address.normalised, defaults=defaults)
    return person


def _note_wishes(person: Subscriber, newsletters: Sequence[Newsletter]) -> list[Subscription]:
    """Note what she asks for and let the fitting mail become due. Returns what is new."""
    # Locked first: a confirmation at the same moment either sees this wish or comes before it.
    mail = own_mails.locked(person, TransactionalMail.Kind.CONFIRM)
    wishes = [wish for n in newsletters if (wish := _wish(person, n)).status != Status.ACTIVE]
    if not wishes:
        own_mails.ask(person, TransactionalMail.Kind.ALREADY)
        return []
    fresh = [wish for wish in wishes if wish.asked_at is None]
    for wish in fresh:
        Subscription.objects.filter(pk=wish.pk).update(asked_at=timezone.now())
    # A mailbox that refused or reported us is asked once, and a month later at the earliest again.
    barred = is_suppressed(person.address)
    own_mails.ask_on(mail, most=1 if barred else own_mails.MOST_CONFIRMATIONS)
    return fresh


def _wish(person: Subscriber, newsletter: Newsletter) -> Subscription:
    return Subscription.objects.get_or_create(subscriber=person, newsletter=newsletter)[0]


def confirm(*, token: uuid.UUID, source: str, by: str, network: str = "") -> Confirmed | None:
    """Subscribe the person to all she asked for. None when the link is unknown.

    Pressed twice at once, one press wins: one set of events, one welcome mail.
    """
    now = timezone.now()
    mails = TransactionalMail.objects.filter(token=token)
    with transaction.atomic():
        mail = mails.select_related("subscriber").first()
        if mail is None:
            return None
        held = suppressions.hold_what_she_lifts(mail.subscriber.address)
        won = mails.filter(answered_at=None).update(answered_at=now, due_at=None, times=0)
        started = _start_what_was_asked(mail.subscriber) if won else []
        if started:
            suppressions.take_away(held, mail.subscriber)
        record(
            started, Kind.CONFIRMED, words=wording.CONFIRM, source=source, by=by, network=network
        )
        if started:
            _welcome(mail.subscriber, now)
    return Confirmed(mail.subscriber, [row.newsletter for row in started])


def _start_what_was_asked(person: Subscriber) -> list[Subscription]:
    asked = person.subscriptions.filter(asked_at__isnull=False).select_related("newsletter")
    return [
        row
        for row in asked.order_by("newsletter")
        if Subscription.objects.filter(pk=row.pk, asked_at__isnull=False).update(
            status=Status.ACTIVE, asked_at=None
        )
    ]


def _welcome(person: Subscriber, now: datetime) -> None:
    TransactionalMail.objects.update_or_create(
        subscriber=person, kind=TransactionalMail.Kind.WELCOME, defaults={"due_at": now}
    )
    ring_on_commit("subscribers.tasks.mail_subscriber", person.pk)


def unsubscribe(*, subscription: Subscription, source: str, by: str, goodbye: bool = False) -> bool:
    """End a subscription, and drop an open wish for it. False when there was nothing to end.

    `goodbye`: a mail says so, for where somebody else may have pressed the button.
    """
    rows = Subscription.objects.filter(pk=subscription.pk)
    with transaction.atomic():
        ended = rows.filter(status__in=(Status.ACTIVE, Status.PENDING)).update(
            status=Status.UNSUBSCRIBED, asked_at=None
        )
        if ended:
            record([subscription], Kind.UNSUBSCRIBED, source=source, by=by)
            if goodbye:
                say_goodbye(subscription)
        else:
            rows.update(asked_at=None)
    return bool(ended)


def say_goodbye(subscription: Subscription) -> None:
    """By mail, with a way back, in the caller's transaction. At most once a day: the button may be
    pressed, undone and pressed again."""
    if own_mails.ask(subscription.subscriber, TransactionalMail.Kind.GOODBYE):
        ring_on_commit("subscribers.tasks.mail_subscriber", subscription.subscriber_id)


def can_undo(subscription: Subscription) -> bool:
    """Whether she unsubscribed lately, from a subscription that was once confirmed.

    Only lately: the link stands in every mail she ever passed along, and a friend must not be
    able to bring her back.
    """
    last = (
        ConsentEvent.objects.filter(
            subscriber_id=subscription.subscriber_id, newsletter_id=subscription.newsletter_id
        )
        .exclude(kind=Kind.SIGNED_UP)
        .order_by("-id")[:2]
    )
    match list(last):
        case [unsubscribed, before]:
            return (
                unsubscribed.kind == Kind.UNSUBSCRIBED
                and unsubscribed.at > timezone.now() - UNDO_WITHIN
                and before.kind in (Kind.CONFIRMED, Kind.IMPORTED, Kind.RESUBSCRIBED)
            )
    return False


def undo_unsubscribe(*, subscription: Subscription, source: str, by: str) -> bool:
    """Take back an unsubscribe of the last seven days. False when there is none."""
    with transaction.atomic():
        rows = Subscription.objects.select_for_update().filter(
            pk=subscription.pk, status=Status.UNSUBSCRIBED
        )
        row = rows.select_related("subscriber").first()
        if row is None or is_suppressed(row.subscriber.address) or not can_undo(row):
            return False
        rows.update(status=Status.ACTIVE, asked_at=None)
        record([row], Kind.RESUBSCRIBED, words=wording.UNDO, source=source, by=by)
    return True


def add_confirmed(
    *, address: Address, newsletter: Newsletter, name: str = "", source: str, by: str
) -> Subscription | None:
    """Add a person whose consent was given elsewhere; `source` says where.

    None when she is suppressed or once left: her last word stands, whatever a list says.
    """
    with transaction.atomic():
        if is_suppressed(address.normalised):
            return None
        person, _ = Subscriber.objects.get_or_create(
            address=address.normalised, defaults={"email": address.typed, "name": name}
        )
        row = _wish(person, newsletter)
        started = Subscription.objects.filter(pk=row.pk, status=Status.PENDING).update(
            status=Status.ACTIVE, asked_at=None
        )
        if started:
            record([row], Kind.IMPORTED, source=source, by=by)
        row.refresh_from_db()
    return row if row.status == Status.ACTIVE else None


def suppress(*, address: Address, reason: Suppression.Reason, source: str, by: str) -> None:
    """Never mail this address again, whatever it is or becomes subscribed to."""
    suppress_all(addresses=[address], reason=reason, source=source, by=by)


def suppress_all(
    *, addresses: Sequence[Address], reason: Suppression.Reason, source: str, by: str
) -> None:
    """The same for many, in as few statements as for one. Each reason is kept, with the first
    source of it: they are lifted by different people, see `suppressions`.
    """
    if not addresses:
        return
    normalised = {address.normalised for address in addresses}
    digests = sorted(map(address_hash, normalised))
    with transaction.atomic():
        # Locked before the insert: one that a confirmation is just lifting is then entered anew.
        known = Suppression.objects.filter(address_hash__among=digests, reason=reason)
        list(known.select_for_update().order_by("pk"))
        rows = [
            Suppression(
                address_hash=digest, reason=reason, origin=_ORIGIN_OF[reason], source=source[:200]
            )
            for digest in digests
        ]
        Suppression.objects.bulk_create(rows, ignore_conflicts=True)
        objections.note_addresses(digests, reason=reason, origin=_ORIGIN_OF[reason])
        status, kind = _STATUS_AFTER[reason]
        people = Subscriber.objects.filter(address__in=normalised)
        # Mails before subscriptions, as a confirmation does, or the two could deadlock.
        TransactionalMail.objects.filter(subscriber__in=people).update(due_at=None)
        ties = Subscription.objects.filter(
            Q(status__in=(Status.ACTIVE, Status.PENDING)) | Q(asked_at__isnull=False),
            subscriber__in=people,
        )
        ending = list(ties.select_for_update().order_by("pk"))
        Subscription.objects.filter(pk__in=[row.pk for row in ending]).update(
            status=status, asked_at=None
        )
        record(ending, kind, source=source, by=by)


def erase(*, address: Address, source: str, by: str) -> bool:
    """Forget the person and keep the hash of her address; that is also kept of somebody unknown, as
    her objection. False when nobody has the address."""
    with transaction.atomic():
        WaitingSignUp.objects.filter(address=address.normalised).delete()
        person = Subscriber.objects.filter(address=address.normalised).first()
        gone = [address, *(_former_addresses(person) if person else ())]
        suppress_all(addresses=gone, reason=Suppression.Reason.ERASED, source=source, by=by)
        if person is None:
            return False
        spelled = {person.email, *(one.normalised for one in gone)}
        knowledge.forget(person.pk, spelled)
        _forget_in_wishes_of_others(person, spelled)
        person.delete()
    return True


def _forget_in_wishes_of_others(person: Subscriber, spelled: set[str]) -> None:
    """Somebody else may have had one of her addresses before her, or ask for it now."""
    AddressChange.objects.filter(address__in=spelled).exclude(subscriber=person).delete()
    for side in ("before", "after"):
        rows = Change.objects.filter(**{f"{side}__in": spelled}).exclude(subscriber=person)
        rows.update(**{side: ""})


def _former_addresses(person: Subscriber) -> list[Address]:
    """An old list may still have her under these; where somebody else has one now, it is theirs."""
    former = set(
        Change.objects.filter(subscriber=person, what="address").values_list("before", flat=True)
    )
    taken = Subscriber.objects.filter(address__in=former).values_list("address", flat=True)
    return [Address(typed=old, normalised=old) for old in sorted(former - set(taken))]


def record(
    rows: Iterable[Subscription],
    kind: ConsentEvent.Kind,
    *,
    words: wording.Wording | str = "",
    source: str,
    by: str,
    network: str = "",
) -> None:
    """Write one consent event per subscription; the caller's transaction holds the change.

    The network stands beside it, since it goes after 30 days and the event stays. An objection is
    also kept outside the database.
    """
    rows = list(rows)
    objections.note_events(rows, kind)
    version = words.version if isinstance(words, wording.Wording) else ""
    events = ConsentEvent.objects.bulk_create(
        ConsentEvent(
            subscriber_id=row.subscriber_id,
            newsletter_id=row.newsletter_id,
            kind=kind,
            wording=str(words),
            wording_version=version,
            source=source[:200],
            by=by[:150],
        )
        for row in rows
    )
    if network:
        ConsentNetwork.objects.bulk_create(
            ConsentNetwork(event=event, network=network) for event in events
        )
    listeners.tell(kind, rows)
