"""What is told, when, and to whom: a row in the transaction of what happened."""

import pytest
from django.conf import LazySettings
from django.db import transaction

from posts.content.actions import Foundation, publish_post
from posts.delivery.mailings.finish import finish_if_done
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.webhooks import actions, draining
from posts.delivery.webhooks.models import WebhookEndpoint, WebhookMessage
from posts.delivery.webhooks.signing import unsealed
from subscribers import actions as subscriptions
from subscribers.addresses import normalise
from subscribers.lists.csv_file import ListRow
from subscribers.lists.importer import Import
from subscribers.models import Subscriber, Suppression, TransactionalMail
from tests.delivery.making import settle
from tests.delivery.webhooks.receiver import Receiver
from tests.factories import make_post, make_subscriber

MARIA = normalise("maria@example.org")


def events() -> list[str]:
    return list(WebhookMessage.objects.order_by("created_at", "pk").values_list("event", flat=True))


def sign_up(site: Foundation) -> None:
    subscriptions.sign_up(
        address=MARIA, newsletters=[site.newsletter], words=None, source="/subscribe/", by="reader"
    )


def test_a_reader_s_way_is_told_step_by_step(
    site: Foundation, endpoint: WebhookEndpoint, shop: Receiver
) -> None:
    sign_up(site)
    token = TransactionalMail.objects.get().token
    assert token is not None
    subscriptions.confirm(token=token, source="/confirm/", by="reader")
    person = Subscriber.objects.get()
    subscriptions.unsubscribe(subscription=person.subscriptions.get(), source="", by="reader")
    told = ["subscriber.created", "subscriber.confirmed", "subscriber.unsubscribed"]
    assert events() == told
    draining.drain()
    assert [one["type"] for one in shop.told] == told
    data = {"subscriber": person.pk, "subscription": person.subscriptions.get().pk}
    assert all(one["data"] == {**data, "newsletter": "letters"} for one in shop.told)
    shop.verify(unsealed(endpoint.sealed))


@pytest.mark.parametrize(
    ("reason", "event"),
    [("bounced", "subscriber.bounced"), ("complained", "subscriber.complained")],
)
def test_a_mailbox_that_is_gone_or_complains_is_told(
    reason: str, event: str, site: Foundation, endpoint: WebhookEndpoint
) -> None:
    make_subscriber(site.newsletter, address=MARIA.normalised)
    subscriptions.suppress(
        address=MARIA, reason=Suppression.Reason(reason), source="", by="machine"
    )
    assert events() == [event]


def test_a_letter_is_told_when_it_goes_live_and_not_when_it_changes(
    endpoint: WebhookEndpoint,
) -> None:
    post = make_post(live=False)
    assert events() == []
    publish_post(post=post, by="tests")
    post.title = "Another"
    post.save_revision().publish()
    assert events() == ["post.published"]
    data = WebhookMessage.objects.get().data
    assert data == {"post": post.pk, "url": post.public_url, "newsletter": "letters"}


def test_a_mailing_is_told_once_it_is_finished(endpoint: WebhookEndpoint) -> None:
    post = make_post()
    make_subscriber(post.newsletter)
    mailing, _created = start_mailing(post=post, by="ada")
    WebhookMessage.objects.all().delete()
    settle(mailing, (Delivery.State.ACCEPTED, ""))
    Batch.objects.update(state=Batch.State.FINISHED)
    assert finish_if_done(mailing.pk)
    assert Mailing.objects.get().state == "finished"
    message = WebhookMessage.objects.get()
    assert message.event == "mailing.finished"
    assert (message.data["candidates"], message.data["deliveries"]["accepted"]) == (1, 1)


def test_what_was_rolled_back_is_told_to_nobody(
    site: Foundation, endpoint: WebhookEndpoint
) -> None:
    with transaction.atomic():
        sign_up(site)
        assert events() == ["subscriber.created"]
        transaction.set_rollback(True)
    assert events() == []


def test_only_what_was_chosen_is_told_and_nothing_while_it_is_off(
    site: Foundation, endpoint: WebhookEndpoint
) -> None:
    actions.change_endpoint(
        endpoint=endpoint, url=endpoint.url, events=["post.published"], with_address=False
    )
    sign_up(site)
    assert events() == []
    actions.switch(endpoint=endpoint, on=False)
    make_post()
    assert events() == []


def test_a_list_that_comes_in_tells_of_nobody(site: Foundation, endpoint: WebhookEndpoint) -> None:
    job = Import(newsletter=site.newsletter, confirmed=True, source="a talk", by="tests")
    job.run([ListRow(1, [], "a@example.org", "a@example.org")], reject=lambda row: None)
    assert Subscriber.objects.exists()
    assert events() == []


def test_an_address_is_told_only_where_that_was_chosen_and_to_nobody_once_she_is_erased(
    site: Foundation, endpoint: WebhookEndpoint, shop: Receiver, settings: LazySettings
) -> None:
    WebhookEndpoint.objects.update(with_address=True)
    sign_up(site)
    assert "maria" not in repr(list(WebhookMessage.objects.values()))
    draining.drain()
    assert shop.told[0]["data"]["address"] == "maria@example.org"
    subscriptions.erase(address=MARIA, source="", by="ada")
    WebhookMessage.objects.filter(event="subscriber.created").delete()
    shop.got.clear()
    draining.drain()
    assert [one["data"]["address"] for one in shop.told] == [None]
