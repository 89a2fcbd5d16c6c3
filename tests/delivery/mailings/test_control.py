from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.template.base import Template
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from posts.content.actions import Foundation
from posts.delivery.mailings import control, spread, start, test_mail
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.queries import expected_audience, report
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Batch, Delivery, LetterVariant, Mailing
from subscribers.models import Subscriber, Subscription
from tests.delivery.making import drain, make_mailing, outbox, states
from tests.factories import make_newsletter, make_post, make_subscriber
from tests.sink import Sink

pytestmark = pytest.mark.django_db


def test_a_first_mailing_is_made_once_however_often_it_is_asked_for(site: Foundation) -> None:
    post = make_post()
    make_subscriber(post.newsletter)
    first, created = start_mailing(post=post, by="ada")
    again, created_again = start_mailing(post=post, by="ben")
    assert (created, created_again) == (True, False)
    assert first == again
    assert [event.by for event in first.events.all()] == ["ada"]


def test_the_audience_is_frozen_when_the_mailing_starts(site: Foundation) -> None:
    post = make_post()
    make_subscriber(post.newsletter)
    make_subscriber(post.newsletter, status="pending")
    make_subscriber(post.newsletter, status="unsubscribed")
    make_subscriber(make_newsletter())
    assert expected_audience(post).at_once == 1
    mailing, _ = start_mailing(post=post, by="ada")
    make_subscriber(post.newsletter)
    assert mailing.candidates == 1
    drain()
    assert states(mailing) == ["accepted"]


def test_a_large_audience_is_cut_into_batches(
    site: Foundation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "BATCH_SIZE", 2)
    post = make_post()
    ids = [make_subscriber(post.newsletter).pk for _ in range(5)]
    start_mailing(post=post, by="ada")
    assert [batch.ids() for batch in Batch.objects.order_by("pk")] == [ids[:2], ids[2:4], ids[4:]]


def test_a_draft_is_not_mailed(site: Foundation) -> None:
    with pytest.raises(DeliveryRefused, match="not published"):
        start_mailing(post=make_post(live=False), by="ada")


def test_a_post_without_readers_is_not_mailed_and_can_be_later(site: Foundation) -> None:
    post = make_post()
    with pytest.raises(DeliveryRefused, match="Nobody is subscribed"):
        start_mailing(post=post, by="ada")
    assert not Mailing.objects.exists()
    make_subscriber(post.newsletter)
    assert start_mailing(post=post, by="ada")[1]


