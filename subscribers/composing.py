"""Writes our own mails. No word that a visitor typed stands in them.

(An address can be typed by anybody: a name or note in such a mail would let strangers write to
strangers in the writer's name.)
"""

import base64
import textwrap
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from subscribers import queries
from subscribers.addresses import mask
from subscribers.keys import keyed_hash
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription, TransactionalMail

Kind = TransactionalMail.Kind


@dataclass(frozen=True)
class _Draft:
    """What differs between the kinds: from whom, about what, with which template values."""

    sender: Newsletter
    subject: str
    context: dict[str, object]
    headers: dict[str, str]


def compose(row: TransactionalMail) -> EmailMultiAlternatives | None:
    """The mail that is due, or None when nothing is left to say to this person."""
    person = row.subscriber
    if queries.is_suppressed(person.address):
        return None
    with translation.override(person.locale):
        draft = _DRAFTS[Kind(row.kind)](row)
        return None if draft is None else _message(row, draft)


def _confirm(row: TransactionalMail) -> _Draft | None:
    newsletters = queries.asked_for(row.subscriber)
    if not newsletters or row.token is None:
        return None
    link = _absolute("confirm", queries.token_text(row.token))
    subject = _("Please confirm: %(newsletter)s") % {"newsletter": newsletters[0].name}
    return _Draft(newsletters[0], subject, {"newsletters": newsletters, "link": link}, headers={})


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
        headers={},
    )


_DRAFTS: dict[Kind, Callable[[TransactionalMail], _Draft | None]] = {
    Kind.CONFIRM: _confirm,
    Kind.WELCOME: _welcome,
    Kind.ALREADY: _already,
}


def _message(row: TransactionalMail, draft: _Draft) -> EmailMultiAlternatives:
    sender = draft.sender
    context = {
        "sender": sender,
        "subject": draft.subject,
        "masked": mask(row.subscriber.address),
        "site_url": settings.SITE_URL,
        **draft.context,
    }
    message = EmailMultiAlternatives(
        subject=_one_line(draft.subject),
        body=_wrapped(render_to_string(f"subscribers/mail/{row.kind}.txt", context)),
        from_email=formataddr((_one_line(sender.from_name), sender.from_email)),
        to=[row.subscriber.address],
        reply_to=[sender.reply_to] if sender.reply_to else None,
        headers=_headers(row, sender) | draft.headers,
    )
    html = render_to_string(f"subscribers/mail/{row.kind}.html", context)
    message.attach_alternative(html, "text/html")
    return message


def _headers(row: TransactionalMail, sender: Newsletter) -> dict[str, str]:
    # The same id if this mail leaves twice, so that a mailbox can see that it is one.
    digest = keyed_hash("message-id", "transactional", row.pk, row.times)[:16]
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


def _one_line(text: str) -> str:
    """Line breaks in a header would begin a header of their own."""
    return " ".join(text.split())
