"""Her own page: what she chooses is saved, told and recorded, and looking changes nothing."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from subscribers import actions
from subscribers.models import Newsletter, Subscriber
from subscribers.preferences.actions import UNTIL_SHE_SAYS
from subscribers.queries import recipients
from tests.factories import make_newsletter
from tests.subscribers.making import ADA, kinds_of_events, person, subscribed, subscription
from tests.subscribers.preferences.making import choices, mails_to, own_page

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


def post(client: Client, page: str, *newsletters: str, **other: str) -> str:
    answer = client.post(page, choices(person(), *newsletters, **other))
    assert answer.status_code == 200, answer.content.decode()
    assert not answer.cookies
    return answer.content.decode()


def test_everything_she_chooses_is_saved_and_recorded(
    client: Client, page: str, mornings: Newsletter
) -> None:
    chosen = {
        "pace": "weekly",
        "edition": "step",
        "plain": "on",
        "large_text": "on",
        "discreet": "on",
        "locale": "de",
    }
    post(client, page, mornings.slug, **chosen)
    ada = person()
    assert (ada.pace, ada.edition, ada.format, ada.locale) == ("weekly", "step", "text", "de")
    assert ada.large_text
    assert ada.discreet
    changes = ada.changes.values_list("what", "before", "after", "source", "by")
    assert ("pace", "each", "weekly", "/preferences/", "the reader") in changes
    assert {what for what, *_ in changes} == {
        "pace", "edition", "format", "large_text", "discreet", "locale",
    }  # fmt: skip
    assert 'lang="de"' in client.get(page).content.decode()


def test_saving_what_is_so_already_changes_nothing(
    client: Client, page: str, mornings: Newsletter
) -> None:
    before = kinds_of_events()
    assert "nothing changed" in post(client, page, mornings.slug)
    assert not person().changes.exists()
    assert kinds_of_events() == before


def test_ticking_starts_at_once_and_unticking_ends(
    client: Client, page: str, mornings: Newsletter
) -> None:
    other = make_newsletter(name="Evenings")
    assert "Saved." in post(client, page, other.slug)
    assert subscription(mornings).status == "unsubscribed"
    assert subscription(other).status == "active"
    last = person().consent_events.filter(newsletter=other).get()
    assert (last.kind, last.wording_version) == ("confirmed", "preferences 1")
    assert last.wording in client.get(page).content.decode()
    # She did it on her own page: no mail tells her what she sees.
    assert mail.outbox == []


def test_rest_until_a_day_and_back(client: Client, page: str, mornings: Newsletter) -> None:
    day = timezone.localdate() + timedelta(days=30)
    shown = post(client, page, mornings.slug, rest="until", rest_until=day.isoformat())
    assert "You rest from mails until" in shown
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


def test_a_page_from_before_she_left_does_not_subscribe_her_again(
    client: Client, page: str, mornings: Newsletter
) -> None:
    opened = choices(person(), mornings.slug, edition="short")
    tie = subscription(mornings)
    actions.unsubscribe(subscription=tie, source="List-Unsubscribe", by="her mail program")
    assert "Saved." in client.post(page, opened).content.decode()
    assert subscription(mornings).status == "unsubscribed"
    assert person().edition == "short", "what she did change is saved"


def test_a_page_that_does_not_say_what_it_showed_starts_nothing(
    client: Client, page: str, mornings: Newsletter
) -> None:
    other = make_newsletter(name="Evenings")
    for shown in ("", "[", "[]", '{"newsletters": 7}'):
        post(client, page, mornings.slug, other.slug, shown=shown)
        assert not other.subscriptions.exists()
    post(client, page, shown="")
    assert subscription(mornings).status == "unsubscribed", "leaving is no guess"


def test_an_old_page_undoes_nothing_that_it_did_not_show(
    client: Client, page: str, mornings: Newsletter
) -> None:
    opened = choices(person(), mornings.slug, large_text="on")
    day = timezone.localdate() + timedelta(days=9)
    post(client, page, mornings.slug, pace="weekly", rest="until", rest_until=day.isoformat())
    client.post(page, opened)
    ada = person()
    assert (ada.pace, ada.resting_until, ada.large_text) == ("weekly", day, True)


@pytest.mark.parametrize("radio", ["no", "open"])
def test_a_day_that_is_given_is_a_rest_whatever_the_question_above_it_says(
    client: Client, page: str, mornings: Newsletter, radio: str
) -> None:
    day = timezone.localdate() + timedelta(days=9)
    post(client, page, mornings.slug, rest=radio, rest_until=day.isoformat())
    assert person().resting_until == day
    # The day stands in the form now, and ending the rest is not giving a day.
    post(client, page, mornings.slug, rest="no", rest_until=day.isoformat())
    assert person().resting_until is None


def test_unticking_the_last_says_goodbye_and_offers_a_way_back(
    client: Client, page: str, mornings: Newsletter
) -> None:
    shown = post(client, page)
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
    shown = post(client, page)
    assert shown.count('action="/unsubscribe/') == 2
    assert "Evenings" in shown.split('id="saved"')[1].split("</div>")[0]


def test_rest_until_she_is_back(client: Client, page: str, mornings: Newsletter) -> None:
    shown = post(client, page, mornings.slug, rest="open")
    assert person().resting_until == UNTIL_SHE_SAYS == date(9999, 12, 31)
    assert "9999" not in shown
    assert "until you say that you’re back" in shown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rest": "until"}, "Choose the day on which mails go on."),
        ({"rest": "until", "rest_until": "2001-01-01"}, "Choose a day after today."),
        ({"rest_until": "tomorrow"}, "Enter the day like"),
        ({"new_email": "nobody"}, "has an @ in it"),
        ({"pace": "hourly"}, "hourly"),
        ({"locale": "xx"}, "xx"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_above_and_nothing_is_lost(
    client: Client, page: str, mornings: Newsletter, wrong: dict[str, str], said: str
) -> None:
    form = choices(person(), mornings.slug, edition="short") | wrong
    answer = client.post(page, form)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert shown.count(said) >= 2
    assert 'role="alert"' in shown
    assert 'value="short" id="id_edition_1" required checked' in shown.replace("\n", " ") or (
        'value="short"' in shown and "checked" in shown.split('value="short"')[1][:60]
    )
    assert person().edition == "full"


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
