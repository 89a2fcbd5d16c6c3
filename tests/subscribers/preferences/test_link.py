"""Send me my link: the same answer to everybody, and a mail to who may have it."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers import actions
from subscribers.addresses import normalise
from subscribers.models import Newsletter, Subscriber, Suppression, TransactionalMail
from subscribers.preferences import links
from subscribers.preferences.actions import send_link
from tests.factories import make_newsletter
from tests.subscribers.making import ADA, a_day_later, mail_row, person, subscribed
from tests.subscribers.preferences.making import ask_for_link, link_in, mails_to, own_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(site: object) -> Subscriber:
    subscribed(make_newsletter(name="Slow mornings", slug="slow-mornings"))
    mail.outbox.clear()
    return person()


def minutes_later(minutes: int) -> None:
    row = mail_row("preferences")
    assert row.mailed_at is not None
    earlier = row.mailed_at - timedelta(minutes=minutes)
    TransactionalMail.objects.filter(pk=row.pk).update(mailed_at=earlier)


def test_the_answer_is_the_same_for_known_unknown_and_suppressed(
    client: Client, ada: Subscriber
) -> None:
    subscribed(Newsletter.objects.get(name="Slow mornings"), address="bob@example.org")
    actions.suppress(
        address=normalise("bob@example.org"), reason=Suppression.Reason.MANUAL, source="t", by="t"
    )
    mail.outbox.clear()
    answers = {ask_for_link(client, who) for who in (ADA, "bob@example.org", "no@example.org")}
    assert len(answers) == 1
    mails_to()
    assert [message.to for message in mail.outbox] == [[ADA]]


def test_the_mail_leads_to_her_page_and_names_no_address(client: Client, ada: Subscriber) -> None:
    ask_for_link(client)
    [message] = mails_to()
    link = link_in(message, "preferences")
    assert "@" not in unquote(link)
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"
    shown = answer.content.decode()
    assert f'class="address">{ADA}</dd>' in shown, "she came by her own mailbox"


def test_one_mail_in_ten_minutes_and_five_a_day(ada: Subscriber) -> None:
    for _ in range(3):
        send_link(address=normalise(ADA))
    assert len(mails_to()) == 1
    for already in (1, 2, 3, 4, 5, 5, 5):
        assert len(mails_to()) == already
        minutes_later(11)
        send_link(address=normalise(ADA))
    assert len(mails_to()) == 5
    a_day_later()
    send_link(address=normalise(ADA))
    assert len(mails_to()) == 6
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(set(ids)) == 6  # a mailbox drops a mail whose id it has seen


def test_an_hour_later_the_link_is_over_and_another_can_be_asked_for(
    client: Client, ada: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = own_page(ada)
    later = timezone.now().timestamp() + 3601
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    answer = client.get(link)
    assert answer.status_code == 410
    assert "This link is over" in answer.content.decode()
    assert "Send me my link" in answer.content.decode()
    assert client.post(link, {"do": "erase for good"}).status_code == 410
    assert Subscriber.objects.filter(pk=ada.pk).exists()


@pytest.mark.parametrize("change", ["x{}", "{}x", "9{}", "{}.", "²{}", "0{}", "-{}"])
def test_a_forged_link_opens_nothing(client: Client, ada: Subscriber, change: str) -> None:
    assert client.get(f"/preferences/{change.format(links.token(ada))}/").status_code == 410


def test_nobody_opens_another_persons_page_with_her_own_link(ada: Subscriber) -> None:
    subscribed(Newsletter.objects.get(name="Slow mornings"), address="bob@example.org")
    signature = links.token(ada).partition(".")[2]
    assert links.whose(f"{person('bob@example.org').pk}.{signature}") is None
    assert links.whose(f"{ada.pk}.{signature}") == ada


def test_what_is_no_address_gets_a_sentence(client: Client, ada: Subscriber) -> None:
    answer = client.post("/preferences/", {"email": "nobody"})
    assert answer.status_code == 422
    assert "has an @ in it" in answer.content.decode()


def test_a_form_on_another_site_is_refused(client: Client, ada: Subscriber) -> None:
    for path in ("/preferences/", own_page(ada)):
        answer = client.post(path, {"email": ADA}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    assert mails_to() == []


def test_a_network_that_asks_for_ever_more_is_told_to_come_back(client: Client) -> None:
    """Whoever they are for: so many links from one place are not asked for by their readers."""
    answers = [
        client.post("/preferences/", {"email": f"reader{number}@example.org"})
        for number in range(25)
    ]
    codes = [answer.status_code for answer in answers]
    assert codes == sorted(codes)
    assert set(codes) == {200, 429}
    assert int(answers[-1]["Retry-After"]) > 0
    page = answers[-1].content.decode()
    assert "Nothing is wrong with your address" in page
    assert "reader24@example.org" in page


def test_asking_costs_the_same_statements_whoever_the_address_belongs_to(
    client: Client, ada: Subscriber
) -> None:
    ask_for_link(client)  # makes what is made once: the keys of the hashes
    told = []
    for who in (ADA, "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            ask_for_link(client, who)
        told.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries])
    assert told[0] == told[1]
