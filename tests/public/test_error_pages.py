"""Where something is missing or refused, a page says so kindly and leads on."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.csrf import csrf_failure
from django.views.defaults import permission_denied
from pytest_django import DjangoAssertNumQueries

from posts.content.actions import Foundation, create_page
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_a_missing_page_helps_to_find_it(client: Client, site: Foundation) -> None:
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert 'action="/search/"' in answer.text
    assert '<a href="/archive/">' in answer.text


@pytest.mark.parametrize("asked", ["/About/", "/ABOUT", "/ABOUT/"])
def test_an_address_in_capitals_leads_to_its_page(
    client: Client, site: Foundation, asked: str
) -> None:
    create_page(title="About me", slug="about", body=[], by="t", publish=True)
    for answer in (client.get(asked), client.head(asked)):
        assert (answer.status_code, answer.headers["Location"]) == (301, "/about/")
    assert client.get("/about/").status_code == 200
    assert client.post("/About/").status_code == 404
    assert client.get("/About/more/").status_code == 404
    assert client.get("/About\0/").status_code == 404


def test_one_of_a_post_leads_to_where_the_post_is_now(client: Client) -> None:
    post = make_post(slug="über-ruhe")
    answer = client.get("/%C3%9Cber-Ruhe/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/%C3%BCber-ruhe/")
    post.slug = "quiet"
    post.save_revision().publish()
    answer = client.get("/%C3%9Cber-Ruhe/", follow=True)
    assert (answer.redirect_chain[-1], answer.status_code) == (("/quiet/", 301), 200)
    post.unpublish()
    assert client.get("/Quiet/", follow=True).status_code == 410


def test_where_capitals_tell_two_pages_apart_none_is_guessed(client: Client) -> None:
    make_post(slug="quiet")
    make_post(slug="Quiet")
    assert client.get("/Quiet/").status_code == client.get("/quiet/").status_code == 200
    assert client.get("/QUIET/").status_code == 404


def test_a_page_whose_own_address_has_capitals_leads_nowhere_else(client: Client) -> None:
    post = make_post(slug="Quiet")
    assert client.get("/Quiet/").status_code == 200
    post.unpublish()
    assert client.get("/QUIET/", follow=True).status_code == 404


def test_a_post_that_was_taken_back_leads_to_others(client: Client) -> None:
    make_post(slug="gone").unpublish()
    answer = client.get("/gone/")
    assert answer.status_code == 410
    assert "you did nothing wrong" in answer.text
    assert 'href="/"' in answer.text


def test_a_refusal_says_what_to_do(site: Foundation, rf: RequestFactory) -> None:
    request = rf.get("/closed/")
    for answer in (permission_denied(request, PermissionError()), csrf_failure(request)):
        assert answer.status_code == 403
        assert "You did nothing wrong" in answer.text
        assert answer.text.count("<h1") == 1


def test_trouble_is_told_without_asking_the_database(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        text = render_to_string("500.html")
    assert "It is not your doing" in text
