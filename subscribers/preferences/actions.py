"""What a reader changes herself, from a page that only her mailbox leads to.

Each verb locks the person first, without locking out new rows about her (`no_key`): a mail
program's one-click unsubscribe holds the subscription and then writes its event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from subscribers import actions, own_mails, wording
from subscribers.addresses import Address
from subscribers.models import (
    ConsentEvent,
    Newsletter,
    Subscriber,
    Subscription,
    TransactionalMail,
)
from subscribers.preferences.models import Change
from subscribers.preferences.queries import everything, is_resting
from subscribers.queries import is_suppressed
from subscribers.ring import ring_on_commit

Status = Subscription.Status

LINK_AGAIN_AFTER = timedelta(minutes=10)
MOST_LINKS = 5  # unused, without a day's break
UNTIL_SHE_SAYS = date(9999, 12, 31)
# What a person may set, as the columns are called.
FIELDS = ("pace", "edition", "format", "large_text", "discreet", "locale")


@dataclass(frozen=True)
class Wishes:
    """What she changed. What she left as it was shown stays as it is by now: she may have
    unsubscribed since the page was opened."""

    fields: Mapping[str, object] = field(default_factory=dict)  # some of FIELDS
    starts: frozenset[str] = frozenset()  # slugs of newsletters
    ends: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Saved:
    """What saving came to. `left`: the subscriptions that ended, if she gets nothing any
    more."""

    changed: bool
    left: list[Subscription]


def send_link(*, address: Address) -> None:
    """Let the link to her own page become due, if there is somebody and she may be written to.

    Returns nothing, and rings in every case, so that nobody learns who is known here.
    """
    with transaction.atomic():
        blocked = is_suppressed(address.normalised)
        person = Subscriber.objects.filter(address=address.normalised).first()
        if person is not None and not blocked:
            _let_link_become_due(person)
        ring_on_commit("subscribers.tasks.mail_subscriber", person.pk if person else 0)


def send_link_for(*, person: Subscriber, source: str, by: str) -> bool:
    """The same, asked for in the desk or by a link in her mail, within the same limits and on
    record. False: she got one a moment ago or too many, or must not be mailed."""
    with transaction.atomic():
        is_due = not is_suppressed(person.address) and _let_link_become_due(person)
        if is_due:
            note(person, [("link", "", "")], source=source, by=by)
            ring_on_commit("subscribers.tasks.mail_subscriber", person.pk)
    return is_due


def _let_link_become_due(person: Subscriber) -> bool:
    return own_mails.ask(
        person, TransactionalMail.Kind.PREFERENCES, again_after=LINK_AGAIN_AFTER, most=MOST_LINKS
    )


def save(*, person: Subscriber, wishes: Wishes, source: str, by: str) -> Saved:
    """Make everything as she wishes, with a record of each thing that changed."""
    with transaction.atomic():
        person = locked(person)
        changes = _set_fields(person, wishes.fields)
        person.save(update_fields=FIELDS)
        note(person, changes, source=source, by=by)
        started = _start_ticked(person, wishes.starts, source=source, by=by)
        ended = _end_unticked(person, wishes.ends, source=source, by=by)
        own_mails.note_used(person, TransactionalMail.Kind.PREFERENCES)
        left = [] if person.subscriptions.filter(status=Status.ACTIVE).exists() else ended
        if left:
            actions.say_goodbye(left[-1])
    return Saved(bool(changes or started or ended), left)


def rest(*, person: Subscriber, until: date | None, source: str, by: str) -> bool:
    """Let no mail go to her before this day; None ends a rest now.

    What she missed is mailed once afterwards, by whoever reads `resting_since`.
    """
    with transaction.atomic():
        person = locked(person)
        changes = _set_rest(person, until, timezone.now())
        person.save(update_fields=["resting_until", "resting_since"])
        note(person, changes, source=source, by=by)
        own_mails.note_used(person, TransactionalMail.Kind.PREFERENCES)
    return bool(changes)


def locked(person: Subscriber) -> Subscriber:
    return Subscriber.objects.select_for_update(no_key=True).get(pk=person.pk)


Changed = tuple[str, object, object]


def _set_fields(person: Subscriber, wishes: Mapping[str, object]) -> list[Changed]:
    changed: list[Changed] = []
    for name, after in wishes.items():
        before = getattr(person, name)
        if before != after:
            setattr(person, name, after)
            changed.append((name, before, after))
    return changed


def _set_rest(person: Subscriber, until: date | None, now: datetime) -> list[Changed]:
    """`resting_since` outlives the rest: the catch-up needs to know what she missed."""
    before = person.resting_until if is_resting(person) else None
    if before == until:
        return []
    if until is not None and before is None:
        # A rest that follows one whose catch-up is still to come begins where that one began.
        person.resting_since = person.resting_since or now
    person.resting_until = until
    return [("rest", before or "", until or "")]


def _start_ticked(person: Subscriber, slugs: frozenset[str], *, source: str, by: str) -> bool:
    changed = False
    for newsletter in Newsletter.objects.filter(slug__in=slugs).order_by("pk"):
        changed |= _start(person, newsletter, source=source, by=by)
    return changed


def _end_unticked(
    person: Subscriber, slugs: frozenset[str], *, source: str, by: str
) -> list[Subscription]:
    subscriptions = person.subscriptions.filter(newsletter__slug__in=slugs, status=Status.ACTIVE)
    return [
        subscription
        for subscription in subscriptions.select_related("subscriber", "newsletter").order_by(
            "newsletter"
        )
        if actions.unsubscribe(subscription=subscription, source=source, by=by)
    ]


def _start(person: Subscriber, newsletter: Newsletter, *, source: str, by: str) -> bool:
    """Without a confirmation mail: the link that led here proved the mailbox."""
    if is_suppressed(person.address):
        return False
    row, _ = Subscription.objects.get_or_create(subscriber=person, newsletter=newsletter)
    waiting = Subscription.objects.filter(pk=row.pk).exclude(status=Status.ACTIVE)
    started = waiting.update(status=Status.ACTIVE, asked_at=None)
    if started:
        words = wording.PREFERENCES
        actions.record([row], ConsentEvent.Kind.CONFIRMED, words=words, source=source, by=by)
    return bool(started)


def note(person: Subscriber, changes: list[Changed], *, source: str, by: str) -> None:
    """Write what was changed; the caller's transaction holds the change."""
    Change.objects.bulk_create(
        Change(
            subscriber=person,
            what=what,
            before=str(before),
            after=str(after),
            source=source[:200],
            by=by[:150],
        )
        for what, before, after in changes
    )


def rename(*, person: Subscriber, name: str, source: str, by: str) -> bool:
    """Call her by another name. False: it is hers already."""
    with transaction.atomic():
        person = locked(person)
        if person.name == name:
            return False
        note(person, [("name", person.name, name)], source=source, by=by)
        Subscriber.objects.filter(pk=person.pk).update(name=name)
    return True


def export(*, person: Subscriber, source: str, by: str) -> dict[str, object]:
    """Everything we hold about her, and a note that it was handed out."""
    with transaction.atomic():
        note(person, [("export", "", "")], source=source, by=by)
        return everything(person)


def erase(*, person: Subscriber, source: str, by: str) -> bool:
    """Forget her. The page asked twice."""
    address = Address(typed=person.email, normalised=person.address)
    return actions.erase(address=address, source=source, by=by)
