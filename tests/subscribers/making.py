"""What the tests of this folder do in one line."""

from datetime import timedelta

from subscribers import actions, mailer, queries, wording
from subscribers.addresses import normalise
from subscribers.models import Newsletter, Subscriber, Subscription, TransactionalMail

ADA = "ada@example.org"


def sign_up(*newsletters: Newsletter, address: str = ADA) -> None:
    actions.sign_up(
        address=normalise(address),
        newsletters=newsletters,
        words=wording.SIGN_UP,
        source="/subscribe/",
        by="the reader",
    )


def confirm(address: str = ADA) -> actions.Confirmed | None:
    row = mail_row(address=address)
    assert row.token is not None
    return actions.confirm(token=row.token, source="/confirm/", by="the reader")


def person(address: str = ADA) -> Subscriber:
    return Subscriber.objects.get(address=address)


def subscription(newsletter: Newsletter, address: str = ADA) -> Subscription:
    return Subscription.objects.get(subscriber__address=address, newsletter=newsletter)


def subscribed(newsletter: Newsletter, address: str = ADA) -> Subscription:
    """A confirmed subscription, whose mails have all left."""
    sign_up(newsletter, address=address)
    confirm(address)
    mailer.mail_due()
    return subscription(newsletter, address)


def mail_row(kind: str = "confirm", address: str = ADA) -> TransactionalMail:
    return TransactionalMail.objects.get(subscriber__address=address, kind=kind)


def a_day_later() -> None:
    """Let a day pass: everything that happened moves a day into the past."""
    for row in TransactionalMail.objects.all():
        for name in ("due_at", "mailed_at", "answered_at"):
            if (at := getattr(row, name)) is not None:
                setattr(row, name, at - timedelta(days=1, minutes=1))
        row.save()


def kinds_of_events(address: str = ADA) -> list[str]:
    events = person(address).consent_events.order_by("id")
    return list(events.values_list("kind", flat=True))


def body_token(row: Subscription) -> str:
    return queries.token_text(row.body_token)


def header_token(row: Subscription) -> str:
    return queries.token_text(row.header_token)
