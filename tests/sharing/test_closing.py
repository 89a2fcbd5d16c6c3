"""Links that were changed or switched off: they lead gently on, and open nothing."""

import pytest
from django.test import Client
from wagtail.models import PageLogEntry

from posts.content.models import PostPage
from posts.sharing.actions import ensure_link, rotate, switch
from posts.sharing.models import FormerCode, ShareLink
from tests.factories import make_post

pytestmark = pytest.mark.django_db

SECRET = "Only those who hold the link read this sentence."


def make_hidden_post() -> PostPage:
    return make_post(
        slug="hidden",
        title="Heavy days",
        visibility=PostPage.Visibility.SUBSCRIBERS,
        excerpt="The first words.",
        body=[("paragraph", f"<p>{SECRET}</p>")],
    )


def codes_of(post: PostPage) -> tuple[str, str]:
    link = ensure_link(post=post)
    return link.code, link.discreet_code


def change(post: PostPage) -> None:
    rotate(post=post, seen=ensure_link(post=post).code, by="ada")


def switch_off(post: PostPage) -> None:
    switch(post=post, on=False, by="ada")


closings = pytest.mark.parametrize("close", [change, switch_off])


@closings
def test_a_usual_link_leads_to_the_public_page_for_now(client: Client, close: object) -> None:
    post = make_hidden_post()
    code, _ = codes_of(post)
    assert callable(close)
    close(post)
    answer = client.get(f"/s/{code}")
    assert answer.status_code == 302
    assert answer["Location"] == "/hidden/"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert client.get(f"/s/{code}/share/")["Location"] == "/hidden/share/"
    end = client.get(f"/s/{code}", follow=True)
    assert end.status_code == 200
    assert SECRET not in end.text


@closings
def test_a_discreet_link_leads_to_a_page_that_names_nothing(client: Client, close: object) -> None:
    post = make_hidden_post()
    _, code = codes_of(post)
    assert callable(close)
    close(post)
    for address in (f"/s/{code}", f"/s/{code}/share/"):
        answer = client.get(address)
        assert answer.status_code == 410
        assert answer["Cache-Control"] == "no-store"
        assert "<title>This link was closed</title>" in answer.text
        for telling in (SECRET, "Heavy days", "hidden", "first words"):
            assert telling not in answer.text


def test_the_new_links_open_it(client: Client) -> None:
    post = make_hidden_post()
    old = codes_of(post)
    change(post)
    new = codes_of(post)
    assert not set(old) & set(new)
    for code in new:
        assert SECRET in client.get(f"/s/{code}").text


def test_every_earlier_link_leads_on_however_often_it_was_changed(client: Client) -> None:
    post = make_hidden_post()
    first, _ = codes_of(post)
    change(post)
    second, _ = codes_of(post)
    change(post)
    assert {client.get(f"/s/{code}")["Location"] for code in (first, second)} == {"/hidden/"}


def test_switched_on_again_the_same_links_open_it(client: Client) -> None:
    post = make_hidden_post()
    codes = codes_of(post)
    switch_off(post)
    assert switch(post=post, on=True, by="ada")
    for code in codes:
        assert SECRET in client.get(f"/s/{code}").text


def test_a_changed_link_of_what_was_taken_back_is_gone(client: Client) -> None:
    post = make_hidden_post()
    code, discreet = codes_of(post)
    change(post)
    post.unpublish()
    for address in (f"/s/{code}", f"/s/{code}/share/", f"/s/{discreet}"):
        assert client.get(address).status_code == 410
    post.delete()
    for address in (f"/s/{code}", f"/s/{code}/share/", f"/s/{discreet}"):
        assert client.get(address).status_code == 410
    assert FormerCode.objects.filter(post=None).count() == 2


def test_a_draft_is_reached_by_no_code_of_any_kind(client: Client) -> None:
    draft = make_post(live=False, slug="draft")
    codes = [*codes_of(draft)]
    change(draft)
    codes += codes_of(draft)
    for code in codes:
        assert client.get(f"/s/{code}").status_code == 404
        assert client.get(f"/s/{code}/share/").status_code == 404


def test_publishing_again_leaves_what_is_off_off(client: Client) -> None:
    post = make_hidden_post()
    code, _ = codes_of(post)
    switch_off(post)
    post.save_revision().publish()
    assert client.get(f"/s/{code}").status_code == 302


def test_pages_and_mails_lead_to_no_link_that_is_off() -> None:
    post = make_hidden_post()
    switch_off(post)
    assert PostPage.objects.get().share_page_url == "http://localhost:8000/hidden/share/"


def test_who_changed_or_switched_it_is_on_record() -> None:
    post = make_hidden_post()
    change(post)
    switch_off(post)
    assert not switch(post=post, on=False, by="ada")
    entries = PageLogEntry.objects.filter(action__startswith="posts.share_link")
    told = [(entry.action, entry.data) for entry in entries.order_by("pk")]
    assert told == [
        ("posts.share_link.change", {"by": "ada"}),
        ("posts.share_link.off", {"by": "ada"}),
    ]


def test_of_two_who_change_the_same_link_one_does() -> None:
    post = make_hidden_post()
    seen = ensure_link(post=post).code
    first, changed = rotate(post=post, seen=seen, by="ada")
    second, changed_again = rotate(post=post, seen=seen, by="ben")
    assert (changed, changed_again) == (True, False)
    assert first.code == second.code == ShareLink.objects.get().code
    assert FormerCode.objects.count() == 2
