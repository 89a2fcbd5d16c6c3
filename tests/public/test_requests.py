"""Requests that no page of ours leads to."""

import pytest
from django.conf import settings
from django.test import Client

from posts.content.actions import Foundation
from posts.content.models import PlainPage, PostPage
from posts.sharing.actions import ensure_link
from tests.content.golden_post import make_picture
from tests.factories import make_post

pytestmark = pytest.mark.django_db

FOREIGN = "http://evil.example"


@pytest.fixture
def addresses(site: Foundation) -> list[str]:
    site.home.add_child(instance=PlainPage(title="About", slug="about", show_in_menus=True))
    post = make_post(slug="kettle", cover=make_picture())
    code = ensure_link(post=post).code
    return ["/", "/kettle/", "/about/", "/kettle/share/", f"/s/{code}", f"/s/{code}/share/"]


def test_links_name_our_address_whatever_the_request_says(
    client: Client, addresses: list[str]
) -> None:
    for address in addresses:
        for headers in (
            {"host": "127.0.0.1"},
            {"host": "localhost:81", "x-forwarded-host": "evil.example"},
            {"forwarded": "host=evil.example", "x-original-url": f"{FOREIGN}/"},
        ):
            text = client.get(address, headers=headers).text
            assert "evil.example" not in text
            assert "127.0.0.1" not in text
            assert "localhost:81" not in text


def test_another_host_is_answered_by_nothing(client: Client, addresses: list[str]) -> None:
    for address in addresses:
        assert client.get(address, headers={"host": "evil.example"}).status_code == 400


def test_a_page_is_read_with_get_and_head_only(addresses: list[str]) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in addresses:
        assert client.head(address).status_code == 200
        for method in (client.post, client.put, client.patch, client.delete):
            assert method(address).status_code in (403, 405)


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "//evil.example/..",
        "/%2F%2Fevil.example",
        "/%5Cevil.example",
        "/kettle%0d%0aX-Evil:1",
        "/kettle/%00",
        "/%00",
        "/%ff",
        "/%ED%A0%80/",
        "/\u202e/",
        f"/{'a' * 300}/",
        f"/{'a' * 20_000}/",
        f"/{'a/' * 5_000}",
        f"/s/{'a' * 5_000}",
        "/s/",
        "/s/%00",
        "/s/a.b",
        "/s/a b",
        "/kettle/share/share/",
        "/kettle/?preview=true",
        "/?page=%00",
        f"/?page={'9' * 5_000}",
        "/?page=\u0669",
        "/_util/login/",
        "/_util/authenticate_with_password/1/1/",
        "/documents/1/x.pdf",
        "/images/x/1/width-9/",
        "/.env",
        "/var/secret_key",
    ],
)
def test_a_strange_address_leads_nowhere_else_and_breaks_nothing(
    client: Client, site: Foundation, address: str
) -> None:
    make_post(slug="kettle")
    answer = client.get(address)
    assert answer.status_code in (200, 301, 404)
    if answer.status_code == 301:  # to the same address with a slash
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith(("//", "/\\"))
    assert not answer.cookies


def test_an_unknown_code_and_a_malformed_one_are_answered_alike(
    client: Client, site: Foundation
) -> None:
    draft = ensure_link(post=make_post(live=False)).code
    answers = [client.get(f"/s/{code}") for code in ("A" * 16, "x", "-" * 32, draft)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(answer.headers) for answer in answers}) == 1


def test_words_in_the_query_open_nothing(client: Client, site: Foundation) -> None:
    secret = "Only those who hold the link read this sentence, and nobody else at all does."
    make_post(
        slug="hidden",
        visibility=PostPage.Visibility.SUBSCRIBERS,
        excerpt="A few words.",
        body=[("paragraph", f"<p>{secret}</p>")],
    )
    make_post(slug="draft", live=False, body=[("paragraph", f"<p>{secret}</p>")])
    for query in ("preview=1", "in_preview_panel=true", "mode=email", "whole=1", "passed_along=1"):
        for slug in ("hidden", "draft"):
            assert secret not in client.get(f"/{slug}/?{query}").text
            assert secret not in client.get(f"/{slug}/share/?{query}").text


def test_the_address_of_a_plain_page_is_that_of_the_site(
    client: Client, addresses: list[str]
) -> None:
    assert f'rel="canonical" href="{settings.SITE_URL}/about/"' in client.get("/about/").text
