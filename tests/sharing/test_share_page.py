"""The page on which a reader passes a post on."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from posts.content.models import PostPage
from posts.sharing.actions import ensure_link
from posts.sharing.models import ShareLink
from posts.sharing.queries import share_url
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def link_to(app: str, text: str) -> str:
    found = re.search(rf'href="({app}[^"]*)"', text)
    assert found is not None
    return unescape(found[1])


def test_the_link_is_there_to_be_selected(client: Client) -> None:
    post = make_post(slug="kettle")
    text = client.get("/kettle/share/").text
    field = re.search(r'<textarea id="share-link"[^>]* readonly[^>]*>([^<]+)</textarea>', text)
    assert field is not None
    assert field[1] == share_url(post)
    assert '<label for="share-link">' in text


def test_the_readers_own_mail_program_is_prefilled(client: Client) -> None:
    post = make_post(slug="kettle", title="Tea & time, 100% slow?")
    mailto = urlsplit(link_to("mailto:", client.get("/kettle/share/").text))
    fields = parse_qs(mailto.query)
    assert mailto.path == ""  # the reader says to whom; we never learn it
    assert fields["subject"] == ["Tea & time, 100% slow?"]
    assert fields["body"] == [
        "I thought of you when I read this. No need to reply.\r\n\r\n"
        f"Tea & time, 100% slow?\r\n{share_url(post)}"
    ]
    assert "+" not in mailto.query  # mail programs show a plus as it is


def test_the_readers_own_messages_are_prefilled(client: Client) -> None:
    post = make_post(slug="kettle")
    text = client.get("/kettle/share/").text
    for app in ("sms:", "https://wa.me/"):
        (words,) = next(iter(parse_qs(urlsplit(link_to(app, text)).query).values()))
        assert words.endswith(share_url(post))


def test_the_square_for_phones_names_itself(client: Client) -> None:
    make_post(slug="kettle")
    text = client.get("/kettle/share/").text
    svg = text[text.index("<svg") : text.index("</svg>")]
    assert 'role="img"' in svg
    assert "<title>QR code with the link</title>" in svg
    assert "<desc>" in svg
    assert "viewBox" in svg
    assert " width=" not in svg


def test_the_copy_button_waits_for_the_script_that_makes_it_work(client: Client) -> None:
    make_post(slug="kettle")
    text = client.get("/kettle/share/").text
    assert re.search(r"<button [^>]*data-copy hidden>", text)
    assert '<span class="share-status" role="status"></span>' in text


def test_its_address_stays_out_of_search_engines(client: Client) -> None:
    make_post(slug="kettle")
    answer = client.get("/kettle/share/")
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_it_speaks_the_language_of_the_post(client: Client) -> None:
    make_post(slug="bouilloire", language="fr")
    assert '<html lang="fr"' in client.get("/bouilloire/share/").text


def test_it_leads_back_to_the_post(client: Client) -> None:
    make_post(slug="kettle")
    assert 'href="/kettle/">Back to the post' in client.get("/kettle/share/").text


def test_an_old_slug_leads_on(client: Client) -> None:
    post = make_post(slug="before")
    post.slug = "after"
    post.save_revision().publish()
    answer = client.get("/before/share/")
    assert answer.status_code == 301
    assert answer["Location"] == "/after/share/"


def test_it_goes_when_the_post_goes(client: Client) -> None:
    post = make_post(slug="kettle")
    post.unpublish()
    assert client.get("/kettle/share/").status_code == 410
    post.delete()
    assert client.get("/kettle/share/").status_code == 410


def test_a_draft_and_a_page_that_never_was_have_none(client: Client) -> None:
    make_post(slug="draft", live=False)
    assert client.get("/draft/share/").status_code == 404
    assert client.get("/nothing/share/").status_code == 404


def test_without_a_share_link_the_post_s_own_address_is_passed_on(client: Client) -> None:
    post = make_post(slug="kettle")
    ShareLink.objects.all().delete()
    answer = client.get("/kettle/share/")
    assert f"{post.public_url}</textarea>" in answer.text
    assert "opens the whole post" in answer.text


def test_the_plain_address_does_not_give_away_what_is_for_subscribers(client: Client) -> None:
    post = make_post(slug="hidden", visibility=PostPage.Visibility.SUBSCRIBERS)
    answer = client.get("/hidden/share/")
    assert ensure_link(post=post).code not in answer.text
    assert f"{post.public_url}</textarea>" in answer.text
    assert "use “Pass this on” in that mail" in answer.text


def test_it_costs_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_post(slug="kettle")
    with django_assert_max_num_queries(6):
        client.get("/kettle/share/")
