"""What language a page is in, and what it says of itself and of its parts."""

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from posts.content.actions import Foundation, create_post
from posts.content.models import PostPage, SiteSettings
from posts.content.rendering import render_mail
from posts.delivery.mailings.followups import correction_subject
from subscribers import tasks
from subscribers.models import Subscriber
from tests.content.golden_post import LINKS
from tests.factories import make_post, make_subscriber
from tests.subscribers.preferences.making import link_in, own_page

pytestmark = pytest.mark.django_db

ARABIC = "الراحة ليست مكافأة"


def speak(language: str) -> None:
    SiteSettings.load()
    SiteSettings.objects.update(language=language)


@pytest.fixture
def arabic(site: Foundation) -> PostPage:
    return make_post(
        title=ARABIC,
        slug="raha",
        language="ar",
        newsletter=site.newsletter,
        short_version="<p>نعم.</p>",
        body=[
            ("paragraph", f"<p>{ARABIC}</p>"),
            ("list", {"style": "bulleted", "entries": ["<p>شاي</p>"]}),
            ("invitation", {"intro": "", "invites": [{"kind": "try", "text": "<p>شاي</p>"}]}),
        ],
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Get the next one by email"),
        ("es", "Recibe el próximo por correo"),
        ("fr", "Recevez le prochain par e-mail"),
        ("de", "Den nächsten per E-Mail bekommen"),
    ],
)
def test_the_first_page_and_the_archive_speak_as_the_writer_chose(
    client: Client, site: Foundation, language: str, said: str
) -> None:
    speak(language)
    for address in ("/", "/archive/"):
        page = client.get(address).text
        assert f'<html lang="{language}" dir="ltr">' in page
        assert said in page


def test_so_do_forms_their_errors_and_pages_that_are_not_there(
    client: Client, site: Foundation
) -> None:
    speak("fr")
    assert "Indiquez votre adresse e-mail" in client.post("/subscribe/", {"email": ""}).text
    assert "Il n’y a rien à cette adresse" in client.get("/nowhere/").text
    assert "Vos données, et combien de temps" in client.get("/privacy/").text


def test_a_page_does_not_ask_what_the_browser_speaks(client: Client, site: Foundation) -> None:
    speak("es")
    page = client.get("/", headers={"accept-language": "de"})
    assert '<html lang="es"' in page.text
    assert "Accept-Language" not in page.get("Vary", "")


def test_feeds_say_the_language_of_the_site(client: Client, site: Foundation) -> None:
    speak("de")
    assert 'xml:lang="de"' in client.get("/feed.xml").text
    assert json.loads(client.get("/feed.json").text)["language"] == "de"


