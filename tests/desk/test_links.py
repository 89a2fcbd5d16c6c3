"""The screen of a post's share links, and the covering notes."""

import pytest
from django.test import Client
from wagtail.models import PageLogEntry

from posts.content.actions import Foundation
from posts.content.models import PostPage
from posts.sharing.models import CoveringNote, FormerCode, ShareLink
from tests.desk.pressing import press
from tests.factories import make_member, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(site: Foundation) -> PostPage:
    return make_post(title="The kettle")


def screen(desk: Client, post: PostPage) -> str:
    return desk.get(f"/admin/posts/{post.pk}/links/").content.decode()


def change(desk: Client, post: PostPage, seen: str) -> str:
    address = f"/admin/posts/{post.pk}/links/change/"
    return desk.post(address, {"seen": seen}, follow=True).content.decode()


def switch(desk: Client, post: PostPage, way: str) -> str:
    address = f"/admin/posts/{post.pk}/links/switch/"
    return desk.post(address, {"press": way}, follow=True).content.decode()


def test_both_links_are_shown_with_what_will_happen(desk: Client, post: PostPage) -> None:
    html = screen(desk, post)
    link = ShareLink.objects.get(post=post)
    assert f"http://localhost:8000/s/{link.code}<" in html
    assert f"http://localhost:8000/s/{link.discreet_code}<" in html
    assert "stop opening it, for good" in html
    assert "lead to the post’s public address, and keep working" in html


def test_of_a_post_for_subscribers_it_is_said_what_becomes_of_mailed_links(
    desk: Client, draft: PostPage
) -> None:
    draft.visibility = PostPage.Visibility.SUBSCRIBERS
    draft.save_revision()
    press(desk, draft)
    draft.refresh_from_db()
    html = screen(desk, draft)
    assert "The mails that went out have the old link in them." in html
    assert "keep working" not in html


def test_changing_gives_new_links_and_keeps_a_record(desk: Client, post: PostPage) -> None:
    before = ShareLink.objects.get(post=post)
    html = change(desk, post, before.code)
    after = ShareLink.objects.get(post=post)
    assert "The links are changed" in html
    assert after.code in html
    assert before.code not in html
    assert before.discreet_code not in html
    assert "Share links changed by ada" in html
    assert "1 time. No earlier link opens the post" in html
    history = desk.get(f"/admin/pages/{post.pk}/history/").content.decode()
    assert "Share links changed" in history


def test_a_second_press_changes_nothing(desk: Client, post: PostPage) -> None:
    seen = ShareLink.objects.get(post=post).code
    change(desk, post, seen)
    first = ShareLink.objects.get(post=post).code
    assert "this press changed nothing" in change(desk, post, seen)
    assert ShareLink.objects.get(post=post).code == first
    assert FormerCode.objects.count() == 2
    assert PageLogEntry.objects.filter(action="posts.share_link.change").count() == 1


def test_they_are_switched_off_and_on_again(desk: Client, post: PostPage) -> None:
    code = ShareLink.objects.get(post=post).code
    html = switch(desk, post, "off")
    assert "The links are switched off." in html
    assert "Share links switched off by ada" in html
    assert Client().get(f"/s/{code}").status_code == 302
    assert "this press changed nothing" in switch(desk, post, "off")
    assert "The links open the post again" in switch(desk, post, "on")
    assert Client().get(f"/s/{code}").status_code == 200


def test_looking_changes_nothing_and_only_presses_do(desk: Client, post: PostPage) -> None:
    before = ShareLink.objects.get(post=post).code
    for verb in ("change", "switch"):
        assert desk.get(f"/admin/posts/{post.pk}/links/{verb}/").status_code == 405
    assert ShareLink.objects.get(post=post).code == before


def test_who_may_not_publish_sees_and_changes_nothing(editor: Client, post: PostPage) -> None:
    link = ShareLink.objects.get(post=post)
    base = f"/admin/posts/{post.pk}/links/"
    refused = [
        editor.get(base),
        editor.post(f"{base}change/", {"seen": link.code}),
        editor.post(f"{base}switch/", {"press": "off"}),
    ]
    for answer in refused:
        assert answer.status_code == 302
        assert answer["Location"] == "/admin/"
    link.refresh_from_db()
    assert link.is_on
    assert not FormerCode.objects.exists()


def test_a_draft_has_none_yet_and_nothing_to_press(desk: Client, site: Foundation) -> None:
    draft = make_post(live=False)
    html = screen(desk, draft)
    assert "no share links yet" in html
    assert "Change both links" not in html
    assert desk.post(f"/admin/posts/{draft.pk}/links/change/").status_code == 404


def test_it_is_said_that_a_post_is_off_the_web(desk: Client, post: PostPage) -> None:
    post.unpublish()
    assert "not published at the moment" in screen(desk, post)


def test_the_screen_is_reached_from_the_list_and_from_the_editor(
    desk: Client, post: PostPage
) -> None:
    way = f"/admin/posts/{post.pk}/links/"
    for place in ("/admin/posts/", f"/admin/pages/{post.pk}/edit/"):
        assert way in desk.get(place).content.decode(), place


# --- Covering notes ---------------------------------------------------------------------------


def test_a_covering_note_is_written_and_offered_to_readers(desk: Client, post: PostPage) -> None:
    form = {"text": " For  you, dear. ", "language": "en", "sort_order": "1"}
    desk.post("/admin/covering-notes/new/", form)
    assert CoveringNote.objects.get().text == "For you, dear."
    assert "For you, dear." in desk.get("/admin/covering-notes/").content.decode()
    assert "For you, dear." in Client().get(f"/{post.slug}/share/").text


def test_a_note_that_is_too_long_is_told_so(desk: Client) -> None:
    form = {"text": "x" * 201, "language": "en", "sort_order": "1"}
    html = desk.post("/admin/covering-notes/new/", form).content.decode()
    assert "at most 200 characters" in html
    assert not CoveringNote.objects.exists()


def test_covering_notes_stand_among_the_settings(desk: Client) -> None:
    assert "/admin/covering-notes/" in desk.get("/admin/setup/").content.decode()


def test_who_may_not_change_notes_writes_none(site: Foundation) -> None:
    client = Client()
    client.force_login(make_member("cleo", group="Editors"))
    client.post("/admin/covering-notes/new/", {"text": "A", "language": "en", "sort_order": "1"})
    assert not CoveringNote.objects.exists()
