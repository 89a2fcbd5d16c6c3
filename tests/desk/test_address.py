"""Where readers find the site, said at the desk: by its owner alone, asked there before it counts.
And what needs it says so in her words, and leads there."""

import pytest
from django.test import Client
from pytest_django import Settings

from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.start import check_way_out
from posts.desk.address import AddressForm
from posts.desk.plain import is_technical
from tests.answering_site import answering, ours
from tests.desk.pressing import asked_again_by_now
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db

PAGE = "/admin/setup/address/"
OWN = "rest is part of work"
SERVER = "smtp+tls://ada:secret@smtp.fern-mail.org:587"


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(settings: Settings) -> None:
    settings.SITE_URL_IS_FIXED = False


def said(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


# --- Tried, then saved ----------------------------------------------------------------------


def test_it_is_saved_once_this_site_answered_there(
    desk: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no reader reaches it" in said(desk.get(PAGE))
    with answering(ours, monkeypatch) as there:
        shown = desk.post(PAGE, {"address": there, "again": OWN}, follow=True)
    assert f"This site answered at {there}" in said(shown)
    assert there == settings.SITE_URL
    assert f"Readers find you at {there}" in said(desk.get(PAGE))


def test_another_site_that_answers_there_is_not_saved_and_what_she_typed_stays(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(lambda path: (200, {}, "My old site"), monkeypatch) as there:
        shown = desk.post(PAGE, {"address": there, "again": OWN})
    assert shown.status_code == 422
    assert "Another site answers there" in said(shown)
    assert f'value="{there}"' in said(shown)
    assert SiteSettings.load().address == ""


def test_on_the_settings_screen_it_is_saved_where_it_stands(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No reader elsewhere reaches this site" in said(desk.get("/admin/setup/"))
    with answering(ours, monkeypatch) as there:
        typed = {"address": there, "again": OWN, "together": "1"}
        shown = desk.post(PAGE, typed, follow=True)
    assert shown.request["PATH_INFO"] == "/admin/setup/"
    assert f"At {there}." in said(shown)


def test_only_an_owner_says_it_and_is_asked_who_she_is(desk: Client, editor: Client) -> None:
    assert editor.get(PAGE).status_code in (302, 403)
    asked_again_by_now(desk)
    shown = desk.post(PAGE, {"address": "https://letters.fern-mail.org"})
    assert "password" in said(shown).lower()
    assert SiteSettings.load().address == ""


def test_what_the_environment_says_counts_and_the_screen_says_so(
    desk: Client, settings: Settings
) -> None:
    settings.SITE_URL_IS_FIXED = True
    shown = said(desk.post(PAGE, {"address": "https://letters.fern-mail.org", "again": OWN}))
    assert "counts more than this screen" in shown
    assert 'name="address"' not in shown


# --- What she types -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://letters.fern.org", "https://letters.fern.org"),
        (" Letters.Fern.org/ ", "https://letters.fern.org"),
        ("http://fern.org:8080", "http://fern.org:8080"),
        ("https://fern.org:443/", "https://fern.org"),
        ("bücher.de", "https://xn--bcher-kva.de"),
        ("8.8.8.8", "https://8.8.8.8"),
    ],
)
def test_it_is_understood_as_it_is_usually_written(typed: str, address: str) -> None:
    form = AddressForm({"address": typed})
    assert form.is_valid()
    assert form.cleaned_data["address"] == address


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "Write the address of your site"),
        ("ftp://fern.org", "Write an address such as"),
        ("https://ada:secret@fern.org", "Write an address such as"),
        ("https://fern.org:99999", "Write an address such as"),
        ("https://[::1]", "Write an address such as"),
        ("https://[", "Write an address such as"),
        ("fern org", "Write an address such as"),
        ("fern..org", "Write an address such as"),
        (f"{'a' * 64}.org", "Write an address such as"),
        ("ﬀ\u200d.org", "Write an address such as"),
        ("http://localhost:8000", "Nobody elsewhere reaches localhost"),
        ("192.168.1.4", "Nobody elsewhere reaches 192.168.1.4"),
        ("http://nas.lan", "Nobody elsewhere reaches nas.lan"),
        ("https://laptop", "Nobody elsewhere reaches laptop"),
        ("https://letters.example.org", "Nobody elsewhere reaches letters.example.org"),
        ("https://fern.org/letters", "Write https://fern.org"),
    ],
)
def test_what_cannot_be_it_is_said_with_what_to_write(typed: str, complaint: str) -> None:
    form = AddressForm({"address": typed})
    assert not form.is_valid()
    assert complaint in form.errors["address"][0]


# --- What needs it --------------------------------------------------------------------------


@pytest.fixture
def by_a_server(settings: Settings) -> None:
    settings.EMAIL_URL = SERVER


@pytest.mark.usefixtures("by_a_server")
def test_the_first_step_is_not_done_before_and_leads_there(
    desk: Client, settings: Settings, site: Foundation
) -> None:
    home = said(desk.get("/admin/"))
    assert "What is left to say is where readers find you" in home
    assert f'href="{PAGE}"' in home
    settings.SITE_URL = "https://letters.fern-mail.org"
    assert f'href="{PAGE}"' not in said(desk.get("/admin/"))


@pytest.mark.usefixtures("by_a_server")
def test_the_checklist_and_how_mail_leaves_lead_there(desk: Client, site: Foundation) -> None:
    post = make_post(newsletter=site.newsletter)
    make_subscriber(site.newsletter)
    confirm = said(desk.get(f"/admin/posts/{post.pk}/email/"))
    assert "The site has no address of its own yet" in confirm
    assert f'href="{PAGE}"' in confirm
    way_out = said(desk.get("/admin/way-out/"))
    assert "SITE_URL" not in way_out
    assert f'href="{PAGE}"' in way_out


@pytest.mark.usefixtures("by_a_server")
def test_the_refusal_is_one_that_a_writer_can_read_and_follow() -> None:
    with pytest.raises(DeliveryRefused, match="Settings → Where readers find you") as refused:
        check_way_out(make_newsletter())
    assert not is_technical(str(refused.value))
