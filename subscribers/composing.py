"""Writes our own mails. No word that a visitor typed stands in them.

(An address can be typed by anybody: a name or note in such a mail would let strangers write to
strangers in the writer's name.)
"""

import base64
import textwrap
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email.headerregistry import Address

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from subscribers import queries
from subscribers.addresses import mask
from subscribers.keys import keyed_hash
from subscribers.languages import spoken, stay
from subscribers.mailed_tokens import TokenPurpose, mailed_text
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription, TransactionalMail
from subscribers.one_line import one_line
from subscribers.preferences import links
from subscribers.preferences.queries import waiting_change

Kind = TransactionalMail.Kind


@dataclass(frozen=True)
class _Draft:
    """What differs between the kinds: from whom, about what, with which template values."""

    sender: Newsletter
    subject: str
    context: dict[str, object]
    headers: dict[str, str] = field(default_factory=dict)
    to: str = ""  # where it isn't the person's own address
    template: str = ""  # where it isn't named as the kind


def compose(row: TransactionalMail) -> EmailMultiAlternatives | None:
    """The mail that is due, or None when nothing is left to say to this person."""
    person = row.subscriber
    if not _MAY_WRITE.get(Kind(row.kind), _may_write)(person.address):
        return None
    with translation.override(spoken(person.locale)):
        draft = _DRAFTS[Kind(row.kind)](row)
        return None if draft is None else _message(row, draft)


def _may_write(address: str) -> bool:
    return not queries.is_suppressed(address)


_MAY_WRITE: dict[Kind, Callable[[str], bool]] = {
    # Who was erased and signed up again may be asked to confirm, and gets nothing else till then.
    Kind.CONFIRM: queries.may_come_back,
    # It goes to another mailbox, and is how one that is gone comes to be corrected.
    Kind.NEW_ADDRESS: queries.is_only_gone,
}


def _confirm(row: TransactionalMail) -> _Draft | None:
    newsletters = queries.asked_for(row.subscriber)
    if not newsletters or row.token is None:
        return None
    link = _absolute("confirm", mailed_text(row.token, purpose=TokenPurpose.CONFIRM))
    subject = _("Please confirm: %(newsletter)s") % {"newsletter": newsletters[0].name}
    return _Draft(newsletters[0], subject, {"newsletters": newsletters, "link": link})


