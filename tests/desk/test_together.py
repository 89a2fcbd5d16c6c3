"""Settings on one screen: each part is saved where it stands, and says so there."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from pytest_django import Settings

from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from posts.delivery.rate.queries import sending_settings
from posts.delivery.way_out.models import WayOut
from subscribers.limits import sign_up_mode
from subscribers.models import Newsletter
from tests.desk.pressing import asked_again_by_now

pytestmark = pytest.mark.django_db

PAGE = "/admin/setup/"
PARTS = ["names", "look", "way-out", "address", "pace", "sign-ups"]
NAMES = {
    "name": "Fern letters",
    "author": "Ada Fern",
    "from_email": "ada@fern.example",
    "postal_address": "12 Fern Lane, Sampleton",
    "language": "en",
    "time_zone": "UTC",
}
TYPED: dict[str, dict[str, str]] = {
    "names": NAMES,
    "look": {"preset": "#6B3E75", "tagline": "On rest"},
    "way-out": {"kind": "outbox", "to": "ada@fern.example"},
    "address": {"address": "https://letters.fern.org"},
    "pace": {"undo_seconds": "90"},
    "sign-ups": {"mode": "closed"},
}
WRONG: dict[str, dict[str, str]] = {
    "names": {**NAMES, "from_email": "nobody"},
    "look": {"preset": "own", "accent": "purple"},
    "way-out": {"kind": "smtp", "host": "", "to": "ada@fern.example"},
    "address": {"address": "fern..org"},
    "pace": {"undo_seconds": "a while"},
    "sign-ups": {"mode": "sometimes"},
}


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(
    settings: Settings, site: Foundation, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_URL, settings.TIME_ZONE_IS_FIXED = "", False
    settings.SITE_URL_IS_FIXED = False
    monkeypatch.setattr("posts.desk.views.address.what_is_wrong_with", lambda _address: "")
    monkeypatch.setattr("posts.content.zone.choices", lambda: ["UTC", "Europe/Brussels"])


def soup(desk: Client, address: str = PAGE) -> BeautifulSoup:
    return BeautifulSoup(desk.get(address).content, "html.parser")


def part_of(page: BeautifulSoup, key: str) -> Tag:
    part = page.find(id=key)
    assert isinstance(part, Tag)
    return part


def fields(form: Tag) -> dict[str, str]:
    """What a browser posts of it, but for what is typed."""
    return {
        str(one["name"]): str(one.get("value", "")) for one in form.select("input[type=hidden]")
    }


def posted(desk: Client, key: str, typed: dict[str, str]) -> BeautifulSoup:
    """The page to which a browser without JavaScript comes."""
    form = part_of(soup(desk), key).form
    assert form is not None
    answer = desk.post(str(form["action"]), {**fields(form), **typed}, follow=True)
    return BeautifulSoup(answer.content, "html.parser")


def open_parts(page: BeautifulSoup) -> list[str]:
    return [str(part["id"]) for part in page.select(".desk-setting[open]")]


def test_every_part_has_its_form_and_none_is_open_before_it_is_wanted(desk: Client) -> None:
    page = soup(desk)
    assert [part["id"] for part in page.select(".desk-setting")] == PARTS
    assert all(part_of(page, key).select("form [type=submit]") for key in PARTS)
    assert open_parts(page) == []


def test_no_two_fields_of_the_screen_have_the_same_id(desk: Client) -> None:
    ids = [str(one["id"]) for one in soup(desk).select("main [id]")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("key", PARTS)
def test_what_was_saved_is_said_in_its_own_part_once(desk: Client, key: str) -> None:
    page = posted(desk, key, TYPED[key])
    assert open_parts(page) == [key]
    assert part_of(page, key).select_one(".desk-setting__said .desk-say") is not None
    assert len(page.select(".desk-setting__said .desk-say")) == 1
    assert open_parts(soup(desk)) == []


@pytest.mark.parametrize("key", PARTS)
def test_what_is_wrong_is_named_in_its_own_part_and_stays_as_it_was_typed(
    desk: Client, key: str
) -> None:
    page = posted(desk, key, WRONG[key])
    assert open_parts(page) == [key]
    assert part_of(page, key).select_one("[role=alert]") is not None
    assert page.select_one("title").get_text(strip=True).startswith("Error:")  # type: ignore[union-attr]
    for name, value in WRONG[key].items():
        if field := part_of(page, key).select_one(f"input[type=text][name={name}]"):
            assert field.get("value", "") == value


def test_each_part_saves_what_is_its_own_and_nothing_else(desk: Client) -> None:
    for key in PARTS:
        posted(desk, key, TYPED[key])
    site, letter = SiteSettings.load(), Newsletter.objects.get()
    assert (site.name, site.accent, site.tagline) == ("Fern letters", "#6B3E75", "On rest")
    assert letter.from_email == "ada@fern.example"
    assert sending_settings().undo_seconds == 90
    assert sign_up_mode.mode() == "closed"
    assert site.address == "https://letters.fern.org"
    assert WayOut.objects.get().shown["kind"] == "outbox"
    posted(desk, "names", {**NAMES, "name": "Moss"})
    site = SiteSettings.load()
    assert (site.name, site.accent, site.tagline) == ("Moss", "#6B3E75", "On rest")


def test_a_screen_of_its_own_still_leads_on_to_the_first_steps(desk: Client) -> None:
    answer = desk.post("/admin/setup/look/", TYPED["look"])
    assert answer["Location"] == "/admin/"


def test_who_she_is_is_asked_between_and_then_it_goes_on_where_it_stood(desk: Client) -> None:
    form = part_of(soup(desk), "way-out").form
    assert form is not None
    asked_again_by_now(desk)
    asked = desk.post("/admin/way-out/", {**fields(form), **TYPED["way-out"]})
    again = BeautifulSoup(asked.content, "html.parser").select_one("[data-again] form")
    assert again is not None
    typed = {**fields(again), "again": "rest is part of work"}
    answer = desk.post(str(again["action"]), typed)
    assert answer["Location"] == "/admin/setup/#way-out"
    assert WayOut.objects.exists()


def test_a_colleague_sees_no_form_for_what_she_may_not_set(editor: Client) -> None:
    assert soup(editor).select(".desk-setting") == []
    assert editor.post("/admin/setup/look/", {**TYPED["look"], "together": "1"}).status_code != 200
    assert SiteSettings.load().tagline == ""
