"""Where something is missing or refused, a page says so kindly and leads on."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.csrf import csrf_failure
from django.views.defaults import permission_denied
from pytest_django import DjangoAssertNumQueries

from posts.content.actions import Foundation
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_a_missing_page_helps_to_find_it(client: Client, site: Foundation) -> None:
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert 'action="/search/"' in answer.text
    assert '<a href="/archive/">' in answer.text


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
