"""Letters from elsewhere keep the addresses at which they were read."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client

from posts.content.actions import Foundation, create_page
from posts.content.arrivals import OldAddress, address_now, path_in, remember
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/p/slow/", "p/slow"),
        ("https://old.example/2021/05/Slow.html?utm=1#top", "2021/05/slow.html"),
        ("/%D7%A9%D7%9C%D7%95%D7%9D/", "שלום"),
        ("/@ada/slow-1a2b", "@ada/slow-1a2b"),
        ("", ""),
        ("/", ""),
        ("https://old.example/?p=12", "?p=12"),
        ("/?utm_source=x&page_id=012", "?p=12"),
        ("/?p=", ""),
        ("/?p=-1", ""),
        ("/?p=１２", ""),
        ("/?p=" + "1" * 21, ""),
        ("/slow/?p=12", "slow"),
        ("//evil.example/?p=12", "?p=12"),
        ("/a%00b/", ""),
        ("/%ff/", ""),
        ("/" + "x" * 401, ""),
        ("http://[broken", ""),
        ("/admin/posts/", ""),
        ("/s/abc/", ""),
    ],
)
def test_of_an_address_its_path_is_kept(address: str, path: str) -> None:
    assert path_in(address) == path


def test_an_address_that_another_letter_has_stays_its(site: Foundation) -> None:
    first, second = make_post(), make_post()
    assert remember(first, ["/p/slow/"]) == []
    assert remember(first, ["/p/slow"]) == []
    assert remember(second, ["/p/slow/", "/p/fast/"]) == ["/p/slow/"]
    assert address_now("/p/slow") == f"/{first.slug}/"
    assert address_now("/p/fast") == f"/{second.slug}/"


def test_its_own_address_needs_no_other(site: Foundation) -> None:
    post = make_post(slug="slow")
    assert remember(post, ["/slow/"]) == []
    assert not OldAddress.objects.exists()


@pytest.mark.parametrize("path", ["/2021/05/slow.html", "/2021/05/slow.html/", "/@ada/slow-1"])
def test_whatever_an_address_looks_like_it_leads_to_the_letter(
    site: Foundation, client: Client, path: str
) -> None:
    post = make_post()
    remember(post, [path])
    for method in (client.get, client.head):
        answer = method(path)
        assert (answer.status_code, answer["Location"]) == (301, f"/{post.slug}/")
    assert client.post(path).status_code in (403, 404)


def test_after_a_new_slug_it_leads_there_and_after_a_farewell_it_says_so(
    site: Foundation, client: Client
) -> None:
    post = make_post()
    remember(post, ["/p/slow/"])
    post.slug = "slower"
    post.save_revision().publish()
    assert client.get("/p/slow/")["Location"] == "/slower/"
    post.unpublish()
    assert client.get("/p/slow/", follow=True).status_code == 410


def test_a_draft_has_no_address_that_anybody_finds(site: Foundation, client: Client) -> None:
    remember(make_post(live=False), ["/p/slow/"])
    assert client.get("/p/slow/").status_code == 404


def test_what_is_no_address_of_ours_asks_the_database_once(
    site: Foundation, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.get("/p/slow/")
    with django_assert_max_num_queries(8):
        assert client.get("/p/slow/").status_code == 404


@pytest.mark.parametrize("query", ["p=12", "page_id=12", "p=012&utm_source=x", "preview=1&p=12"])
def test_a_number_of_wordpress_leads_to_what_it_stood_for(
    site: Foundation, client: Client, query: str
) -> None:
    post = make_post()
    assert remember(post, ["/?p=12"]) == []
    for method in (client.get, client.head):
        answer = method(f"/?{query}")
        assert (answer.status_code, answer["Location"]) == (301, f"/{post.slug}/")
    assert client.post(f"/?{query}").status_code != 301


@pytest.mark.parametrize(
    "address", ["/?p=13", "/?p=", "/?p=12x", "/?p=https://evil.example/", "/?page=12", "/?q=12"]
)
def test_what_is_no_number_of_a_letter_is_the_home_page(
    site: Foundation, client: Client, address: str
) -> None:
    post = make_post()
    remember(post, ["/?p=12"])
    assert client.get(address).status_code == 200


def test_a_number_means_something_at_the_first_address_only(
    site: Foundation, client: Client
) -> None:
    remember(make_post(), ["/?p=12"])
    for address in ("/archive/?p=12", "/nowhere/?p=12", "/subscribe/?p=12"):
        assert client.get(address).status_code in (200, 404)


def test_a_number_finds_its_letter_though_the_home_page_is_kept(
    site: Foundation, client: Client, settings: LazySettings
) -> None:
    settings.PAGE_CACHE = True
    post = make_post()
    remember(post, ["/?p=12"])
    host = urlsplit(settings.SITE_URL).netloc
    assert client.get("/", headers={"host": host}).status_code == 200
    answer = client.get("/?p=12", headers={"host": host})
    assert (answer.status_code, answer["Location"]) == (301, f"/{post.slug}/")
    assert client.get("/", headers={"host": host}).status_code == 200


def test_a_page_is_found_as_a_letter_is_until_it_is_taken_back(
    site: Foundation, client: Client
) -> None:
    page = create_page(title="About", body=[("paragraph", "<p>Me.</p>")], by="t", publish=True)
    assert remember(page, ["/about/", "/team/about.html"]) == []
    assert remember(make_post(), ["/about/"]) == ["/about/"]
    assert client.get("/team/about.html")["Location"] == "/about/"
    page.unpublish()
    assert client.get("/team/about.html").status_code == 404
