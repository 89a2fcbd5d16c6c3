"""The site goes by the address that its owner said, from the next request or task on."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from posts.content import here
from posts.content.actions import Foundation
from posts.content.address import PROOF, proof
from posts.content.models import SiteSettings
from tests.factories import make_post

pytestmark = pytest.mark.django_db

SAID = "https://letters.fern.org"
ASKED = PROOF + "4f" * 16


@pytest.fixture
def unsaid(site: Foundation, settings: Settings) -> Settings:
    """As `up` leaves it: the environment says nothing of where readers find it."""
    settings.SITE_URL_IS_FIXED = False
    return settings


def say(address: str) -> None:
    SiteSettings.objects.update(address=address)


def test_readers_who_come_by_it_are_let_in_and_its_links_begin_with_it(
    unsaid: Settings, client: Client
) -> None:
    make_post(slug="tea")
    assert client.get("/tea/", headers={"host": "letters.fern.org"}).status_code == 400
    say(SAID)
    page = client.get("/tea/", headers={"host": "letters.fern.org"})
    assert page.status_code == 200
    assert f'rel="canonical" href="{SAID}/tea/"' in page.content.decode()
    assert (
        client.get("/tea/", headers={"host": "localhost:8000"}).status_code == 200
    )  # and this machine still reaches it


def test_a_page_costs_no_statement_more_for_it(unsaid: Settings, client: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/search/?q=tea")
        return len(asked)

    statements()
    unsaid.SITE_URL_IS_FIXED = True
    fixed = statements()
    unsaid.SITE_URL_IS_FIXED = False
    assert statements() == fixed


def test_a_worker_takes_it_over_before_it_works(unsaid: Settings) -> None:
    say(SAID)
    here.adopt_saved()
    assert unsaid.SITE_URL == SAID


def test_it_proves_itself_by_whatever_name_it_is_reached(unsaid: Settings, client: Client) -> None:
    answer = client.get(ASKED, headers={"host": "anything.example"})
    assert answer.content.decode() == proof(ASKED)
    assert answer["Cache-Control"] == "no-store"
    assert client.post(ASKED).status_code == 405


def test_where_the_environment_says_it_there_is_nothing_to_prove(
    site: Foundation, client: Client
) -> None:
    say(SAID)
    assert client.get(ASKED).status_code == 404
    assert "localhost:8000" in client.get("/robots.txt").content.decode()
