"""The desk's screen with a sign-up form to copy."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client

from posts.content.actions import Foundation
from subscribers import embedding
from tests.factories import make_newsletter

SCREEN = "/admin/sign-up-form/"


def copied(desk: Client, query: str = "") -> Any:
    page: Any = BeautifulSoup(desk.get(SCREEN + query).content, "html.parser")
    return BeautifulSoup(page.find("textarea", id="snippet").text, "html.parser")


def test_the_form_to_copy_is_whole_by_itself(desk: Client, site: Foundation) -> None:
    snippet = copied(desk)
    form = snippet.find("form")
    assert form["action"].startswith("http://localhost:8000/subscribe/?language=en")
    assert form["method"] == "post"
    assert snippet.find("input", attrs={"name": "newsletter"})["value"] == site.newsletter.slug
    assert "I would like to get this newsletter by email" in form.text
    assert form.find("label")["for"] == form.find("input", type="email")["id"]
    assert not snippet.find("script"), "no site is named"
    assert "http" not in snippet.find("style").text


def test_it_speaks_the_language_and_names_the_newsletter_that_were_chosen(desk: Client) -> None:
    other = make_newsletter(name="Night <letters>")
    snippet = copied(desk, f"?language=de&newsletter={other.slug}")
    assert snippet.find("form")["lang"] == "de"
    assert [one["value"] for one in snippet.find_all("input", attrs={"name": "newsletter"})] == [
        other.slug
    ]
    assert snippet.find("strong").text == "Night <letters>"
    assert "E-Mail-Adresse" in snippet.find("label").text


def test_what_is_no_choice_is_as_if_nothing_was_chosen(desk: Client, site: Foundation) -> None:
    snippet = copied(desk, "?language=xx&newsletter=%00")
    assert snippet.find("form")["lang"] == "en"
    assert snippet.find("input", attrs={"name": "newsletter"})["value"] == site.newsletter.slug


def test_with_a_site_named_the_script_comes_along(desk: Client) -> None:
    answer = desk.post(SCREEN, {"sites": "ada.example\n\nhttps://b.example/shop/"})
    assert answer.status_code == 302
    assert embedding.sites() == ["https://ada.example", "https://b.example"]
    assert copied(desk).find("script")["src"] == "http://localhost:8000/subscribe/embed.js"


def test_what_is_no_site_is_said_and_nothing_is_saved(desk: Client) -> None:
    answer = desk.post(SCREEN, {"sites": "https://ada.example\nnot a site"})
    assert answer.status_code == 422
    assert "not a site” is no address of a site" in answer.text
    assert embedding.sites() == []
    answer = desk.post(SCREEN, {"sites": "\n".join(f"s{n}.example" for n in range(21))})
    assert "at most 20" in answer.text
