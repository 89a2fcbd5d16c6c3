"""A sign-up form of ours on another site: what comes from there mails nobody by itself."""

from typing import Any

import pytest
from django.test import Client

from posts.content.actions import Foundation
from subscribers import embedding
from subscribers.limits import sign_up_mode
from subscribers.limits.models import EmbeddingSite, WaitingSignUp
from tests.factories import make_newsletter
from tests.subscribers.limits.asking import solved

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://ada.example"
FROM_THERE = {"Origin": ELSEWHERE, "Sec-Fetch-Site": "cross-site"}
READER = {"email": "reader@example.org"}


@pytest.fixture(autouse=True)
def _named(site: Foundation) -> None:
    embedding.name_sites(origins=[ELSEWHERE], by="ada")


def send(client: Client, data: dict[str, Any], **headers: str) -> Any:
    return client.post("/subscribe/embedded/?language=es", data, headers={**FROM_THERE, **headers})


# --- Without scripts ------------------------------------------------------------------------


def test_a_plain_form_leads_to_ours_with_what_was_typed_and_keeps_nothing(
    site: Foundation, client: Client
) -> None:
    other = make_newsletter()
    data = {**READER, "newsletter": other.slug, "wording": "sign-up 1"}
    answer = client.post("/subscribe/?language=es", data, headers=FROM_THERE)
    assert answer.status_code == 200
    assert 'value="reader@example.org"' in answer.text
    assert f'value="{other.slug}" checked' in answer.text
    assert f'value="{site.newsletter.slug}" checked' not in answer.text
    assert "Una vez más" in answer.text
    assert not WaitingSignUp.objects.exists()


def test_a_site_that_nobody_named_gets_that_page_too(client: Client) -> None:
    answer = client.post("/subscribe/", READER, headers={"Origin": "https://mallory.example"})
    assert answer.status_code == 200
    assert "One more press" in answer.text
    assert not WaitingSignUp.objects.exists()


def test_what_was_typed_there_is_text_and_not_too_much_of_it(client: Client) -> None:
    typed = '"><script>alert(1)</script>' + "x" * 10_000
    answer = client.post("/subscribe/", {"email": typed}, headers=FROM_THERE)
    assert "<script>alert" not in answer.text
    assert len(answer.content) < 20_000


# --- With our script ------------------------------------------------------------------------


def test_with_the_sum_it_is_kept_with_the_site_and_the_words_that_were_read(
    site: Foundation, client: Client
) -> None:
    data = {**READER, "wording": "sign-up 1", "proof": solved()}
    answer = send(client, data)
    assert answer["Access-Control-Allow-Origin"] == ELSEWHERE
    assert "Access-Control-Allow-Credentials" not in answer
    assert set(answer.json()) == {"done", "more"}
    row = WaitingSignUp.objects.get()
    assert (row.source, row.wording_version, row.locale) == (ELSEWHERE, "sign-up 1", "es")
    assert row.newsletters == [site.newsletter.pk]


@pytest.mark.parametrize("origin", ["https://mallory.example", "null", "", f"{ELSEWHERE}.evil"])
def test_no_other_site_can_have_it_sent(client: Client, origin: str) -> None:
    answer = send(client, {**READER, "proof": "any"}, Origin=origin)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer
    assert not WaitingSignUp.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        READER,
        {**READER, "proof": "made up"},
        {"email": "reader@gmial.com"},
        {**READER, "newsletter": "gone"},
    ],
)
def test_what_is_not_clear_is_asked_on_our_page(client: Client, data: dict[str, str]) -> None:
    assert send(client, data).json() == {"ask": True}
    assert not WaitingSignUp.objects.exists()


def test_a_closed_door_is_closed_there_too(client: Client) -> None:
    sign_up_mode.set_mode(mode=sign_up_mode.Mode.CLOSED, by="ada")
    assert send(client, {**READER, "proof": solved()}).json() == {"ask": True}
    assert not WaitingSignUp.objects.exists()


def test_a_slip_is_said_where_it_was_typed(client: Client) -> None:
    told = send(client, {"email": "no address"}).json()
    assert "dirección" in told["problem"]


def test_a_robot_hears_what_everybody_hears(client: Client) -> None:
    data = {**READER, "website": "x", "proof": solved()}
    assert set(send(client, data).json()) == {"done", "more"}
    assert not WaitingSignUp.objects.exists()


def test_looking_changes_nothing(client: Client) -> None:
    assert client.get("/subscribe/embedded/").status_code == 405
    for name in ("embed.js", "proof.js"):
        answer = client.get(f"/subscribe/{name}")
        assert answer["Content-Type"] == "text/javascript; charset=utf-8"
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert not answer.cookies
    assert len(client.get("/subscribe/embed.js").content) < 2_000


# --- The sites ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://example.org", "https://example.org"),
        ("example.org/blog/?a=b", "https://example.org"),
        ("HTTPS://Example.ORG:443/", "https://example.org"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_site_is_known_by_what_browsers_call_it(typed: str, origin: str) -> None:
    assert embedding.origin_of(typed) == origin


@pytest.mark.parametrize(
    "typed", ["", "https://", "javascript:alert(1)", "ftp://a.example", "https://a b", "https://*",
              "https://ada:secret@a.example", "https://a.example:99999", "null", "https://[::1"]
)  # fmt: skip
def test_what_is_no_site_is_refused_with_how_to_write_it(typed: str) -> None:
    if typed == "null":  # a host as good as another, but never what a page without one says
        assert embedding.origin_of(typed) == "https://null"
        return
    with pytest.raises(embedding.SiteRefused, match=r"https://example\.org"):
        embedding.origin_of(typed)


def test_sites_that_are_no_longer_named_are_forgotten() -> None:
    embedding.name_sites(origins=["https://b.example"], by="ada")
    assert embedding.sites() == ["https://b.example"]
    assert EmbeddingSite.objects.get().by == "ada"
