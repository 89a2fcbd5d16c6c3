"""Deliveries that were handed over, and events about them."""

from email.message import EmailMessage
from typing import Any

from django.utils import timezone

from posts.delivery.events.apply import apply_pending
from posts.delivery.events.inbox import MAILBOX, store
from posts.delivery.events.models import ProviderEvent
from posts.delivery.letters.compose import message_id
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.transports.smtp import verp
from subscribers.models import Subscriber, Subscription
from tests.delivery.events import payloads
from tests.delivery.making import make_mailing, states

State = Delivery.State

VERP = "smtp://127.0.0.1:25?verp=bounces@letters.example"  # as an EMAIL_URL


def handed_over(readers: int = 1, *, state: Delivery.State = State.ACCEPTED) -> Mailing:
    """A mailing all of whose deliveries are in a state; `sending` still."""
    mailing = make_mailing(readers, batch_size=readers)
    batch = Batch.objects.get(mailing=mailing)
    Delivery.objects.bulk_create(
        Delivery(
            mailing=mailing,
            subscriber_id=number,
            batch_id=batch.pk,
            state=state,
            changed_at=timezone.now(),
        )
        for number in batch.ids()
    )
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.FINISHED, recipients=b"")
    return mailing


def readers_of(mailing: Mailing) -> list[Subscriber]:
    numbers = Delivery.objects.filter(mailing=mailing).values_list("subscriber_id", flat=True)
    return list(Subscriber.objects.filter(pk__in=list(numbers)).order_by("pk"))


def metadata_of(mailing: Mailing, person: Subscriber) -> dict[str, Any]:
    return {"mailing": mailing.pk, "subscriber": person.pk}


def report(provider: str, body: bytes) -> None:
    """Store a call and apply it, as view and worker do."""
    headers = {**payloads.headers_for(provider, body), "Content-Type": "application/json"}
    store(provider=provider, headers=headers, body=body)
    apply_pending()


def brevo_reports(event: str, mailing: Mailing, person: Subscriber, **fields: Any) -> None:
    report("brevo", payloads.brevo(event, person.address, metadata_of(mailing, person), **fields))


def mail_arrives(body: bytes, **headers: str) -> None:
    store(provider=MAILBOX, headers=headers, body=body)
    apply_pending()


def delivery(mailing: Mailing, person: Subscriber) -> Delivery:
    return Delivery.objects.get(mailing=mailing, subscriber_id=person.pk)


def state_of(mailing: Mailing, person: Subscriber) -> str:
    return str(State(delivery(mailing, person).state).label)


def status_of(person: Subscriber) -> str:
    return Subscription.objects.get(subscriber=person).status


def letter_to(mailing: Mailing, person: Subscriber, **others: str) -> EmailMessage:
    """The letter as it is returned to us."""
    letter = EmailMessage()
    letter["From"] = "Ada Fern <ada@letters.example>"
    letter["To"] = others.get("to", person.address)
    letter["Subject"] = "A slow day"
    letter["Message-ID"] = others.get(
        "identity", message_id(mailing.pk, person.pk, "letters.example")
    )
    letter["X-Mailing"] = str(mailing.pk)
    if token := others.get("token"):
        letter["List-Unsubscribe"] = f"<http://localhost:8000/unsubscribe/{token}/>"
    letter.set_content("Rest is allowed.\n")
    return letter


def events() -> list[ProviderEvent]:
    return list(ProviderEvent.objects.order_by("pk"))


def states_after_work(mailing: Mailing) -> list[str]:
    apply_pending()
    return states(mailing)


def one_reader(state: Delivery.State = Delivery.State.ACCEPTED) -> tuple[Mailing, Subscriber]:
    mailing = handed_over(1, state=state)
    [person] = readers_of(mailing)
    return mailing, person


def envelope(mailing: Mailing, person: Subscriber) -> str:
    """The address that the letter to her comes back to."""
    ours = verp.current()
    assert ours is not None
    return ours.sender(mailing.pk, person.pk)