def test_nobody_gets_links_to_her_own_machine(site: Foundation, settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example.org"
    post = make_post()
    make_subscriber(post.newsletter)
    with pytest.raises(DeliveryRefused, match="Where readers find you"):
        start_mailing(post=post, by="ada")


def test_no_mail_leaves_without_a_postal_address(site: Foundation, settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example.org"
    settings.SITE_URL = "https://letters.example"
    post = make_post(newsletter=make_newsletter(postal_address=" "))
    make_subscriber(post.newsletter)
    with pytest.raises(DeliveryRefused, match="postal address"):
        start_mailing(post=post, by="ada")


def test_an_email_url_of_no_known_kind_says_what_to_write(settings: Settings) -> None:
    settings.EMAIL_URL = "pigeon://loft"
    with pytest.raises(ImproperlyConfigured, match="smtp://"):
        start.check_way_out(make_newsletter())


def test_an_email_url_that_cannot_be_read_keeps_its_password_to_itself(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://ada:pa[ss@mail.example.org"
    with pytest.raises(ImproperlyConfigured, match="%40") as refused:
        start.check_way_out(make_newsletter())
    assert "pa[ss" not in str(refused.value)


def test_the_letter_has_one_variant_for_each_choice_in_use(site: Foundation) -> None:
    post = make_post()
    make_subscriber(post.newsletter)
    make_subscriber(post.newsletter, format="text")
    make_subscriber(post.newsletter, format="text", large_text=True, status="unsubscribed")
    start_mailing(post=post, by="ada")
    assert sorted(LetterVariant.objects.values_list("format", flat=True)) == ["html", "text"]
    drain()
    types = [message.get_content_type() for message in outbox()]
    assert types == ["multipart/alternative", "text/plain"]


def test_nothing_is_rendered_per_recipient(
    site: Foundation, monkeypatch: pytest.MonkeyPatch
) -> None:
    renders: list[object] = []
    real = Template.render

    def counting(self: Template, *args: Any, **kwargs: Any) -> Any:
        renders.append(self)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Template, "render", counting)
    post = make_post()
    for _ in range(20):
        make_subscriber(post.newsletter)
    start_mailing(post=post, by="ada")
    for_the_letter = len(renders)
    drain()
    assert len(outbox()) == 20
    assert for_the_letter > 0
    assert len(renders) == for_the_letter


def test_pause_and_resume_are_told_apart_from_what_cannot_be_done() -> None:
    mailing = make_mailing(1)
    control.pause(mailing=mailing, by="ada")
    with pytest.raises(DeliveryRefused, match="paused"):
        control.pause(mailing=mailing, by="ben")
    drain()
    assert outbox() == []
    control.resume(mailing=mailing, by="ben")
    drain()
    assert len(outbox()) == 1
    with pytest.raises(DeliveryRefused, match="finished"):
        control.cancel(mailing=mailing, by="ada")
    by = [(event.action, event.by) for event in mailing.events.all()]
    assert by == [("paused", "ada"), ("resumed", "ben"), ("finished", "machine")]


def refuse_and_doubt() -> Mailing:
    """A finished mailing to three: accepted, refused, in doubt."""
    mailing = make_mailing(3)
    drain()
    _, two, three = Subscriber.objects.order_by("pk").values_list("pk", flat=True)
    Delivery.objects.filter(subscriber_id=two).update(state=Delivery.State.REFUSED)
    Delivery.objects.filter(subscriber_id=three).update(state=Delivery.State.IN_DOUBT)
    mailing.refresh_from_db()
    return mailing


def test_retrying_failed_attempts_only_the_refused() -> None:
    mailing = refuse_and_doubt()
    assert control.retry_failed(mailing=mailing, by="ada") == 1
    assert states(mailing) == ["accepted", "retrying", "in_doubt"]
    assert mailing.state == "sending"
    drain()
    assert states(mailing) == ["accepted", "accepted", "in_doubt"]
    assert report(mailing).state == "finished"


def test_doubts_are_resent_only_when_a_person_says_so() -> None:
    mailing = refuse_and_doubt()
    drain()
    assert states(mailing)[2] == "in_doubt"
    assert control.settle_doubts(mailing=mailing, by="ada", resend=True) == 1
    drain()
    assert states(mailing)[2] == "accepted"
    assert Batch.objects.filter(purpose="resend").count() == 1


def test_leaving_doubts_keeps_them_visible_and_says_who_decided() -> None:
    mailing = refuse_and_doubt()
    control.settle_doubts(mailing=mailing, by="ada", resend=False)
    assert states(mailing)[2] == "in_doubt"
    last = mailing.events.last()
    assert last is not None
    assert (last.action, last.by) == ("leave doubts", "ada")


def test_whoever_unsubscribed_meanwhile_is_not_attempted_again() -> None:
    mailing = refuse_and_doubt()
    Subscription.objects.update(status="unsubscribed")
    control.retry_failed(mailing=mailing, by="ada")
    drain()
    assert states(mailing) == ["accepted", "left_out", "in_doubt"]


def test_a_test_mail_goes_to_one_address_and_into_no_ledger(site: Foundation) -> None:
    post = make_post(title="Rest first", live=False)
    said = test_mail.send_test(post=post, address="Ada@Example.org", by="ada")
    assert "accepted" in said
    [message] = outbox()
    assert (message["To"], message["Subject"]) == ("ada@example.org", "[Test] Rest first")
    assert not Delivery.objects.exists()


def test_a_refused_test_mail_shows_the_servers_words(site: Foundation, settings: Settings) -> None:
    with Sink(rcpt={"ada@example.org": "550 not today"}) as sink:
        settings.EMAIL_URL = sink.url
        with pytest.raises(DeliveryRefused, match="550 not today"):
            test_mail.send_test(post=make_post(), address="ada@example.org", by="ada")


def test_a_batch_of_forty_costs_as_many_queries_as_a_batch_of_three() -> None:
    make_mailing(1)
    drain()  # makes what is made once: keys, the worker's row
    costs = []
    for readers in (3, 40):
        make_mailing(readers)
        with CaptureQueriesContext(connection) as queries:
            drain()
        costs.append(len(queries))
    assert costs[0] == costs[1]
