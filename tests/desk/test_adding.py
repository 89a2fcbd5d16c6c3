"""One person in the desk: added by hand, asked again, let be mailed again."""

import pytest
from django.test import Client

from posts.content.actions import Foundation
from subscribers import actions, mailer
from subscribers.addresses import normalise
from subscribers.models import Newsletter, Subscriber, Subscription, Suppression
from tests.factories import make_newsletter
from tests.subscribers.making import ADA, person, sign_up, subscribed

ADD = "/admin/subscribers/add/"


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return site.newsletter


def page() -> str:
    return f"/admin/subscribers/{person().pk}/"


def suppress(reason: Suppression.Reason) -> None:
    actions.suppress(address=normalise(ADA), reason=reason, source="told by smtp", by="smtp")


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def fields(newsletter: Newsletter, **more: str) -> dict[str, object]:
    return {"email": ADA, "name": "Ada", "newsletters": [newsletter.pk], "how": "ask", **more}


def test_one_newsletter_is_chosen_beforehand_and_several_are_not(
    desk: Client, newsletter: Newsletter
) -> None:
    assert "checked" in text(desk, ADD).split("newsletters")[-1].split("how")[0]
    make_newsletter()
    html = text(desk, f"{ADD}?address={ADA}")
    assert html.count(" checked") == 1, "only that a mail asks"
    assert ADA in html


def test_somebody_who_asked_by_mail_is_added_and_asked(
    desk: Client, newsletter: Newsletter
) -> None:
    answer = desk.post(ADD, fields(newsletter), follow=True)
    assert "A mail asks ada@example.org whether they want" in answer.content.decode()
    assert Subscription.objects.get().status == "pending"
    assert mailer.mail_due() == 1


def test_consent_needs_to_say_where_it_was_given(desk: Client, newsletter: Newsletter) -> None:
    answer = desk.post(ADD, fields(newsletter, how="consent"))
    assert answer.status_code == 422
    assert "Say where and when they said so" in answer.content.decode()
    assert not Subscriber.objects.exists()
    desk.post(ADD, fields(newsletter, how="consent", consent="a letter of 3 May"))
    assert Subscription.objects.get().status == "active"
    assert "a letter of 3 May" in text(desk, page())


def test_an_address_that_is_none_is_explained(desk: Client, newsletter: Newsletter) -> None:
    answer = desk.post(ADD, fields(newsletter, email="ada"))
    assert answer.status_code == 422
    assert "An email address has an @ in it." in answer.content.decode()


def test_who_may_not_change_subscribers_adds_nobody(editor: Client, newsletter: Newsletter) -> None:
    for address in (ADD, f"/admin/subscribers/{subscribed(newsletter).subscriber_id}/lift/"):
        assert editor.post(address, fields(newsletter)).status_code != 200
    assert Subscriber.objects.count() == 1


def test_the_page_says_how_often_she_was_asked_and_asks_again(
    desk: Client, newsletter: Newsletter
) -> None:
    sign_up(newsletter)
    assert "No mail that asks to confirm has left yet." in text(desk, page())
    mailer.mail_due()
    assert "1 mail asked to confirm, the last on" in text(desk, page())
    answer = desk.post(f"{page()}ask-again/", follow=True)
    assert "one went there within the last hour" in answer.content.decode()
    person().transactional_mails.update(mailed_at="2026-01-01T00:00Z")
    answer = desk.post(f"{page()}ask-again/", follow=True)
    assert "A mail with the link to confirm goes to ada@example.org now." in (
        answer.content.decode()
    )


def test_a_bounce_is_lifted_with_a_reason(desk: Client, newsletter: Newsletter) -> None:
    subscribed(newsletter)
    suppress(Suppression.Reason.BOUNCED)
    html = text(desk, page())
    assert "The address does not exist, since" in html
    assert "(told by smtp)" in html
    assert "Let this address be mailed again" in html
    answer = desk.post(f"{page()}lift/", {"why": " "}, follow=True)
    assert "write in a few words why" in answer.content.decode()
    assert Suppression.objects.exists()
    answer = desk.post(f"{page()}lift/", {"why": "Her server is back"}, follow=True)
    assert not Suppression.objects.exists()
    assert "Her server is back" in answer.content.decode()


def test_a_complaint_shows_that_only_she_can_take_it_back(
    desk: Client, newsletter: Newsletter
) -> None:
    subscribed(newsletter)
    suppress(Suppression.Reason.COMPLAINED)
    html = text(desk, page())
    assert "You can’t take this back. The person can" in html
    assert "Let this address be mailed again" not in html
    desk.post(f"{page()}lift/", {"why": "please"})
    assert Suppression.objects.exists()
