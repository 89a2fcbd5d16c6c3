"""What the ledger tells a reader about herself, and what it keeps when she is erased."""

import pytest
from django.utils import timezone

from posts.delivery.events.apply import apply_pending
from posts.delivery.events.inbox import store
from posts.delivery.events.models import ProviderEvent
from posts.delivery.events.privacy import letters
from posts.delivery.models import Delivery
from subscribers import actions, knowledge
from subscribers.addresses import normalise
from subscribers.models import Subscriber
from tests.delivery.making import make_mailing, states

pytestmark = pytest.mark.django_db


def refuse(mailing_id: int, batch_id: int, person: Subscriber) -> None:
    Delivery.objects.create(
        mailing_id=mailing_id,
        subscriber_id=person.pk,
        batch_id=batch_id,
        changed_at=timezone.now(),
        state=Delivery.State.REFUSED,
        detail=f"550 no <{person.address}> here",
    )


def test_her_export_names_each_letter_and_what_became_of_it(db: None) -> None:
    mailing = make_mailing(2)
    ada, bob = Subscriber.objects.order_by("pk")
    refuse(mailing.pk, 1, ada)
    [letter] = letters(ada.pk)
    assert letter["subject"] == "A slow day"
    assert letter["state"] == "refused"
    assert letter["detail"] == f"550 no <{ada.address}> here"
    assert knowledge.elsewhere(ada.pk)["letters"] == [letter]
    assert knowledge.elsewhere(bob.pk)["letters"] == []


def test_erasure_keeps_the_count_and_forgets_the_servers_words(db: None) -> None:
    mailing = make_mailing(2)
    ada, bob = Subscriber.objects.order_by("pk")
    hers = ada.pk
    refuse(mailing.pk, 1, ada)
    refuse(mailing.pk, 1, bob)
    actions.erase(address=normalise(ada.address), source="test", by="test")
    assert states(mailing) == ["refused", "refused"]
    details = dict(Delivery.objects.values_list("subscriber_id", "detail"))
    assert details == {hers: None, bob.pk: f"550 no <{bob.address}> here"}


def test_erasure_empties_what_could_not_be_read_and_names_her(db: None) -> None:
    make_mailing(2)
    ada, bob = Subscriber.objects.order_by("pk")
    for person in (ada, bob):
        store(
            provider="brevo",
            headers={"X-For": person.address},
            body=b'{"email": "%s"' % (person.address.upper().encode()),
        )
    apply_pending()
    assert all(event.problem for event in ProviderEvent.objects.all())
    actions.erase(address=normalise(ada.address), source="test", by="test")
    hers, his = ProviderEvent.objects.order_by("pk")
    assert (bytes(hers.body), hers.headers) == (b"", {})
    assert bob.address.upper().encode() in bytes(his.body)
    assert not store(provider="brevo", headers={}, body=bytes(his.body)), "a repeat is still known"
