"""The first hour: five steps on the home screen, each left and gone back to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from posts.content import here
from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from posts.delivery.mailings.start import start_mailing
from posts.delivery.mailings.way_out import choose_way_out
from subscribers import actions
from subscribers.models import (
    ConsentEvent,
    Newsletter,
    Subscriber,
    Subscription,
    TransactionalMail,
)
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db

NAMES = {
    "name": "Fern letters",
    "author": "Ada Fern",
    "from_email": "ada@fern.example",
    "reply_to": "",
    "postal_address": "12 Fern Lane, Sampleton",
    "language": "fr",
    "time_zone": "Europe/Brussels",
    "accent": "#6b3e75",
}
LOOK = {"preset": "own", "accent": "#abc", "tagline": "Letters from under the leaves"}


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.EMAIL_URL, settings.DATA_DIR, settings.TIME_ZONE_IS_FIXED = "", tmp_path, False
    settings.TIME_ZONE = "UTC"
    yield
    timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]


def said(response: Any) -> str:
    return str(response.content.decode())


def paste(people: str, **other: object) -> dict[str, object]:
    newsletter = Newsletter.objects.get()
    return {"people": people, "newsletters": [newsletter.pk], "how": "ask", "consent": "", **other}


# --- The home screen ------------------------------------------------------------------------


def test_a_fresh_site_has_five_and_each_knows_when_it_is_done(
    desk: Client, site: Foundation
) -> None:
    def left() -> str:
        answer = desk.get("/admin/", headers={"accept-language": "en"})  # not the letter's French
        return said(answer).split(" of 5 left")[0][-1]

    assert left() == "5"
    desk.post("/admin/setup/names/", NAMES)
    assert left() == "4"
    choose_way_out(url="outbox:", shown={"kind": "outbox"}, by="ada")
    assert left() == "3"
    make_subscriber(site.newsletter)
    assert left() == "2"
    desk.post("/admin/setup/look/", LOOK)
    assert left() == "1"
    start_mailing(post=make_post(newsletter=site.newsletter), by="ada")
    assert "First steps" not in said(desk.get("/admin/"))


def test_a_letter_that_was_begun_is_what_the_last_step_leads_back_to(
    desk: Client, site: Foundation
) -> None:
    post = make_post(live=False, title="Half a letter", newsletter=site.newsletter)
    home = said(desk.get("/admin/"))
    assert "“Half a letter” waits for you" in home
    assert f"/admin/pages/{post.pk}/edit/" in home


def test_they_can_be_put_away_by_pressing_not_by_looking(desk: Client) -> None:
    assert desk.get("/admin/setup/over/").status_code == 405
    desk.post("/admin/setup/over/")
    assert "First steps" not in said(desk.get("/admin/"))


def test_whoever_may_not_change_the_site_has_none(editor: Client) -> None:
    assert "First steps" not in said(editor.get("/admin/"))
    for path in ("names/", "look/", "over/"):
        editor.post(f"/admin/setup/{path}", {**NAMES, **LOOK})
    site = SiteSettings.load()
    assert (site.name, site.look_chosen, site.first_steps_over) == ("Passalong", False, False)


# --- Names ----------------------------------------------------------------------------------


def test_names_are_one_form_and_reach_pages_mails_and_clock(
    desk: Client, site: Foundation, client: Client
) -> None:
    first = said(desk.get("/admin/setup/names/"))
    assert 'value="ada@letters.example"' in first  # not letters@localhost
    assert 'value="Passalong"' not in first
    desk.post("/admin/setup/names/", NAMES)
    letter = Newsletter.objects.get()
    assert (letter.name, letter.from_name) == ("Fern letters", "Ada Fern")
    assert (letter.from_email, letter.postal_address) == (
        NAMES["from_email"],
        NAMES["postal_address"],
    )
    page = said(client.get("/archive/"))
    assert "Fern letters" in page
    assert '<html lang="fr"' in page
    assert timezone.get_default_timezone_name() == "Europe/Brussels"


def test_every_process_takes_a_new_zone_before_it_works(desk: Client) -> None:
    desk.post("/admin/setup/names/", NAMES)
    site_settings.TIME_ZONE = "UTC"  # as in a worker that has not looked yet
    here.adopt_saved()
    assert site_settings.TIME_ZONE == "Europe/Brussels"


def test_the_zone_of_the_environment_counts_more(desk: Client, settings: Settings) -> None:
    settings.TIME_ZONE_IS_FIXED = True
    assert "Whoever set up this machine chose it" in said(desk.get("/admin/setup/names/"))
    desk.post("/admin/setup/names/", NAMES)
    assert SiteSettings.load().time_zone == ""
    assert timezone.get_default_timezone_name() == "UTC"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("name", ""),
        ("from_email", "ada@fern"),
        ("postal_address", " "),
        ("time_zone", "Europe/Gent"),
        ("accent", "fern"),
        ("language", "tlh"),
    ],
)
def test_a_mistake_is_named_and_nothing_of_the_form_is_saved(
    name: str, typed: str, desk: Client
) -> None:
    response = desk.post("/admin/setup/names/", {**NAMES, name: typed})
    assert response.status_code == 422
    assert f'href="#id_{name}"' in said(response)
    assert SiteSettings.load().name == "Passalong"


# --- Look -----------------------------------------------------------------------------------


def test_a_look_is_seen_before_it_is_saved_and_looking_saves_nothing(desk: Client) -> None:
    preview = said(desk.get("/admin/setup/look/preview/?accent=%23FFD700&tagline=Under%20leaves"))
    assert "Under leaves" in preview
    assert "too pale to read by day" in preview
    assert SiteSettings.load().accent == "#1F5F5B"
    desk.post("/admin/setup/look/", LOOK)
    site = SiteSettings.load()
    assert (site.accent, site.tagline) == ("#AABBCC", LOOK["tagline"])
    desk.post("/admin/setup/look/", {**LOOK, "preset": "#6B3E75"})
    assert SiteSettings.load().accent == "#6B3E75"


# --- People ---------------------------------------------------------------------------------


def test_pasted_people_come_with_the_consent_that_is_said(desk: Client, site: Foundation) -> None:
    pasted = (
        "Rosa Lind <rosa@fern.example>\nben@fern.example; eve@fern.example\n\nROSA@fern.example"
    )
    shown = desk.post(
        "/admin/subscribers/bring/",
        paste(pasted, how="consent", consent="the list at the reading"),
        follow=True,
    )
    assert "your letters go to 3 people" in said(shown)
    assert Subscriber.objects.get(address="rosa@fern.example").name == "Rosa Lind"
    active = Subscription.objects.filter(status=Subscription.Status.ACTIVE)
    assert active.count() == 3
    assert set(ConsentEvent.objects.values_list("source", flat=True)) == {"the list at the reading"}


def test_without_a_word_of_theirs_a_mail_asks_them(desk: Client, site: Foundation) -> None:
    shown = desk.post("/admin/subscribers/bring/", paste("rosa@fern.example"), follow=True)
    assert "A mail asks 1 person" in said(shown)
    assert not Subscription.objects.filter(status=Subscription.Status.ACTIVE).exists()


def test_who_must_not_be_mailed_is_left_out_and_named(desk: Client, site: Foundation) -> None:
    gone = make_subscriber(site.newsletter)
    desk.post(f"/admin/subscribers/{gone.pk}/suppress/")
    shown = desk.post(
        "/admin/subscribers/bring/",
        paste(f"{gone.address}, rosa@fern.example", how="consent", consent="by mail"),
        follow=True,
    )
    assert f"must not be mailed: {gone.address}" in said(shown)
    assert "your letters go to 1 person" in said(shown)


def test_what_cannot_be_read_is_shown_and_nobody_is_added(desk: Client, site: Foundation) -> None:
    response = desk.post("/admin/subscribers/bring/", paste("rosa@fern.example\nben at fern"))
    assert response.status_code == 422
    assert "ben at fern" in said(response)
    assert "rosa@fern.example" in said(response)  # still there to be mended
    assert not Subscriber.objects.exists()
    many = "\n".join(f"reader{number}@fern.example" for number in range(501))
    assert "Bring a list that long as a file" in said(
        desk.post("/admin/subscribers/bring/", paste(many))
    )
    assert not Subscriber.objects.exists()


def test_only_who_may_change_people_brings_any(editor: Client, site: Foundation) -> None:
    editor.post("/admin/subscribers/bring/", paste("rosa@fern.example"))
    assert not Subscriber.objects.exists()


def test_of_a_list_that_is_pasted_nobody_is_asked_who_once_left(
    desk: Client, site: Foundation
) -> None:
    person = make_subscriber(site.newsletter, address="left@example.org")
    actions.unsubscribe(subscription=person.subscriptions.get(), source="", by="reader")
    mails = TransactionalMail.objects.filter(subscriber=person, kind="confirm")
    answer = desk.post(
        "/admin/subscribers/bring/", paste("left@example.org\nnew@example.org"), follow=True
    )
    assert "since they once left and that stands: left@example.org" in said(answer)
    assert not mails.filter(due_at__isnull=False).exists()
    assert Subscription.objects.filter(subscriber__address="new@example.org").exists()
    desk.post("/admin/subscribers/bring/", paste("left@example.org"))  # who says it herself
    assert mails.filter(due_at__isnull=False).exists()
