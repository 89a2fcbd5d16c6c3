"""Leaving: the page asks, the header's link acts at once, and nothing acts on a look."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from posts.content.actions import Foundation
from subscribers import actions, mailer
from subscribers.addresses import normalise
from subscribers.models import ConsentEvent, Newsletter, Subscription, Suppression
from subscribers.queries import recipients
from tests.factories import make_newsletter
from tests.subscribers.making import (
    body_token,
    header_token,
    kinds_of_events,
    person,
    sign_up,
    subscribed,
    subscription,
)

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    subscribed(site.newsletter)
    mail.outbox.clear()
    return site.newsletter


@pytest.fixture
def page(newsletter: Newsletter) -> str:
    return f"/unsubscribe/{body_token(subscription(newsletter))}/"


@pytest.fixture
def one_click(newsletter: Newsletter) -> str:
    return f"/unsubscribe/{header_token(subscription(newsletter))}/"


def status() -> str:
    return Subscription.objects.get().status


@pytest.mark.parametrize("link", ["page", "one_click"])
def test_looking_asks_and_changes_nothing(
    client: Client, link: str, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue(link)
    for look in (client.get, client.head, client.get):
        answer = look(address)
        assert answer.status_code == 200
    shown = answer.content.decode()
    assert "a…@e…e.org" in shown
    assert "ada@example.org" not in shown
    # Who got the mail from a friend is asked before she finds a button, and led elsewhere.
    assert shown.index("Was this mail passed on to you?") < shown.index("<button")
    assert '<a href="/subscribe/?newsletter=letters">Subscribe yourself</a>' in shown
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert not answer.cookies
    assert status() == "active"


def test_the_button_ends_it_and_offers_undo(
    client: Client, page: str, newsletter: Newsletter
) -> None:
    answer = client.post(page, {"do": "unsubscribe"})
    assert answer.status_code == 200
    assert "You’re unsubscribed" in answer.content.decode()
    assert b'value="undo"' in answer.content
    assert status() == "unsubscribed"
    [recipient] = recipients(newsletter.pk, [person().pk])
    assert recipient.left_out == "unsubscribed"


def test_a_rest_is_offered_beside_it_by_a_link_to_her_mailbox_alone(
    client: Client, page: str
) -> None:
    asked = client.get(page).content.decode()
    assert asked.index('value="unsubscribe"') < asked.index("Or only a rest?")
    for _ in range(3):  # whoever presses, and however often
        answer = client.post(page, {"do": "link"})
        assert "Look in your mailbox" in answer.content.decode()
        assert "/preferences/" in answer.content.decode()
    mailer.mail_due()
    [message] = mail.outbox
    assert message.to == ["ada@example.org"]
    link = re.search(r"/preferences/[^/\s]{20,}/", str(message.body))
    assert link is not None
    assert link[0] not in answer.content.decode()
    assert status() == "active"


def test_undo_brings_her_back(client: Client, page: str) -> None:
    client.post(page, {"do": "unsubscribe"})
    answer = client.post(page, {"do": "undo"})
    assert "You’re still on the list" in answer.content.decode()
    assert status() == "active"
    assert kinds_of_events()[-2:] == ["unsubscribed", "resubscribed"]
    again = client.post(page, {"do": "undo"})
    assert b"Stop these mails?" in again.content
    assert kinds_of_events()[-1] == "resubscribed"


def test_undo_lasts_seven_days(client: Client, page: str) -> None:
    """She may read the mail that says goodbye after a week away."""
    client.post(page, {"do": "unsubscribe"})
    lately = timezone.now() - timedelta(days=6, hours=23)
    ConsentEvent._base_manager.filter(kind="unsubscribed").update(at=lately)
    assert "For seven days you can take it back" in client.get(page).content.decode()
    client.post(page, {"do": "undo"})
    assert status() == "active"


def test_undo_ends_after_seven_days(client: Client, page: str) -> None:
    """Or a friend with a forwarded mail could bring her back for ever."""
    client.post(page, {"do": "unsubscribe"})
    long_ago = timezone.now() - timedelta(days=7, minutes=1)
    ConsentEvent._base_manager.filter(kind="unsubscribed").update(at=long_ago)
    assert b'value="undo"' not in client.get(page).content
    client.post(page, {"do": "undo"})
    assert status() == "unsubscribed"


def test_undo_revives_nobody_who_complained(client: Client, page: str) -> None:
    client.post(page, {"do": "unsubscribe"})
    actions.suppress(
        address=normalise("ada@example.org"),
        reason=Suppression.Reason.COMPLAINED,
        source="test",
        by="test",
    )
    client.post(page, {"do": "undo"})
    assert status() == "unsubscribed"


@pytest.mark.parametrize("slash", ["/", ""])
@pytest.mark.parametrize("encoding", ["urlencoded", "multipart"])
def test_one_click_acts_at_once_and_every_time(one_click: str, slash: str, encoding: str) -> None:
    """As a mailbox provider sends it: no cookie, token or Referer, and no redirect followed."""
    client = Client(enforce_csrf_checks=True)
    address = one_click.rstrip("/") + slash
    for _ in range(2):
        if encoding == "multipart":
            answer = client.post(address, ONE_CLICK)
        else:
            answer = client.post(
                address,
                "List-Unsubscribe=One-Click",
                content_type="application/x-www-form-urlencoded",
                headers={"Origin": "https://mail.elsewhere.example"},
            )
        assert answer.status_code == 200
        assert not answer.cookies
    assert status() == "unsubscribed"
    assert kinds_of_events().count("unsubscribed") == 1


def test_one_click_needs_its_own_words_and_token(client: Client, page: str, one_click: str) -> None:
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert client.post(page, ONE_CLICK, headers=elsewhere).status_code == 403
    assert client.post(one_click, {}, headers=elsewhere).status_code == 403
    assert status() == "active"


def test_leaving_also_withdraws_an_open_wish(client: Client, page: str) -> None:
    newsletter = Newsletter.objects.get()
    client.post(page, {"do": "unsubscribe"})
    sign_up(newsletter)
    assert Subscription.objects.get().asked_at is not None
    client.post(page, {"do": "unsubscribe"})
    assert Subscription.objects.get().asked_at is None


def test_the_other_newsletter_goes_on(client: Client, page: str) -> None:
    second = make_newsletter()
    subscribed(second)
    client.post(page, {"do": "unsubscribe"})
    assert subscription(second).status == "active"


def test_after_leaving_the_page_says_there_is_nothing_to_do(client: Client, page: str) -> None:
    client.post(page, {"do": "unsubscribe"})
    assert "You’re unsubscribed" in client.get(page).content.decode()


@pytest.mark.parametrize("token", ["nonsense", "A" * 22, "%00%00", "a" * 5000])
@pytest.mark.parametrize("slash", ["/", ""])
def test_an_unknown_link_says_so_kindly(
    client: Client, site: Foundation, token: str, slash: str
) -> None:
    answer = client.get(f"/unsubscribe/{token}{slash}")
    assert answer.status_code == 404
    assert "We don’t know this link" in answer.content.decode()
    # Her mail program presses the button of a mail whose reader was erased: nothing has failed.
    assert client.post(f"/unsubscribe/{token}{slash}", ONE_CLICK).status_code == 200


def test_the_preferences_page_knows_nobody(client: Client, site: Foundation) -> None:
    answer = client.get("/preferences/")
    assert answer.status_code == 200
    assert not answer.cookies
    assert b"the same for everybody" in answer.content


def test_the_pages_button_causes_a_goodbye_with_a_way_back(
    client: Client, page: str, mailoutbox: list[EmailMessage]
) -> None:
    client.post(page, {"do": "unsubscribe"})
    mailer.mail_due()
    [goodbye] = mailoutbox
    assert goodbye.subject == "You’re unsubscribed"
    assert goodbye.to == ["ada@example.org"]
    assert goodbye.extra_headers["Auto-Submitted"] == "auto-generated"
    assert page in goodbye.body
    client.post(page, {"do": "undo"})
    assert status() == "active"
    # Whoever plays with the button fills no mailbox.
    client.post(page, {"do": "unsubscribe"})
    mailer.mail_due()
    assert len(mailoutbox) == 1


def test_who_takes_it_back_before_the_goodbye_left_gets_none(
    client: Client, page: str, mailoutbox: list[EmailMessage]
) -> None:
    client.post(page, {"do": "unsubscribe"})
    client.post(page, {"do": "undo"})
    mailer.mail_due()
    assert mailoutbox == []


def test_her_mail_programs_button_causes_no_mail(
    client: Client, one_click: str, mailoutbox: list[EmailMessage]
) -> None:
    client.post(one_click, ONE_CLICK)
    mailer.mail_due()
    assert status() == "unsubscribed"
    assert mailoutbox == []
