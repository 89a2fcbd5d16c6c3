"""In which language the desk speaks: the browser's before somebody signs in, hers from then on."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils.translation import override
from wagtail.users.models import UserProfile

from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from posts.desk import language, letter, resets
from posts.desk.welcome import issue_one_time_address
from tests.desk.staff.steps import by_password, give_app

LOGIN = "/admin/login/"
STEP = "/admin/second-step/"
SIGN_IN = {"en": "Sign in to your desk", "es": "Entra en tu escritorio",
           "fr": "Entrez à votre bureau", "de": "Melde dich an deinem Schreibtisch an"}  # fmt: skip


def chose(user: User, code: str) -> None:
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": code})


@pytest.mark.parametrize("code", SIGN_IN)
def test_before_she_signs_in_the_desk_speaks_as_her_browser_does(
    site: Foundation, client: Client, code: str
) -> None:
    answer = client.get(LOGIN, headers={"accept-language": f"{code}-AT,en;q=0.4"})
    assert SIGN_IN[code] in answer.content.decode()
    assert f'lang="{code}"' in answer.content.decode()


def test_a_browser_of_another_language_gets_the_sites(site: Foundation, client: Client) -> None:
    SiteSettings.objects.update(language="fr")
    answer = client.get(LOGIN, headers={"accept-language": "fi,sv;q=0.5"})
    assert SIGN_IN["fr"] in answer.content.decode()


def test_what_her_account_says_counts_more_than_her_browser(owner: User, desk: Client) -> None:
    chose(owner, "de")
    answer = desk.get("/admin/subscribers/", headers={"accept-language": "es"})
    assert "Noch ist niemand auf der Liste." in answer.content.decode()
    chose(owner, "")
    answer = desk.get("/admin/subscribers/", headers={"accept-language": "es"})
    assert "Aún no hay nadie en la lista." in answer.content.decode()


def test_so_it_does_on_the_screens_of_the_second_step(owner: User, desk: Client) -> None:
    chose(owner, "de")
    for path in ("make/", "app/"):
        html = desk.get(f"{STEP}{path}", headers={"accept-language": "es"}).content.decode()
        assert 'lang="de"' in html
        assert "Eine App, die Codes zeigt" in html
    chose(owner, "")
    html = desk.get(f"{STEP}make/", headers={"accept-language": "es"}).content.decode()
    assert 'lang="es"' in html


def test_and_so_it_asks_for_the_step_of_whoever_gave_her_password(owner: User) -> None:
    chose(owner, "fr")
    give_app(owner)
    client = Client(headers={"accept-language": "de"})
    by_password(client)
    assert 'lang="fr"' in client.get(STEP).content.decode()
    refused = client.post(STEP, {"code": "000000"}).content.decode()
    assert "Ce code ne convient pas" in refused


def test_her_account_offers_the_four(desk: Client) -> None:
    page = BeautifulSoup(desk.get("/admin/account/").content, "html.parser")
    offered = {str(one["value"]) for one in page.select("select[name*=preferred_language] option")}
    assert offered - {""} == set(SIGN_IN)


def test_a_site_begins_in_the_language_of_whoever_begins_it(
    site: Foundation, client: Client
) -> None:
    address = issue_one_time_address().removeprefix("http://localhost:8000")
    german = {"accept-language": "de-DE"}
    assert "Richte deinen Schreibtisch ein" in client.get(address, headers=german).content.decode()
    ada = {"name": "Ada", "email": "ada@letters.example", "password": "rest is part of work"}
    client.post(address, ada, headers=german)
    assert UserProfile.objects.get().preferred_language == "de"
    assert SiteSettings.load().language == "de"
    assert "Erste Schritte" in client.get("/admin/").content.decode()


def test_a_mail_to_her_is_in_her_language_whoever_asked_for_it(owner: User, client: Client) -> None:
    chose(owner, "de")
    client.post("/admin/password_reset/", {"email": owner.email}, headers={"accept-language": "es"})
    with override("fr"):
        resets.mail_all()
    assert "Bitte" in str(mail.outbox[-1].body)


def test_who_chose_no_language_is_written_to_in_that_of_the_site(owner: User) -> None:
    SiteSettings.objects.update(language="es")
    assert language.of_account(owner) == "es"
    chose(owner, "fi")  # what an older version let her choose
    assert language.of_account(owner) == "es"


def test_the_scripts_of_the_editor_have_their_words_from_the_page(
    owner: User, desk: Client, site: Foundation
) -> None:
    chose(owner, "de")
    page = desk.get(f"/admin/pages/add/posts/postpage/{site.home.pk}/").content
    [words] = BeautifulSoup(page, "html.parser").select("script#letter-words")
    assert json.loads(words.text)["saved"] == "Gespeichert"


def test_each_word_that_a_script_asks_for_is_given_to_it() -> None:
    script = (settings.BASE_DIR / "posts/static/desk/keep.js").read_text()
    assert set(re.findall(r"WORDS\.(\w+)", script)) | {"letter"} == set(letter.WORDS)