def test_a_failure_is_told_in_the_language_of_the_site(
    client: Client, site: Foundation, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak("de")
    client.raise_request_exception = False
    monkeypatch.setattr("posts.public.views.topics_in_use", lambda: 1 / 0)
    page = client.get("/archive/")
    assert page.status_code == 500
    assert '<html lang="de"' in page.text
    assert "Hier ist etwas schiefgegangen" in page.text


def test_whoever_signs_up_there_is_written_to_in_that_language(
    client: Client, site: Foundation
) -> None:
    speak("es")
    client.post("/subscribe/", {"email": "ada@example.org"})
    tasks.mail_what_is_due()
    assert mail.outbox[0].subject.startswith("Confirma, por favor:")


@pytest.mark.parametrize(
    ("language", "said", "day"),
    [
        ("en", ("Is this the right address?", "Please confirm:"), "16 November 2026"),
        (
            "es",
            ("¿Es esta la dirección correcta?", "Confirma, por favor:"),
            "16 de noviembre de 2026",
        ),
        ("fr", ("Est-ce la bonne adresse", "Merci de confirmer"), "16 novembre 2026"),
        ("de", ("Ist das die richtige Adresse?", "Bitte bestätige:"), "16. November 2026"),
    ],
)
def test_a_friend_who_came_by_a_post_stays_in_its_language_to_the_end(
    client: Client, site: Foundation, language: str, said: tuple[str, str], day: str
) -> None:
    speak("fr" if language == "en" else "en")
    stay = f"?language={language}"
    make_post(
        slug="calma",
        language=language,
        newsletter=site.newsletter,
        first_published_at=datetime(2026, 11, 16, 12, tzinfo=UTC),
    )
    here = f'<html lang="{language}" dir="ltr">'
    page = client.get("/calma/").text
    for room in ("subscribe", "archive", "privacy", "imprint", "search"):
        assert f'"/{room}/{stay}"' in page
        next_page = client.get(f"/{room}/{stay}").text
        assert here in next_page
        assert f'"/archive/{stay}"' in next_page  # and so on from there
    assert day in client.get(f"/archive/{stay}").text
    address = f"/subscribe/{stay}"
    asked = client.post(address, {"email": "info@example.org"}).text
    doubt, confirm = said
    assert doubt in asked
    assert f'action="{address}"' in asked
    client.post(address, {"email": "ada@example.org"})
    tasks.mail_what_is_due()
    letter = mail.outbox[-1]
    assert letter.subject.startswith(confirm)
    link = urlsplit(link_in(letter, "confirm")).path
    assert here in client.get(link).text
    assert here in client.post(link).text
    tasks.mail_what_is_due()
    assert f"{settings.SITE_URL}/{stay}" in mail.outbox[-1].body  # the welcome leads on in it
    way_out = urlsplit(link_in(mail.outbox[-1], "unsubscribe")).path
    assert here in client.get(way_out, headers={"accept-language": "pt"}).text


def test_a_language_that_nobody_speaks_is_the_one_of_the_site(
    client: Client, site: Foundation
) -> None:
    for language in ("xx", "%00", "pt", ""):
        answer = client.post(f"/subscribe/?language={language}", {"email": ""})
        assert '<html lang="en"' in answer.text


@pytest.mark.parametrize(
    ("address", "status"),
    [("/nowhere/", 404), ("/s/nowhere", 404), ("/unsubscribe/x/", 404), ("/preferences/1.x/", 410)],
)
def test_where_nothing_is_known_of_the_reader_an_error_speaks_as_her_browser(
    client: Client, site: Foundation, address: str, status: int
) -> None:
    page = client.get(address, headers={"accept-language": "pt-BR, de-AT;q=0.8, en;q=0.5"})
    assert page.status_code == status
    assert '<html lang="de"' in page.text
    assert 'href="/archive/?language=de"' in page.text
    assert "Accept-Language" in page["Vary"]
    assert '<html lang="en"' in client.get(address, headers={"accept-language": "pt"}).text
    link = client.get(f"{address}?language=fr", headers={"accept-language": "de"}).text
    assert '<html lang="fr"' in link


def test_a_readers_own_page_and_mails_speak_hers(client: Client, site: Foundation) -> None:
    person = make_subscriber(site.newsletter, locale="fr")
    page = client.get(own_page(person)).text
    assert '<html lang="fr"' in page
    assert "Ce que vous recevez" in page


def test_an_old_list_may_name_a_language_that_we_do_not_speak(
    client: Client, site: Foundation
) -> None:
    speak("de")
    person = make_subscriber(site.newsletter, locale="ar")
    assert '<html lang="de" dir="ltr"' in client.get(own_page(person)).text


def test_a_new_post_and_a_new_reader_get_the_language_of_the_site(site: Foundation) -> None:
    speak("es")
    assert create_post(title="Calma", body=[], by="ada").language == "es"
    assert Subscriber.objects.create(email="a@b.example", address="a@b.example").locale == "es"


def test_a_post_in_arabic_runs_from_right_to_left_with_our_words_set_off(
    client: Client, arabic: PostPage
) -> None:
    page = client.get("/raha/").text
    assert '<html lang="ar" dir="rtl">' in page
    assert f"<h1>{ARABIC}</h1>" in page
    for words in ('class="pass-on"', "<footer", "<summary", "Try</span>"):
        before, _found, after = page.partition(words)
        element = before.rpartition("<")[2] + words + after.partition(">")[0]
        assert 'lang="en" dir="ltr"' in element, words


def test_its_share_page_and_its_place_in_lists_say_so_too(client: Client, arabic: PostPage) -> None:
    share = client.get("/raha/share/").text
    assert '<html lang="en" dir="ltr">' in share
    assert f'<p class="lead" lang="ar" dir="rtl"><a href="/raha/">{ARABIC}</a></p>' in share
    assert f'<h2 lang="ar" dir="rtl"><a href="/raha/">{ARABIC}' in client.get("/").text
    assert '<a href="/raha/" lang="ar" dir="rtl">' in client.get("/archive/").text


def test_its_mail_runs_from_right_to_left(arabic: PostPage) -> None:
    html = render_mail(arabic, links=LINKS).html
    assert '<html lang="ar" dir="rtl">' in html
    assert '<ul style="margin: 0 0 20px;padding: 0 26px 0 0;">' in html
    foot = html[html.index("You get this because") - 120 :]
    assert 'dir="ltr" lang="en"' in foot[:120]


def test_around_it_a_german_site_speaks_german(client: Client, arabic: PostPage) -> None:
    speak("de")
    page = client.get("/raha/").text
    assert '<footer class="site-footer" lang="de" dir="ltr">' in page
    assert "Gib es weiter" in render_mail(arabic, links=LINKS).text
    assert correction_subject(arabic) == f"Korrektur: {ARABIC}"
