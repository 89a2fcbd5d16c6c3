"""Our own mails: the headers of the standards, both parts, and nothing that a visitor typed."""

import re
from email.message import Message

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from posts.content.actions import Foundation
from subscribers import mailer
from subscribers.models import Newsletter, Subscriber, Subscription
from tests.factories import make_newsletter
from tests.subscribers.making import (
    body_token,
    confirm,
    header_token,
    sign_up,
    subscribed,
    subscription,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return make_newsletter(
        name="Léttres & rest", from_name="Ada, of Fern", reply_to="reply@letters.example"
    )


def mails(newsletter: Newsletter) -> list[EmailMultiAlternatives]:
    """One of each kind: confirm, welcome, already."""
    sign_up(newsletter)
    mailer.mail_due()
    confirm()
    mailer.mail_due()
    sign_up(newsletter)
    mailer.mail_due()
    sent = [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]
    assert len(sent) == 3
    return sent


def html_of(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def test_each_has_text_before_html_and_says_who_writes(newsletter: Newsletter) -> None:
    for message in mails(newsletter):
        parts = [part.get_content_type() for part in message.message().walk()]
        assert parts == ["multipart/alternative", "text/plain", "text/html"]
        html = html_of(message)
        for body in (str(message.body), html.replace("<br>", "\n")):
            assert "Ada, of Fern" in body
            assert "Fern House, 1 Quiet Lane, Ghent" in body
        assert '<html lang="en" dir="ltr">' in html
        assert html.count("<h1") == 1
        assert "Léttres &amp; rest" in html
        assert "Léttres & rest" in str(message.body)


def test_each_carries_the_headers_of_the_standards(newsletter: Newsletter) -> None:
    sent = [message.message() for message in mails(newsletter)]
    for message in sent:
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Reply-To"] == "reply@letters.example"
        assert message["From"] == '"Ada, of Fern" <ada@letters.example>'
        assert re.fullmatch(r"<[a-z2-7]{26}@letters\.example>", str(message["Message-ID"]))
    assert len({message["Message-ID"] for message in sent}) == 3


def test_the_welcome_mail_can_be_unsubscribed_in_one_click(newsletter: Newsletter) -> None:
    welcome: Message = mails(newsletter)[1].message()
    row = subscription(newsletter)
    link = f"{settings.SITE_URL}/unsubscribe/{header_token(row)}/"
    assert welcome["List-Unsubscribe"] == f"<{link}>"
    assert welcome["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_body_carries_only_the_link_that_asks(newsletter: Newsletter) -> None:
    _, welcome, already = mails(newsletter)
    row = subscription(newsletter)
    for message in (welcome, already):
        for body in (str(message.body), html_of(message)):
            assert f"/unsubscribe/{body_token(row)}/" in body
            assert header_token(row) not in body


def test_no_mail_says_what_a_visitor_typed(newsletter: Newsletter) -> None:
    sign_up(newsletter, address="buy-now+pills@spam-shop.example")
    mailer.mail_due()
    Subscriber.objects.update(name="Cheap pills at spam.example")
    sign_up(newsletter, address="second@example.org")
    confirm("buy-now+pills@spam-shop.example")
    mailer.mail_due()
    assert len(mail.outbox) == 3
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        for text in (message.subject, str(message.body), html_of(message)):
            assert "pills" not in text
            assert "spam-shop" not in text


def test_no_link_of_a_mail_acts_on_a_look(client: Client, newsletter: Newsletter) -> None:
    subscribed(newsletter)
    sign_up(newsletter, address="ben@example.org")
    mailer.mail_due()
    before = list(Subscription.objects.order_by("pk").values())
    links = {
        link.removeprefix(settings.SITE_URL)
        for message in mail.outbox
        for link in re.findall(rf"{re.escape(settings.SITE_URL)}[^\s\"<>]*", str(message.body))
    }
    assert {link.split("/")[1] for link in links} == {"", "confirm", "preferences", "unsubscribe"}
    for link in links:
        assert client.get(link).status_code == 200
    assert list(Subscription.objects.order_by("pk").values()) == before


def test_text_lines_are_short_and_links_whole(newsletter: Newsletter) -> None:
    for message in mails(newsletter):
        for line in str(message.body).splitlines():
            assert len(line) <= 78 or "http" in line
        for link in re.findall(r"http\S+", str(message.body)):
            assert link.endswith("/")


def test_a_line_break_in_a_name_makes_no_header(site: Foundation) -> None:
    newsletter = make_newsletter(name="Rest\r\nBcc: x@example.org", from_name="Ada\nBcc: y@z.org")
    for message in mails(newsletter):
        assert message.message()["Bcc"] is None
        assert "\n" not in message.subject


def test_two_newsletters_have_two_ways_out(newsletter: Newsletter) -> None:
    second = make_newsletter()
    subscribed(newsletter)
    subscribed(second)
    assert mail.outbox[-1].subject == f"Welcome to {second.name}"
    for row in (subscription(newsletter), subscription(second)):
        assert body_token(row) in str(mail.outbox[-1].body)


def test_a_mail_is_written_in_the_language_of_its_reader(newsletter: Newsletter) -> None:
    sign_up(newsletter)
    Subscriber.objects.update(locale="de")
    mailer.mail_due()
    [message] = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.message()["Content-Language"] == "de"
    assert '<html lang="de"' in html_of(message)
