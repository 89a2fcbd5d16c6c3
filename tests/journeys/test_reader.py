"""A reader's whole way by the pages as a program sees them; `tests/browser` goes it by hand."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from posts.content.models import PostPage
from posts.delivery.mailings.start import start_mailing
from subscribers import actions, tasks
from subscribers.addresses import normalise
from subscribers.models import Subscriber, Subscription
from subscribers.preferences.models import AddressChange
from tests.delivery.making import drain
from tests.factories import make_newsletter, make_post
from tests.journeys.telling import all_rows, latest_to, letters, link_in, links_in, part

pytestmark = pytest.mark.django_db
READER, MOVED = "marit.vale@reading.example", "marit@moved.example"


@pytest.fixture
def post(site: object, settings: Settings, tmp_path: Path) -> PostPage:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"  # not pytest's
    newsletter = make_newsletter(name="Slow mornings", slug="slow")
    return make_post(title="Leave the kettle on", slug="kettle", newsletter=newsletter)


def path_of(link: str) -> str:
    return urlsplit(link).path


def status() -> str:
    return str(Subscription.objects.get().status)


def subscribe(client: Client) -> None:
    client.post("/subscribe/", {"email": READER, "newsletter": "slow", "wording": "sign-up 1"})
    tasks.mail_what_is_due()
    client.post(path_of(link_in(latest_to(READER), "confirm")))
    tasks.mail_what_is_due()
    assert status() == "active"


def own_page(client: Client, address: str) -> str:
    client.post("/preferences/", {"email": address})
    tasks.mail_what_is_due()
    return path_of(link_in(latest_to(address), "preferences"))


def save(client: Client, page: str, **form: str) -> str:
    answer = client.post(page, {"do": "save", **form})
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_signing_up_to_being_forgotten(client: Client, post: PostPage) -> None:
    subscribe(client)
    assert "Welcome" in latest_to(READER)["Subject"]
    start_mailing(post=post, by="ada")
    drain()
    letter = latest_to(READER)
    assert letter["Subject"] == post.title
    assert client.get(path_of(post.public_url)).status_code == 200

    # Her own page: smaller, discreet, and a rest.
    page = own_page(client, READER)
    day = timezone.localdate() + timedelta(days=9)
    save(client, page, part="edition", edition="short")
    save(client, page, part="look", discreet="on")
    client.post(page, {"do": "rest", "rest": "until", "rest_until": str(day)})
    assert Subscriber.objects.get().resting_until == day
    second = make_post(title="Sit by the window", newsletter=post.newsletter)
    start_mailing(post=second, by="ada")
    drain()
    assert latest_to(READER)["X-Mailing"] in (None, letter["X-Mailing"])  # nothing came
    client.post(page, {"do": "return"})
    assert Subscriber.objects.get().resting_until is None

    # Another address, as both mailboxes say.
    save(client, page, part="address", new_email=MOVED)
    tasks.mail_what_is_due()
    for address in (READER, MOVED):
        client.post(path_of(link_in(latest_to(address), "preferences/address")))
    assert Subscriber.objects.get().address == MOVED
    assert not AddressChange.objects.exists()
    third = make_post(title="Name one soft thing", newsletter=post.newsletter)
    start_mailing(post=third, by="ada")
    drain()
    letter = latest_to(MOVED)
    assert letter["From"].startswith("A letter for you <")
    assert third.title not in letter["Subject"]

    # Leaving, a mail that says so, and back.
    leave = path_of(link_in(letter, "unsubscribe"))
    client.post(leave, {"do": "unsubscribe"})
    tasks.mail_what_is_due()
    assert status() == "unsubscribed"
    client.post(path_of(link_in(latest_to(MOVED), "unsubscribe")), {"do": "undo"})
    assert status() == "active"

    # Everything we hold, and then nothing.
    page = own_page(client, MOVED)
    held = json.loads(client.post(page, {"do": "export"}).content)
    assert [row["state"] for row in held["letters"]] == ["accepted", "left_out", "accepted"]
    assert {change["what"] for change in held["changes"]} >= {"rest", "address", "export"}
    assert "Yes, erase me" in client.post(page, {"do": "erase"}).content.decode()
    client.post(page, {"do": "erase for good"})
    assert not Subscriber.objects.exists()
    for address in (READER, MOVED):
        assert not actions.add_confirmed(
            address=normalise(address), newsletter=post.newsletter, source="old list", by="ada"
        )
    count = len(letters())
    tasks.mail_what_is_due()
    assert len(letters()) == count


def test_a_forwarded_mail_changes_nothing_and_tells_nothing(client: Client, post: PostPage) -> None:
    """Each link of each mail by GET and HEAD, by whoever got the mail passed along.

    One mail is for her mailbox only and says so: that with the link to her page, which shows her
    address for an hour. Looking changes nothing there either.
    """
    subscribe(client)
    Subscriber.objects.update(name="Marit Vale", edition="step")
    start_mailing(post=post, by="ada")
    drain()
    Subscriber.objects.update(pace="weekly")
    page = own_page(client, READER)
    before = all_rows()
    friend = Client(headers={"user-agent": "Mozilla/5.0 (a friend's)"})
    for letter in letters():
        for link in links_in(letter):
            for look in (friend.get, friend.head):
                answer = look(path_of(link))
                shown = b"".join(answer).decode(errors="replace")
                assert READER not in shown or path_of(link) == page, link
                assert "Marit" not in shown, link
    assert all_rows() == before
    assert "/preferences/" in part(latest_to(READER), "plain")
