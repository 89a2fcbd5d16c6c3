"""Attempts: until it arrived, or nobody answers for days."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from posts.delivery.webhooks import actions, draining, sending
from posts.delivery.webhooks.models import WebhookEndpoint, WebhookMessage
from posts.delivery.webhooks.sending import may_be_called
from posts.desk.programs import notices
from tests.delivery.webhooks.receiver import Receiver, receiver


@pytest.fixture
def message(endpoint: WebhookEndpoint) -> WebhookMessage:
    return actions.try_out(endpoint=endpoint)


def due_now() -> None:
    WebhookMessage.objects.exclude(due_at=None).update(due_at=timezone.now())


def test_what_is_not_taken_is_tried_again_later_under_the_same_id(
    message: WebhookMessage, shop: Receiver
) -> None:
    shop.answers = [503, 404, 200]
    before = timezone.now()
    draining.drain()
    message.refresh_from_db()
    assert (message.answer, message.problem, message.attempts) == (503, "refused", 1)
    assert message.due_at is not None
    assert before + timedelta(seconds=5) <= message.due_at <= timezone.now() + timedelta(seconds=5)
    draining.drain()
    assert len(shop.got) == 1  # it is not due yet
    for _ in range(3):
        due_now()
        draining.drain()
    message.refresh_from_db()
    assert (message.attempts, message.problem) == (3, "")
    message = WebhookMessage.objects.get(due_at=None, arrived_at__isnull=False)
    assert shop.ids == [message.pk] * 3


def test_after_the_last_attempt_nobody_tries_any_more_but_by_hand(
    message: WebhookMessage, shop: Receiver, endpoint: WebhookEndpoint
) -> None:
    shop.answers = [500]
    for _ in range(len(draining.PAUSES) + 3):
        due_now()
        draining.drain()
    assert len(shop.got) == len(draining.PAUSES) + 1
    shop.answers = [204]
    assert actions.send_missed(endpoint=endpoint) == 1
    draining.drain()
    assert WebhookMessage.objects.get().arrived_at is not None
    assert actions.send_again(message=message)
    draining.drain()
    assert set(shop.ids) == {message.pk}


def test_a_worker_that_dies_in_the_middle_leaves_it_due(
    message: WebhookMessage, shop: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*args: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(sending, "_post", die)
        with pytest.raises(Killed):
            draining.drain()
    draining.drain()
    assert shop.got == []  # whoever began it may still be at it
    ahead = timezone.now() + draining.HELD
    assert WebhookMessage.objects.filter(due_at__gt=timezone.now(), due_at__lte=ahead).exists()
    due_now()
    draining.drain()
    assert shop.ids == [message.pk]


def test_an_endpoint_that_is_deleted_while_it_is_told_stops_nothing(
    message: WebhookMessage, shop: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = actions.add_endpoint(url=shop.url, events=[], with_address=False, by="ada")[0]
    later = actions.try_out(endpoint=other)
    attempt = sending.attempt

    def deleted(told: WebhookMessage, endpoint: WebhookEndpoint) -> sending.WebhookOutcome:
        if told.pk == message.pk:
            WebhookEndpoint.objects.filter(pk=endpoint.pk).delete()
        return attempt(told, endpoint)

    monkeypatch.setattr(sending, "attempt", deleted)
    draining.drain()
    assert shop.ids == [message.pk, later.pk]
    assert WebhookMessage.objects.get().arrived_at is not None


@pytest.mark.parametrize(("address", "path"), [("", "/"), ("?by=us", "/?by=us"), ("/a#b", "/a")])
def test_what_is_asked_for_begins_with_a_slash(
    message: WebhookMessage, shop: Receiver, address: str, path: str
) -> None:
    WebhookEndpoint.objects.update(url=shop.url.partition("/told")[0] + address)
    draining.drain()
    assert shop.paths == [path]


def test_of_two_workers_one_tells_it(message: WebhookMessage) -> None:
    other = WebhookMessage.objects.get()
    assert draining._claim(message)
    assert not draining._claim(other)


def test_an_endpoint_at_which_nothing_arrives_for_days_is_switched_off_and_the_owner_told(
    message: WebhookMessage, shop: Receiver, endpoint: WebhookEndpoint
) -> None:
    User.objects.create_superuser("ada", "ada@letters.example", "rest")
    shop.answers = [500]
    draining.drain()
    endpoint.refresh_from_db()
    assert endpoint.failing_since is not None
    assert endpoint.is_on
    ago = timezone.now() - draining.STOPS_AFTER
    WebhookEndpoint.objects.update(failing_since=ago)
    due_now()
    draining.drain()
    endpoint.refresh_from_db()
    assert not endpoint.is_on
    assert endpoint.stopped_at is not None
    notices.mail_owners()
    notices.mail_owners()
    (letter,) = mail.outbox
    assert letter.to == ["ada@letters.example"]
    assert endpoint.url in letter.body
    actions.switch(endpoint=endpoint, on=True)
    shop.answers = [200]
    due_now()
    draining.drain()
    endpoint.refresh_from_db()
    assert (endpoint.failing_since, endpoint.stopped_at) == (None, None)


def test_one_that_says_it_is_gone_is_told_no_more(
    message: WebhookMessage, shop: Receiver, endpoint: WebhookEndpoint
) -> None:
    shop.answers = [410]
    draining.drain()
    message.refresh_from_db()
    endpoint.refresh_from_db()
    assert (message.due_at, endpoint.is_on) == (None, False)


def test_one_that_does_not_answer_holds_nobody_up(message: WebhookMessage, shop: Receiver) -> None:
    shop.answers = [500]
    with receiver() as other:
        second = actions.add_endpoint(url=other.url, events=[], with_address=False, by="ada")[0]
        for _ in range(2):
            actions.try_out(endpoint=message.endpoint)
            actions.try_out(endpoint=second)
        draining.drain()
        assert (len(shop.got), len(other.got)) == (1, 2)


def test_an_answer_that_leads_elsewhere_is_not_followed(
    message: WebhookMessage, shop: Receiver
) -> None:
    shop.answers, shop.location = [302], shop.url
    draining.drain()
    message.refresh_from_db()
    assert (len(shop.got), message.answer, message.problem) == (1, 302, "refused")


def test_an_answer_that_drips_in_is_not_waited_for(
    message: WebhookMessage, shop: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LONGEST", 0.2)
    shop.drips.set()
    draining.drain()
    message.refresh_from_db()
    assert message.problem == "slow"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "[::1]", "[fd00::1]", "[::]"]
)
def test_nothing_in_a_local_network_is_called(
    host: str, message: WebhookMessage, settings: LazySettings
) -> None:
    settings.WEBHOOKS_LOCALLY = False
    WebhookEndpoint.objects.update(url=f"https://{host}/")
    draining.drain()
    message.refresh_from_db()
    assert (message.problem, message.answer) == ("not public", None)


def test_a_name_that_leads_into_a_local_network_is_not_called_either(
    message: WebhookMessage, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_LOCALLY = False
    monkeypatch.setattr(
        "posts.content.public_web.socket.getaddrinfo",
        lambda *args, **kwargs: [
            (2, 1, 6, "", ("203.0.114.9", 443)),
            (2, 1, 6, "", ("192.168.1.1", 443)),
        ],
    )
    WebhookEndpoint.objects.update(url="https://rebinding.example/")
    draining.drain()
    message.refresh_from_db()
    assert message.problem == "not public"


def test_a_secret_that_can_no_longer_be_read_signs_nothing(
    message: WebhookMessage, shop: Receiver
) -> None:
    WebhookEndpoint.objects.update(sealed="gAAAA")
    draining.drain()
    message.refresh_from_db()
    assert (message.problem, shop.got) == ("secret", [])


def test_which_addresses_may_be_called(settings: LazySettings) -> None:
    settings.WEBHOOKS_LOCALLY = False
    assert may_be_called("https://shop.example/told?by=us")
    for url in (
        "http://shop.example/",
        "https://",
        "https://user:word@shop.example/",
        "https://shop.example:99999/",
        "https://shop.example/a b",
        "https://shop.example/\r\nX-A: b",
        "file:///etc/passwd",
        "https://[::1",
        "//shop.example/",
        "https://straße.example/",
    ):
        assert not may_be_called(url), url


def test_what_is_a_month_old_is_forgotten(message: WebhookMessage) -> None:
    draining.forget_old()
    assert WebhookMessage.objects.exists()
    ago = timezone.now() - draining.KEPT - timedelta(hours=1)
    WebhookMessage.objects.update(created_at=ago)
    draining.forget_old()
    assert not WebhookMessage.objects.exists()