def _welcome(row: TransactionalMail) -> _Draft | None:
    subscriptions = _subscriptions(row.subscriber)
    if not subscriptions:
        return None
    latest = _latest(row.subscriber, subscriptions)
    one_click = _unsubscribe_url(latest.header_token)
    return _Draft(
        latest.newsletter,
        _("Welcome to %(newsletter)s") % {"newsletter": latest.newsletter.name},
        {
            "subscriptions": [
                (row.newsletter, _unsubscribe_url(row.body_token)) for row in subscriptions
            ]
        },
        headers={
            "List-Unsubscribe": f"<{one_click}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _already(row: TransactionalMail) -> _Draft | None:
    subscriptions = _subscriptions(row.subscriber)
    if not subscriptions:
        return None
    sender = subscriptions[0].newsletter
    return _Draft(
        sender,
        _("You are subscribed to %(newsletter)s already") % {"newsletter": sender.name},
        {
            "subscriptions": [
                (row.newsletter, _unsubscribe_url(row.body_token)) for row in subscriptions
            ]
        },
    )


def _preferences(row: TransactionalMail) -> _Draft | None:
    # Neutral, for whoever looks over her shoulder when she asks.
    context: dict[str, object] = {"link": links.link(row.subscriber)}
    return _about_her(row, _("The link you asked for"), context)


def _old_address(row: TransactionalMail) -> _Draft | None:
    change = waiting_change(row.subscriber)
    if change is None:
        return None
    context: dict[str, object] = {"new": mask(change.address)}
    if change.is_a_correction:
        subject = _("Your mails will go to another address")
        return _about_her(row, subject, context, template="corrected_address")
    if change.old_confirmed_at is not None:
        return None
    context["link"] = _change_link(change.old_token)
    return _about_her(row, _("Shall your mails go to another address?"), context)


def _new_address(row: TransactionalMail) -> _Draft | None:
    change = waiting_change(row.subscriber)
    if change is None or change.new_confirmed_at is not None:
        return None
    taken = Subscriber.objects.filter(address=change.address).exists()
    # As a sign-up: her yes from that mailbox lifts what an old list or a bounce says of it. But not
    # on the word of the writer.
    strict = taken or change.is_a_correction
    if not (_may_write if strict else queries.may_come_back)(change.address):
        return None
    context: dict[str, object] = {
        "masked": mask(change.address),
        "corrected": change.is_a_correction,
    }
    if taken:
        # Only this mailbox learns it, and asks for the link to its own page itself.
        context["link"] = _her_page(row.subscriber)
        subject = _("This address is on the list already")
        return _about_her(row, subject, context, to=change.address, template="address_taken")
    context["link"] = _change_link(change.new_token)
    return _about_her(row, _("Is this your address?"), context, to=change.address)


def _goodbye(row: TransactionalMail) -> _Draft | None:
    event = row.subscriber.consent_events.order_by("-id").first()
    if event is None or event.kind != ConsentEvent.Kind.UNSUBSCRIBED:
        return None  # she took it back meanwhile
    subscription = row.subscriber.subscriptions.get(newsletter=event.newsletter_id)
    return _Draft(
        subscription.newsletter,
        _("You’re unsubscribed"),
        {"newsletter": subscription.newsletter, "link": _unsubscribe_url(subscription.body_token)},
    )


def _about_her(
    row: TransactionalMail,
    subject: str,
    context: dict[str, object],
    *,
    to: str = "",
    template: str = "",
) -> _Draft | None:
    """A mail about the person and no newsletter; one of hers sends it, or else the first."""
    hers = Newsletter.objects.filter(subscriptions__subscriber=row.subscriber).first()
    sender = hers or Newsletter.objects.first()
    if sender is None:
        return None
    return _Draft(sender, subject, context, to=to, template=template)


_DRAFTS: dict[Kind, Callable[[TransactionalMail], _Draft | None]] = {
    Kind.CONFIRM: _confirm,
    Kind.WELCOME: _welcome,
    Kind.ALREADY: _already,
    Kind.PREFERENCES: _preferences,
    Kind.OLD_ADDRESS: _old_address,
    Kind.NEW_ADDRESS: _new_address,
    Kind.GOODBYE: _goodbye,
}


def _message(row: TransactionalMail, draft: _Draft) -> EmailMultiAlternatives:
    sender = draft.sender
    context = {
        "sender": sender,
        "subject": draft.subject,
        "masked": mask(row.subscriber.address),
        "site_url": settings.SITE_URL,
        "her_page": _her_page(row.subscriber),
        "home": f"{settings.SITE_URL}/{stay(row.subscriber.locale)}",
        **draft.context,
    }
    template = f"subscribers/mail/{draft.template or row.kind}"
    name = _("A letter for you") if row.subscriber.discreet else one_line(sender.from_name)
    message = EmailMultiAlternatives(
        subject=one_line(draft.subject),
        body=_wrapped(render_to_string(f"{template}.txt", context)),
        from_email=str(Address(display_name=name, addr_spec=sender.from_email)),
        to=[draft.to or row.subscriber.address],
        reply_to=[sender.reply_to] if sender.reply_to else None,
        headers=_headers(row, sender) | draft.headers,
    )
    html = render_to_string(f"{template}.html", context)
    message.attach_alternative(html, "text/html")
    return message


def _headers(row: TransactionalMail, sender: Newsletter) -> dict[str, str]:
    # The same id if this mail leaves twice, so that a mailbox can see that it is one.
    # With the time of the one before: `times` begins anew, and a mailbox would drop the next.
    before = row.mailed_at.isoformat() if row.mailed_at else ""
    digest = keyed_hash("message-id", "transactional", row.pk, row.times, before)[:16]
    name = base64.b32encode(digest).decode().rstrip("=").lower()
    return {
        "Message-ID": f"<{name}@{sender.from_email.rpartition('@')[2]}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies to this
        "Content-Language": translation.get_language() or settings.LANGUAGE_CODE,
    }


def _subscriptions(person: Subscriber) -> list[Subscription]:
    return list(
        person.subscriptions.filter(status=Subscription.Status.ACTIVE)
        .select_related("newsletter")
        .order_by("newsletter")
    )


def _latest(person: Subscriber, subscriptions: list[Subscription]) -> Subscription:
    """The subscription that she confirmed last."""
    events = person.consent_events.filter(kind=ConsentEvent.Kind.CONFIRMED).order_by("-id")
    newsletter_id = events.values_list("newsletter_id", flat=True).first()
    by_newsletter = {row.newsletter_id: row for row in subscriptions}
    return by_newsletter.get(newsletter_id or 0, subscriptions[0])


def _change_link(seed: uuid.UUID) -> str:
    return _absolute("change_address", mailed_text(seed, purpose=TokenPurpose.CHANGE_ADDRESS))


def _her_page(person: Subscriber) -> str:
    """Where anybody asks for the link to her own page: the same for all who read her language."""
    return f"{settings.SITE_URL}{reverse('preferences')}{stay(person.locale)}"


def _unsubscribe_url(token: uuid.UUID) -> str:
    return _absolute("unsubscribe", queries.token_text(token))


def _absolute(name: str, token: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[token])}"


def _wrapped(text: str) -> str:
    """Lines of at most 72 characters, as plain text is read; links stay whole."""
    lines = (
        textwrap.fill(line, 72, break_long_words=False, break_on_hyphens=False)
        if len(line) > 72
        else line
        for line in text.strip().splitlines()
    )
    return "\n".join(lines) + "\n"
