"""Her own page: what she chooses is saved, told and recorded, and looking changes nothing."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from subscribers import actions
from subscribers.models import Newsletter, Subscriber
from subscribers.preferences.actions import UNTIL_SHE_SAYS
from subscribers.queries import recipients
from tests.factories import make_newsletter
from tests.subscribers.making import ADA, kinds_of_events, person, subscribed, subscription
from tests.subscribers.preferences.making import change, mails_to, own_page, rest

pytestmark = pytest.mark.django_db


@pytest.fixture
def mornings(site: object) -> Newsletter:
    newsletter = make_newsletter(name="Slow mornings", slug="slow-mornings")
    subscribed(newsletter)
    mail.outbox.clear()
    return newsletter


@pytest.fixture
def page(mornings: Newsletter) -> str:
    return own_page(person())


def test_it_says_whose_it_is_and_how_things_are(client: Client, page: str) -> None:
    Subscriber.objects.update(
        pace="weekly", large_text=True, discreet=True, email="Ada@example.org"
    )
    summary = BeautifulSoup(client.get(page).text, "html.parser").select(".summary > div")
    assert [
        [cell.get_text(" ", strip=True) for cell in row.select("dt, dd:not(.summary-change)")]
        for row in summary
    ] == [
        ["How much of it", "The whole post"],
        ["How often", "Once a week"],
        ["How mails look", "Larger text, A discreet envelope"],
        ["What you get", "Slow mornings"],
        ["Where mails go", "Ada@example.org"],  # readable to her, who came by her mailbox
        ["Language of this page and of mails about it", "English"],
    ]


@pytest.mark.parametrize(
    ("part", "fields", "columns"),
    [
        ("pace", {"pace": "weekly"}, {"pace": "weekly"}),
        ("edition", {"edition": "step"}, {"edition": "step"}),
        ("look", {"plain": "on", "discreet": "on"}, {"format": "text", "discreet": "True"}),
        ("locale", {"locale": "de"}, {"locale": "de"}),
    ],
)
def test_each_thing_is_changed_by_itself_and_recorded(
    client: Client, page: str, part: str, fields: dict[str, Any], columns: dict[str, str]
) -> None:
    before: dict[str, Any] = {**Subscriber.objects.values().get()}
    shown = change(client, page, part, **fields)
    after: dict[str, Any] = {**Subscriber.objects.values().get()}
    assert {name: str(after[name]) for name in after if after[name] != before[name]} == columns
    changes = person().changes.values_list("what", "after", "source", "by")
    assert set(changes) == {
        (what, after, "/preferences/", "the reader") for what, after in columns.items()
    }
    assert f'lang="{after["locale"]}"' in shown


def test_saving_what_is_so_already_changes_nothing(
    client: Client, page: str, mornings: Newsletter
) -> None:
    before = kinds_of_events()
    assert "nothing changed" in change(client, page, "edition", edition="full")
    here: dict[str, Any] = {"newsletters": mornings.slug, "shown": mornings.slug}
    assert "nothing changed" in change(client, page, "newsletters", **here)
    assert not person().changes.exists()
    assert kinds_of_events() == before


def test_ticking_starts_at_once_and_unticking_ends(
    client: Client, page: str, mornings: Newsletter
) -> None:
    other = make_newsletter(name="Evenings")
    shown = change(client, page, "newsletters", newsletters=other.slug, shown=mornings.slug)
    assert "Saved." in shown
    assert subscription(mornings).status == "unsubscribed"
    assert subscription(other).status == "active"
    last = person().consent_events.filter(newsletter=other).get()
    assert (last.kind, last.wording_version) == ("confirmed", "preferences 2")
    assert last.wording in client.get(page).content.decode()
    # She did it on her own page: no mail tells her what she sees.
    assert mail.outbox == []


@pytest.mark.parametrize(("press", "days"), [("7", 7), ("14", 14), ("30", 30)])
def test_a_rest_is_one_press_and_so_is_its_end(
    client: Client, page: str, mornings: Newsletter, press: str, days: int
) -> None:
    day = timezone.localdate() + timedelta(days=days)
    shown = rest(client, page, press)
    assert f"You rest from mails until {date_format(day, 'j F Y')}." in shown
    ada = person()
    assert ada.resting_until == day
    since = ada.resting_since
    assert since is not None
    assert recipients(mornings.pk, [ada.pk])[0].left_out == "resting"

    shown = client.post(page, {"do": "return"}).content.decode()
    assert "Welcome back" in shown
    ada = person()
    assert ada.resting_until is None
    assert ada.resting_since == since  # until the catch-up was mailed
    assert recipients(mornings.pk, [ada.pk])[0].left_out == ""
    assert list(ada.changes.values_list("what", "before", "after")) == [
        ("rest", "", str(day)),
        ("rest", str(day), ""),
    ]


def test_or_until_a_day_of_hers(client: Client, page: str) -> None:
    day = timezone.localdate() + timedelta(days=9)
    rest(client, page, "until", day=day.isoformat())
    assert person().resting_until == day


def test_a_page_from_before_she_left_does_not_subscribe_her_again(
    client: Client, page: str, mornings: Newsletter
) -> None:
    other = make_newsletter(name="Evenings")
    opened: dict[str, Any] = {"newsletters": [mornings.slug, other.slug], "shown": mornings.slug}
    tie = subscription(mornings)
    actions.unsubscribe(subscription=tie, source="List-Unsubscribe", by="her mail program")
    assert "Saved." in change(client, page, "newsletters", **opened)
    assert subscription(mornings).status == "unsubscribed"
    assert subscription(other).status == "active", "what she did change is saved"


def test_a_page_that_does_not_say_what_it_showed_starts_nothing(
    client: Client, page: str, mornings: Newsletter
) -> None:
    other = make_newsletter(name="Evenings")
    change(client, page, "newsletters", newsletters=[mornings.slug, other.slug])
    assert not other.subscriptions.exists()
    change(client, page, "newsletters")
    assert subscription(mornings).status == "unsubscribed", "leaving is no guess"


def test_a_form_of_nothing_that_is_here_changes_nothing(client: Client, page: str) -> None:
    before = Subscriber.objects.values().get()
    for part in ("", "name", "resting_until", "Pace"):
        assert "Nothing was changed." in change(client, page, part, pace="weekly", name="X")
    assert Subscriber.objects.values().get() == before


def test_unticking_the_last_says_goodbye_and_offers_a_way_back(
    client: Client, page: str, mornings: Newsletter
) -> None:
    shown = change(client, page, "newsletters", shown=mornings.slug)
    assert "You get no posts any more. Thank you for having read along." in shown
    assert "For seven days you can take it back here." in shown
    [goodbye] = mails_to()
    assert goodbye.subject == "You’re unsubscribed"
    found = re.search(r'action="(/unsubscribe/[^"]+)"', shown)
    assert found
    assert "still on the list" in client.post(found[1], {"do": "undo"}).content.decode()
    assert subscription(mornings).status == "active"


def test_of_several_that_end_together_each_can_be_taken_back(
    client: Client, page: str, mornings: Newsletter
) -> None:
    subscribed(make_newsletter(name="Evenings"))
    shown = change(client, page, "newsletters")
    assert shown.count('action="/unsubscribe/') == 2
    assert "Evenings" in shown.split('id="saved"')[1].split("</div>")[0]


def test_rest_until_she_is_back(client: Client, page: str, mornings: Newsletter) -> None:
    shown = rest(client, page, "open")
    assert person().resting_until == UNTIL_SHE_SAYS == date(9999, 12, 31)
    assert "9999" not in shown
    assert "until you say that you’re back" in shown


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("", "Choose the day on which mails go on."),
        ("2001-01-01", "Choose a day after today."),
        ("tomorrow", "Enter the day like"),
    ],
)
def test_a_day_that_is_none_is_said_beside_it_and_above(
    client: Client, page: str, day: str, said: str
) -> None:
    shown = rest(client, page, "until", day=day, status=422)
    assert shown.count(said) >= 2
    assert 'role="alert"' in shown
    assert "<details open>" in shown
    assert person().resting_until is None


@pytest.mark.parametrize(
    ("part", "wrong", "said"),
    [
        ("address", {"new_email": "nobody"}, "has an @ in it"),
        ("address", {"new_email": ""}, "Enter your email address"),
        ("pace", {"pace": "hourly"}, "hourly"),
        ("locale", {"locale": "xx"}, "xx"),
    ],
)
def test_so_is_what_is_wrong_with_a_change_which_stays_open(
    client: Client, page: str, part: str, wrong: dict[str, Any], said: str
) -> None:
    shown = change(client, page, part, status=422, **wrong)
    assert shown.count(said) >= 2
    assert 'role="alert"' in shown
    assert shown.count("<details open>") == 1
    assert not person().changes.exists()


def test_looking_changes_nothing(client: Client, page: str) -> None:
    before = (Subscriber.objects.values().get(address=ADA), kinds_of_events())
    for look in (client.get, client.head):
        assert look(page).status_code == 200
        assert look(f"{page}?do=erase+for+good").status_code == 200
    assert (Subscriber.objects.values().get(address=ADA), kinds_of_events()) == before


def test_the_download_holds_everything_but_no_secret(
    client: Client, page: str, mornings: Newsletter
) -> None:
    row = subscription(mornings)
    answer = client.post(page, {"do": "export"})
    assert "attachment" in answer["Content-Disposition"]
    held = json.loads(answer.content)
    assert held["person"]["address"] == ADA
    assert held["subscriptions"][0]["newsletter"] == "Slow mornings"
    assert [event["kind"] for event in held["consent"]] == ["signed_up", "confirmed"]
    assert held["changes"][-1]["what"] == "export"
    assert held["letters"] == []
    for secret in (row.header_token, row.body_token):
        assert str(secret) not in answer.content.decode()
